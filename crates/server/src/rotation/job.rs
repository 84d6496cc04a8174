//! The job that seals personal data anew: organization by organization, part by part, batch by batch. How far it is stands in the database, so that
//! whoever goes on, goes on where the last one stopped.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::OrganizationId;
use uuid::Uuid;

use super::data::{self, due};
use super::part::{Batch, Part};
use super::people::People;
use super::store::{self, Versions, Walk};
use crate::app::AppState;
use crate::audit;
use crate::db::{Purpose, TenantTx};
use crate::jobs::{self, Job, JobError, JobKind, JobResult, NewJob};
use crate::security::seal::SealError;

/// It looks every hour; a rotation has it look when its key is in use.
const KIND: &str = "keys.reseal";
/// Rows of one transaction: locks stay short, and what was done stays done when the process ends.
const BATCH: i64 = 500;
/// Walks of one run; rows that are being changed all the time are left to the next one.
const WALKS: usize = 3;

/// Values that do not open are looked at again after this: somebody may have put them right.
const TRIED_AGAIN: Duration = Duration::hours(20);

/// The kind of job.
pub fn kind(parts: Vec<Part>, people: &'static [People]) -> JobKind {
    let parts = Arc::new(parts);
    JobKind::new(KIND, move |state, job| {
        let parts = Arc::clone(&parts);
        async move { Box::pin(run(state, job, &parts, people)).await }
    })
    .hourly()
}

/// Has the job look at this instant.
///
/// # Errors
/// When the database does not answer.
pub async fn enqueue(state: &AppState, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let now = state.clock().now();
    let mut job = NewJob::new(KIND, None, json!({}));
    job.run_at = Some(at);
    let mut tx = state.db().worker().await?;
    jobs::enqueue(&mut tx, state.ids().next(now), now, job).await?;
    tx.commit().await
}

/// What a run did.
#[derive(Debug, Default)]
struct Done {
    rewrapped: u64,
    resealed: i64,
    unreadable: i64,
    destroyed: u64,
}

async fn run(state: AppState, job: Job, parts: &[Part], people: &[People]) -> JobResult {
    let mut done = Done::default();
    if state.secrets().encryption_key_previous.is_some() {
        audit::vouch(&state)
            .await
            .map_err(|error| JobError::Retry(error.to_string()))?;
    }
    for people in people {
        of_people(&state, &job, *people, &mut done).await?;
    }
    let mut tx = state.db().worker().await?;
    let organizations = store::organizations(&mut tx).await?;
    tx.commit().await?;
    let mut trouble = None;
    for organization in organizations {
        if job.stop.is_cancelled() {
            break;
        }
        // one whose keys do not open holds up no other
        if let Err(error) = of_organization(&state, &job, organization, parts, &mut done).await {
            tracing::warn!(%organization, %error, "personal data cannot be sealed anew");
            trouble = Some(error);
        }
    }
    if let Some(error) = trouble {
        return Err(error);
    }
    Ok(
        json!({ "rewrapped": done.rewrapped, "resealed": done.resealed, "unreadable": done.unreadable, "destroyed": done.destroyed }),
    )
}

async fn of_people(
    state: &AppState,
    job: &Job,
    people: People,
    done: &mut Done,
) -> Result<(), JobError> {
    let mut after = Some(Uuid::nil());
    while let Some(from) = after.filter(|_| !job.stop.is_cancelled()) {
        let mut tx = state.db().worker().await?;
        let batch = (people.step)(state, &mut tx, from, BATCH).await?;
        tx.commit().await?;
        done.resealed += batch.resealed;
        done.unreadable += batch.unreadable;
        after = batch.last;
    }
    Ok(())
}

