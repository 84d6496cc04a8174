//! Proves every chain once a day, and keeps what was found for those who look at the log.

use chrono::Duration;
use serde_json::json;
use som_domain::ids::OrganizationId;

use super::checkpoint::Checkpoint;
use super::{store, verify};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::jobs::{self, Job, JobError, JobKind, JobResult, NewJob};

/// The job; it looks every hour for chains whose last proof is a day old. Of an organization that asks, at once.
const KIND: &str = "audit.prove";

/// The kind of job.
pub fn kind() -> JobKind {
    JobKind::new(KIND, prove).hourly()
}

/// Has a chain proved at once, in the caller's transaction. `false` when that waits already.
///
/// # Errors
/// When the database refuses.
pub async fn prove_soon(ctx: &mut Ctx) -> Result<bool, sqlx::Error> {
    let (id, now, organization) = (ctx.new_id(), ctx.now, ctx.caller.organization.id);
    let mut job = NewJob::new(KIND, Some(organization), json!({}));
    job.dedup_key = Some(organization.to_string());
    job.created_by = Some(ctx.caller.user_id.uuid());
    job.max_attempts = 3;
    jobs::enqueue(ctx.db(), id, now, job).await
}

async fn prove(state: AppState, job: Job) -> JobResult {
    let trouble = |error: anyhow::Error| JobError::Retry(error.to_string());
    let before = state.clock().now() - Duration::hours(24);
    let due = match job.organization {
        Some(asked) => vec![asked.uuid()],
        None => {
            let mut tx = state.db().worker().await?;
            let due = store::unproved(&mut tx, before).await?;
            tx.commit().await?;
            due
        }
    };
    let file = state.config().audit.checkpoints_file.clone();
    let outside = tokio::task::spawn_blocking(move || Checkpoint::outside(file.as_deref()));
    let outside = outside
        .await
        .map_err(anyhow::Error::from)
        .flatten()
        .map_err(trouble)?;
    let (mut proved, mut broken) = (0, 0);
    for organization in due {
        if job.stop.is_cancelled() {
            break;
        }
        let id = OrganizationId::from_uuid(organization);
        let now = state.clock().now();
        let verdict = verify(&state, id, &outside).await.map_err(trouble)?;
        let mut tx = state.db().tenant(id).await?;
        store::keep_proof(&mut tx, organization, &verdict, now).await?;
        tx.commit().await?;
        proved += 1;
        if let Some(finding) = &verdict.finding {
            broken += 1;
            tracing::error!(target: "som::audit", organization = %id, %finding, "the audit log is not what was written");
        }
    }
    Ok(json!({ "proved": proved, "broken": broken }))
}
