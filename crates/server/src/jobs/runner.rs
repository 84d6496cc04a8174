//! Runs jobs: a loop that claims what is due and hands it to at most `workers` tasks at once.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::queue::{self, Outcome};
use super::registry::{Job, JobError, Registry};
use super::{backoff, outbox, schedule, wake};
use crate::app::AppState;
use crate::audit;

/// A claim lasts a minute and is renewed thrice in it.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// Schedules and dead processes are looked after this often.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(30);
/// A job that is due and that nobody could claim is looked at again after this.
const DUE_PAUSE: Duration = Duration::from_millis(50);
/// Events are gathered for this long.
const EVENTS_PAUSE: Duration = Duration::from_secs(1);
/// Pause after the database failed.
pub(super) const TROUBLE_PAUSE: Duration = Duration::from_secs(5);

/// The runner of one process.
#[derive(Debug)]
pub struct Runner {
    state: AppState,
    registry: Arc<Registry>,
    name: String,
    stop: CancellationToken,
}

impl Runner {
    /// A runner that works until `stop` is cancelled. `name` tells processes apart.
    pub fn new(state: AppState, registry: Registry, name: String, stop: CancellationToken) -> Self {
        Self {
            state,
            registry: Arc::new(registry),
            name,
            stop,
        }
    }

    /// Works until stopped; then lets jobs under way finish within `patience` and gives the rest back.
    pub async fn run(self, patience: Duration) {
        let workers = self.state.config().jobs.workers as usize;
        let slots = Arc::new(Semaphore::new(workers));
        let tasks = TaskTracker::new();
        let interrupt = CancellationToken::new();
        let housekeeping = tokio::spawn(housekeep(
            self.state.clone(),
            Arc::clone(&self.registry),
            self.stop.clone(),
        ));
        let events = tokio::spawn(follow_events(self.state.clone(), self.stop.clone()));
        let sealer = tokio::spawn(audit::follow(self.state.clone(), self.stop.clone()));
        let wake = Arc::new(Notify::new());
        let listening = wake::listen(self.state.clone(), Arc::clone(&wake), self.stop.clone());
        let listening = tokio::spawn(listening);
        let names = self.registry.names();
        while !self.stop.is_cancelled() {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                break;
            };
            let pause = match queue::claim(&self.state, &names, &self.name).await {
                Ok(Some(job)) => {
                    let (state, registry) = (self.state.clone(), Arc::clone(&self.registry));
                    let interrupt = interrupt.clone();
                    tasks.spawn(async move {
                        let _held = slot;
                        work(&state, &registry, job, interrupt).await;
                    });
                    continue;
                }
                Ok(None) => self.pause(&names).await,
                Err(error) => trouble("jobs cannot be claimed", &error),
            };
            drop(slot);
            tokio::select! {
                () = wake.notified() => {}
                () = wait(&self.stop, pause) => {}
            }
        }
        tasks.close();
        if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
            interrupt.cancel();
            tasks.wait().await;
        }
        let _ = tokio::join!(housekeeping, events, sealer, listening);
    }

    /// Until the next job is due, and never longer than until the next look.
    async fn pause(&self, names: &[String]) -> Duration {
        let longest = self.state.config().jobs.poll_interval;
        match queue::next_due(&self.state, names).await {
            Ok(None) => longest,
            Ok(Some(due)) => (due - self.state.clock().now())
                .to_std()
                .unwrap_or_default()
                .clamp(DUE_PAUSE.min(longest), longest),
            Err(error) => trouble("the queue cannot be read", &error),
        }
    }
}

/// Runs everything that is due, one after the other, and returns how many jobs ran: for tests and one-off commands.
///
/// # Errors
/// When the database does not answer.
pub async fn run_due(state: &AppState, registry: &Registry) -> Result<usize, sqlx::Error> {
    outbox::drain(state).await?;
    queue::rescue(state).await?;
    let names = registry.names();
    let mut count = 0;
    while let Some(job) = queue::claim(state, &names, "once").await? {
        work(state, registry, job, CancellationToken::new()).await;
        count += 1;
    }
    Ok(count)
}

/// One attempt, with its claim renewed meanwhile. A panic is a failed attempt.
async fn work(state: &AppState, registry: &Registry, mut job: Job, interrupt: CancellationToken) {
    job.stop = interrupt.child_token();
    let handler =
        std::panic::AssertUnwindSafe(registry.run(state.clone(), job.clone())).catch_unwind();
    let result = tokio::select! {
        result = handler => result.unwrap_or_else(|_| Err(JobError::Retry("the handler panicked".into()))),
        () = keep_claim(state, &job) => {
            tracing::warn!(job = %job.id, kind = job.kind, "the claim on a job was lost");
            return;
        }
        () = interrupt.cancelled() => return settle(state, &job, &Outcome::Released).await,
    };
    let outcome = match result {
        Ok(value) => Outcome::Done(value),
        Err(JobError::Permanent(message)) => Outcome::Failed(message),
        Err(JobError::Retry(message)) => {
            tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempt, error = message, "a job failed");
            let pause = backoff::pause(job.attempt, &mut random());
            Outcome::Again(message, state.clock().now() + pause)
        }
    };
    settle(state, &job, &outcome).await;
}

/// Writes an outcome, through short outages: otherwise the work would be done again.
async fn settle(state: &AppState, job: &Job, outcome: &Outcome) {
    for _ in 0..5 {
        match queue::settle(state, job, outcome).await {
            Ok(()) => return,
            Err(error) => {
                tokio::time::sleep(trouble("the end of a job cannot be written", &error)).await
            }
        }
    }
}

/// Renews the claim; returns when it was lost.
async fn keep_claim(state: &AppState, job: &Job) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        if matches!(queue::renew(state, job).await, Ok(false)) {
            return;
        }
    }
}

async fn housekeep(state: AppState, registry: Arc<Registry>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let done = async {
            let rescued = queue::rescue(&state).await?;
            if rescued > 0 {
                tracing::warn!(rescued, "jobs of a dead process were given back");
            }
            schedule::enqueue_due(&state, registry.hourly()).await
        };
        let pause = match done.await {
            Ok(()) => HOUSEKEEPING_EVERY,
            Err(error) => trouble("housekeeping failed", &error),
        };
        wait(&stop, pause).await;
    }
}

/// Events of this process are looked at soon, in batches; those of others at the next look.
async fn follow_events(state: AppState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match outbox::drain(&state).await {
            Ok(_) => state.config().jobs.poll_interval,
            Err(error) => trouble("events cannot be processed", &error),
        };
        tokio::select! {
            () = state.events().notified() => wait(&stop, pause.min(EVENTS_PAUSE)).await,
            () = wait(&stop, pause) => {}
        }
    }
}

/// Only spreads retries: without the system's randomness, the same pause for all is fine.
fn random() -> SmallRng {
    SmallRng::seed_from_u64(getrandom::u64().unwrap_or_default())
}

fn trouble(what: &str, error: &sqlx::Error) -> Duration {
    tracing::warn!(%error, "{what}");
    TROUBLE_PAUSE
}

/// Some time, or until the stop.
pub(super) async fn wait(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}
