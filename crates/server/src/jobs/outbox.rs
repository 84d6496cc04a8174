//! Follows the outbox: hands new events to their consumers, organization by organization, and marks them processed in one transaction.

use serde_json::Value;
use som_domain::ids::OrganizationId;
use uuid::Uuid;

use super::{open_values, order_days};
use crate::app::AppState;

/// Events per transaction.
const BATCH: i64 = 500;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxReport {
    /// Events processed.
    pub events: usize,
    /// Events whose payload did not fit: marked processed and logged.
    pub unreadable: usize,
}

/// One event.
#[derive(Debug)]
pub(super) struct OutboxEvent {
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) payload: Value,
}

/// Processes everything that waits. Processes may do this at the same time: a locked event is somebody else's, and consumers only add.
///
/// # Errors
/// When the database does not answer.
pub async fn drain(state: &AppState) -> Result<OutboxReport, sqlx::Error> {
    let mut report = OutboxReport::default();
    loop {
        let organizations = waiting(state).await?;
        let before = report.events;
        for organization in organizations {
            while let Some(batch) = process(state, organization).await? {
                report.events += batch.events;
                report.unreadable += batch.unreadable;
            }
        }
        if report.events == before {
            return Ok(report);
        }
    }
}

/// Organizations with events that wait.
async fn waiting(state: &AppState) -> Result<Vec<OrganizationId>, sqlx::Error> {
    let mut tx = state.db().worker().await?;
    let ids: Vec<Uuid> = sqlx::query_scalar!(
        "select distinct organization_id from
             (select organization_id from outbox_events where processed_at is null order by seq limit 5000) as waiting"
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// One batch of one organization; `None` when nothing was left.
async fn process(
    state: &AppState,
    organization: OrganizationId,
) -> Result<Option<OutboxReport>, sqlx::Error> {
    let mut tx = state.db().tenant(organization).await?;
    let events = sqlx::query_as!(
        OutboxEvent,
        "select seq, type as kind, payload from outbox_events where organization_id = $1 and processed_at is null
         order by seq limit $2 for update skip locked",
        organization.uuid(),
        BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    if events.is_empty() {
        return Ok(None);
    }
    let unreadable = order_days::apply(&mut tx, organization, &events).await?;
    open_values::fold(&mut tx, organization).await?;
    let numbers: Vec<i64> = events.iter().map(|e| e.seq).collect();
    sqlx::query!(
        "update outbox_events set processed_at = $3 where organization_id = $1 and seq = any ($2)",
        organization.uuid(),
        &numbers,
        state.clock().now(),
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(OutboxReport {
        events: events.len(),
        unreadable,
    }))
}
