//! Seeds in the background: demo data asked for at set-up, and orders by the thousand.

use serde::Deserialize;
use serde_json::json;
use som_domain::ids::UserId;

use super::service::{self, SCALE_JOB, Scale};
use crate::app::AppState;
use crate::features::{auth, setup};
use crate::http::ApiError;
use crate::jobs::{Job, JobError, JobKind, JobResult};
use crate::security::random;

/// Orders between two lines of the log.
const LOG_STEP: u64 = 10_000;

/// The kinds of jobs of this slice.
pub fn kinds() -> [JobKind; 2] {
    [
        JobKind::new(setup::service::DEMO_JOB, demo),
        JobKind::new(SCALE_JOB, scale),
    ]
}

async fn demo(state: AppState, job: Job) -> JobResult {
    let (Some(organization), Some(owner)) = (job.organization, job.created_by) else {
        return Err(JobError::Permanent(
            "demo data belongs to an organization and its owner".to_owned(),
        ));
    };
    // Nobody learns this password: the owner lets people in by resetting it.
    let password = random::token().map_err(|error| JobError::Retry(error.to_string()))?;
    let made = service::demo(&state, organization, UserId::from_uuid(owner), &password);
    let made = Box::pin(made).await.map_err(told)?;
    Ok(json!({ "orders": made.orders }))
}

#[derive(Debug, Deserialize)]
struct Payload {
    /// How many orders the organization has in the end.
    total: u64,
}

async fn scale(state: AppState, job: Job) -> JobResult {
    let Payload { total } = job.read()?;
    let (Some(organization), Some(owner)) = (job.organization, job.created_by) else {
        return Err(JobError::Permanent(
            "orders belong to an organization and were asked for by a member".to_owned(),
        ));
    };
    let owner = auth::service::caller(&state, organization, UserId::from_uuid(owner));
    let caller = owner.await.map_err(told)?;
    let orders = service::remaining(&state, organization, total)
        .await
        .map_err(told)?;
    tracing::info!(orders, "adding orders for a realistic size");
    let (sender, mut receiver) = tokio::sync::watch::channel((0_u64, orders));
    let tell = |made: u64, of: u64| {
        sender.send_replace((made, of));
    };
    let wanted = Scale {
        orders,
        stop: job.stop.clone(),
    };
    let mut running = Box::pin(service::scale(&state, &caller, &wanted, &tell));
    let mut logged = 0;
    let made = loop {
        tokio::select! {
            made = &mut running => break made.map_err(told)?,
            changed = receiver.changed() => {
                let (made, of) = *receiver.borrow_and_update();
                if changed.is_ok() {
                    job.progress(&state, i64::try_from(made).unwrap_or(0), i64::try_from(of).ok()).await?;
                }
                if made / LOG_STEP > logged {
                    logged = made / LOG_STEP;
                    tracing::info!(made, of, "adding orders");
                }
            }
        }
    };
    if made < orders {
        return Err(JobError::Retry("stopped".to_owned()));
    }
    tracing::info!(made, "orders added");
    Ok(json!({ "orders": made }))
}

fn told(error: ApiError) -> JobError {
    match error.problem() {
        Some(problem) if problem.status < 500 => JobError::Permanent(problem.detail.clone()),
        _ => JobError::Retry(error.to_string()),
    }
}
