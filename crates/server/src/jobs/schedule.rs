//! Work that comes back by the clock. One job per kind and period, whatever the number of processes.

use chrono::{DateTime, Timelike, Utc};
use serde_json::json;

use super::queue::{NewJob, enqueue};
use crate::app::AppState;

/// Enqueues the jobs of the current hour unless they were enqueued before.
pub(super) async fn enqueue_due(
    state: &AppState,
    kinds: &[&'static str],
) -> Result<(), sqlx::Error> {
    let now = state.clock().now();
    let key = hour_key(now);
    let mut tx = state.db().worker().await?;
    let known = sqlx::query_scalar!(
        r#"select kind from jobs where kind = any ($1::text[]) and dedup_key = $2"#,
        kinds as &[&str],
        key,
    )
    .fetch_all(&mut *tx)
    .await?;
    for kind in kinds
        .iter()
        .filter(|kind| !known.iter().any(|known| known == *kind))
    {
        let mut job = NewJob::new(kind, None, json!({}));
        job.dedup_key = Some(key.clone());
        job.max_attempts = 3;
        enqueue(&mut tx, state.ids().next(now), now, job).await?;
    }
    tx.commit().await
}

fn hour_key(now: DateTime<Utc>) -> String {
    format!("{}T{:02}", now.date_naive(), now.hour())
}