async fn of_organization(
    state: &AppState,
    job: &Job,
    organization: OrganizationId,
    parts: &[Part],
    done: &mut Done,
) -> Result<(), JobError> {
    let mut tx = state.db().tenant(organization).await?;
    let vault = state.db().vault();
    done.rewrapped += vault.rewrap(&mut tx, organization).await?;
    let versions = vault.versions(&mut tx, organization).await?;
    let to = in_use(&tx)?;
    let progress = store::progress(&mut tx, organization.uuid()).await?;
    tx.commit().await?;
    let due = [
        due(&versions, to.encryption, Purpose::Encryption),
        due(&versions, to.index, Purpose::BlindIndex),
    ];
    let due = due.into_iter().flatten().max();
    let mut proved = true;
    for part in parts {
        let mut known = progress.iter().filter(|row| row.part == part.name);
        if known.any(|row| row.is_proved(to, due)) {
            continue;
        }
        let walked = walk(state, job, organization, part, to, due, done).await?;
        proved &= walked;
    }
    if proved && due.is_some_and(|due| due <= state.clock().now()) {
        let mut tx = state.db().tenant(organization).await?;
        done.destroyed += data::destroy(state, &mut tx, to).await?;
        tx.commit().await?;
        vault.forget(organization);
    }
    Ok(())
}

fn in_use(tx: &TenantTx) -> Result<Versions, SealError> {
    let (encryption, index) = tx.keys().current()?;
    Ok(Versions { encryption, index })
}

/// Walks through a part until nothing is left of older keys; whether that is proved by a walk that began when the older keys were due.
async fn walk(
    state: &AppState,
    job: &Job,
    organization: OrganizationId,
    part: &Part,
    to: Versions,
    due: Option<DateTime<Utc>>,
    done: &mut Done,
) -> Result<bool, JobError> {
    for _ in 0..WALKS {
        loop {
            if job.stop.is_cancelled() {
                return Ok(false);
            }
            let mut tx = state.db().tenant(organization).await?;
            let step = step(state, &mut tx, part, to, due).await?;
            tx.commit().await?;
            match step {
                Stepped::Went(batch) => {
                    done.resealed += batch.resealed;
                    done.unreadable += batch.unreadable;
                }
                Stepped::Again => break,
                Stepped::Finished(proved) => return Ok(proved),
                Stepped::Elsewhere => return Ok(false),
            }
        }
    }
    Ok(false)
}

enum Stepped {
    /// A batch was done.
    Went(Batch),
    /// The walk ended, and something is left: from the start.
    Again,
    /// Nothing is left; whether that is proved.
    Finished(bool),
    /// Another process is at it, or other keys are in use by now.
    Elsewhere,
}

async fn step(
    state: &AppState,
    tx: &mut TenantTx,
    part: &Part,
    to: Versions,
    due: Option<DateTime<Utc>>,
) -> Result<Stepped, JobError> {
    let (organization, now) = (tx.organization().uuid(), state.clock().now());
    if in_use(tx)? != to {
        return Ok(Stepped::Elsewhere);
    }
    let Some(found) = store::lock(tx, organization, part.name, to, now).await? else {
        return Ok(Stepped::Elsewhere);
    };
    let is_tried_again =
        found.unreadable > 0 && found.finished_at.is_some_and(|at| now - at >= TRIED_AGAIN);
    let proves = |walk: &Walk| due.is_none_or(|due| walk.begun_at >= due);
    if found.versions != to
        || is_tried_again
        || (found.finished_at.is_some() && !proves(&found) && due <= Some(now))
    {
        store::restart(tx, organization, part.name, to, now).await?;
        return Ok(Stepped::Went(Batch::default()));
    }
    if found.finished_at.is_some() {
        return Ok(Stepped::Finished(proves(&found) && found.unreadable == 0));
    }
    let batch = (part.step)(tx, found.after, BATCH).await?;
    store::advance(tx, organization, part.name, &batch, now).await?;
    if batch.last.is_some() {
        return Ok(Stepped::Went(batch));
    }
    if found.passed_over > 0 {
        store::restart(tx, organization, part.name, to, now).await?;
        return Ok(Stepped::Again);
    }
    store::finish(tx, organization, part.name, now).await?;
    Ok(Stepped::Finished(proves(&found) && found.unreadable == 0))
}

impl From<SealError> for JobError {
    fn from(error: SealError) -> Self {
        Self::Retry(error.to_string())
    }
}
