//! Wakes the runner when a job is queued: `notify` in the transaction that queues it, one listening connection a process.
//!
//! Only a help: whoever cannot listen (a pooler between, a broken connection) finds the job by looking, a little later.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::runner::{TROUBLE_PAUSE, wait};
use crate::app::AppState;

/// The channel that queueing a job notifies.
const CHANNEL: &str = "som_jobs";

/// Passes announcements on until stopped.
pub(super) async fn listen(state: AppState, wake: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = follow(&state, &wake) => tracing::warn!(%error, "queued jobs are not announced"),
        }
        wait(&stop, TROUBLE_PAUSE).await;
    }
}

async fn follow(state: &AppState, wake: &Notify) -> Result<Infallible, sqlx::Error> {
    let mut listener = state.db().listener().await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Before the first announcement: a job may have been queued before anybody listened.
        wake.notify_one();
        listener.recv().await?;
    }
}
