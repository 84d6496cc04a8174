//! Work that comes back by the clock. One job per period, whatever the number of processes.

use chrono::{DateTime, Timelike, Utc};
use serde_json::json;

use super::cleanup;
use super::queue::{NewJob, enqueue};
use crate::app::AppState;

/// Enqueues the jobs of the current hour unless they were enqueued before.
pub(super) async fn enqueue_due(state: &AppState) -> Result<(), sqlx::Error> {
    let now = state.clock().now();
    let key = hour_key(now);
    let mut tx = state.db().worker().await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from jobs where kind = $1 and dedup_key = $2) as "known!""#,
        cleanup::KIND,
        key,
    )
    .fetch_one(&mut *tx)
    .await?;
    if !known {
        let mut job = NewJob::new(cleanup::KIND, None, json!({}));
        job.dedup_key = Some(key);
        job.max_attempts = 3;
        enqueue(&mut tx, state.ids().next(now), now, job).await?;
    }
    tx.commit().await
}

fn hour_key(now: DateTime<Utc>) -> String {
    format!("{}T{:02}", now.date_naive(), now.hour())
}
