//! Customers and contacts written before personal data was sealed are sealed and made findable in the background.

use serde_json::json;
use uuid::Uuid;

use super::store::unindexed::Table;
use crate::app::AppState;
use crate::features::auth;
use crate::jobs::{Job, JobError, JobKind, JobResult};

/// The job; it looks every hour, and finds nothing once everything is sealed.
const KIND: &str = "customers.seal";
/// Rows of one transaction: locks stay short, and what was done stays done when the process ends.
const BATCH: i64 = 500;

/// The kind of job.
pub fn kind() -> JobKind {
    JobKind::new(KIND, run).hourly()
}

async fn run(state: AppState, job: Job) -> JobResult {
    let organizations = auth::service::organizations(&state)
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
    let (mut sealed, mut unreadable) = (0, 0);
    for organization in organizations {
        for table in [Table::Customers, Table::Contacts] {
            let mut after = Some(Uuid::nil());
            while let Some(from) = after.filter(|_| !job.stop.is_cancelled()) {
                let mut tx = state.db().tenant(organization).await?;
                let batch = table.fill(&mut tx, from, BATCH).await?;
                tx.commit().await?;
                sealed += batch.sealed;
                unreadable += batch.unreadable;
                after = batch.last;
            }
        }
    }
    Ok(json!({ "sealed": sealed, "unreadable": unreadable }))
}
