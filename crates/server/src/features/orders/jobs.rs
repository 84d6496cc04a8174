//! What time does to orders, in the background: offers and holds that end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use som_domain::ids::{OrderId, OrganizationId};
use uuid::Uuid;

use super::service::expire;
use super::store::due;
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::features::auth;
use crate::http::{ApiError, ApiResult};
use crate::jobs::{self, Job, JobError, JobKind, JobResult, NewJob};

/// Looks for whatever has ended, every hour.
const SWEEP: &str = "orders.sweep";
/// Ends one hold at its time.
const END_HOLD: &str = "orders.end_hold";
/// Orders per look: what is left is found by the next one.
const BATCH: i64 = 500;

/// The kinds of jobs of this slice.
pub fn kinds() -> [JobKind; 2] {
    [
        JobKind::new(SWEEP, sweep).hourly(),
        JobKind::new(END_HOLD, end_hold),
    ]
}

#[derive(Debug, Serialize, Deserialize)]
struct EndHold {
    order: Uuid,
}

/// Has the order's holds counted again when one of them ends.
pub async fn end_hold_at(
    ctx: &mut Ctx,
    order: Uuid,
    end: chrono::DateTime<chrono::Utc>,
) -> ApiResult<()> {
    let payload = serde_json::to_value(EndHold { order })?;
    let mut job = NewJob::new(END_HOLD, Some(ctx.caller.organization.id), payload);
    job.run_at = Some(end);
    let (id, now) = (ctx.new_id(), ctx.now);
    jobs::enqueue(ctx.db(), id, now, job).await?;
    Ok(())
}

async fn end_hold(state: AppState, job: Job) -> JobResult {
    let payload: EndHold = job.read()?;
    let organization = job
        .organization
        .ok_or_else(|| JobError::Permanent("a hold belongs to an organization".to_owned()))?;
    let caller = Arc::new(system(&state, organization).await?);
    let ended = each(&state, &caller, payload.order, Due::Hold).await?;
    Ok(json!({ "ended": ended }))
}

async fn sweep(state: AppState, job: Job) -> JobResult {
    let organizations = auth::service::organizations(&state).await.map_err(told)?;
    let (mut offers, mut holds) = (0, 0);
    for organization in organizations {
        if job.stop.is_cancelled() {
            break;
        }
        let caller = Arc::new(system(&state, organization).await?);
        let (due_offers, due_holds) = waiting(&state, &caller).await?;
        for order in due_offers {
            offers += usize::from(tried(each(&state, &caller, order, Due::Offer).await)?);
        }
        for order in due_holds {
            holds += usize::from(tried(each(&state, &caller, order, Due::Hold).await)?);
        }
    }
    Ok(json!({ "offers": offers, "holds": holds }))
}

async fn system(state: &AppState, organization: OrganizationId) -> Result<Caller, JobError> {
    let found = auth::service::system(state, organization).await;
    found.map_err(told)
}

async fn waiting(state: &AppState, caller: &Caller) -> Result<(Vec<Uuid>, Vec<Uuid>), JobError> {
    let now = state.clock().now();
    let today = crate::dates::business_date(now, &caller.organization.time_zone);
    let organization = caller.organization.id;
    let mut tx = state.db().tenant_read(organization).await?;
    let offers = due::offers(&mut tx, organization.uuid(), today, BATCH).await?;
    let holds = due::holds(&mut tx, organization.uuid(), now, BATCH).await?;
    tx.commit().await?;
    Ok((offers, holds))
}

enum Due {
    Offer,
    Hold,
}

/// One order in a transaction of its own: nobody waits for the rest of the batch.
async fn each(
    state: &AppState,
    caller: &Arc<Caller>,
    order: Uuid,
    due: Due,
) -> Result<bool, JobError> {
    let done = async {
        let mut ctx = Ctx::internal(state, Arc::clone(caller)).await?;
        let id = OrderId::from_uuid(order);
        let done = match due {
            Due::Offer => expire::offer(&mut ctx, id).await?,
            Due::Hold => expire::holds(&mut ctx, id).await?,
        };
        ctx.commit().await?;
        Ok(done)
    };
    done.await.map_err(told)
}

/// One order that cannot be changed does not keep the others waiting.
fn tried(done: Result<bool, JobError>) -> Result<bool, JobError> {
    match done {
        Err(JobError::Permanent(error)) => {
            tracing::error!(error, "an order that is due cannot be changed");
            Ok(false)
        }
        done => done,
    }
}

fn told(error: ApiError) -> JobError {
    match error.problem() {
        Some(problem) if problem.status < 500 => JobError::Permanent(problem.detail.clone()),
        _ => JobError::Retry(error.to_string()),
    }
}
