//! Large imports in the background: the file travels with the job, the report is its result.

pub(super) mod resealing;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use som_domain::ids::UserId;
use uuid::Uuid;

use super::mapping::{Entity, Mapping};
use super::service::{Import, run};
use super::table::Table;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::db::DataKeys;
use crate::features::auth;
use crate::http::{ApiError, ApiResult};
use crate::jobs::{self, Job, JobError, JobKind, JobResult, NewJob};
use crate::personal::{job_payload, job_result};

const KIND: &str = "import";
/// Objects between two reports of progress.
const PROGRESS_STEP: u64 = 100;

/// What the job is asked to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) entity: Entity,
    pub(super) commit: bool,
    pub(super) partial: bool,
    pub(super) mapping: Option<String>,
    /// Base64.
    pub(super) file: String,
    pub(super) user: UserId,
}

/// The kind of job, for the registry.
pub fn kind() -> JobKind {
    JobKind::new(KIND, work)
}

/// Puts an import into the queue; its id. The caller commits.
pub(super) async fn enqueue(ctx: &mut Ctx, payload: &Payload) -> ApiResult<Uuid> {
    let (id, now) = (ctx.new_id(), ctx.now);
    let organization = ctx.caller.organization.id;
    let sealed = ctx.tx.keys().seal_whole(job_payload(id), payload)?;
    let mut new = NewJob::new(KIND, Some(organization), sealed);
    new.created_by = Some(ctx.caller.user_id.uuid());
    // An import is one transaction: what broke it once would break it again, except a lost database.
    new.max_attempts = 3;
    jobs::enqueue(ctx.db(), id, now, new).await?;
    Ok(id)
}

async fn work(state: AppState, job: Job) -> JobResult {
    let organization = job
        .organization
        .ok_or_else(|| JobError::Permanent("an import belongs to an organization".to_owned()))?;
    let keys = state.db().tenant_read(organization).await?.keys().clone();
    let payload = asked(&keys, &job)?;
    // With today's rights of whoever asked.
    let caller = auth::service::caller(&state, organization, payload.user)
        .await
        .map_err(told)?;
    let file = STANDARD
        .decode(&payload.file)
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    let table = tokio::task::spawn_blocking(move || Table::read(&file))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
    let mapping = payload
        .mapping
        .as_deref()
        .map(Mapping::read)
        .transpose()
        .map_err(|problem| told(problem.into()))?;
    let import = Import {
        entity: payload.entity,
        mapping,
        table: table.map_err(|problem| told(problem.into()))?,
        commit: payload.commit,
        partial: payload.partial,
    };
    let ctx = Ctx::internal(&state, Arc::new(caller))
        .await
        .map_err(told)?;
    let (sender, mut receiver) = tokio::sync::watch::channel((0_u64, 0_u64));
    let tell = |done: u64, total: u64| {
        if done.is_multiple_of(PROGRESS_STEP) {
            sender.send_replace((done, total));
        }
    };
    let mut running = Box::pin(run(ctx, &import, &tell));
    let report = loop {
        tokio::select! {
            report = &mut running => break report.map_err(told)?,
            () = job.stop.cancelled() => return Err(JobError::Retry("stopped".to_owned())),
            changed = receiver.changed() => {
                let (done, total) = *receiver.borrow_and_update();
                if changed.is_ok() {
                    job.progress(&state, i64::try_from(done).unwrap_or(0), i64::try_from(total).ok()).await?;
                }
            }
        }
    };
    keys.seal_whole(job_result(job.id), &report)
        .map_err(|error| JobError::Permanent(error.to_string()))
}

/// The file may hold anything of anybody: it is sealed.
fn asked(keys: &DataKeys, job: &Job) -> Result<Payload, JobError> {
    let open = keys
        .open_whole(job_payload(job.id), job.payload.clone())
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    serde_json::from_value(open)
        .map_err(|error| JobError::Permanent(format!("the payload does not fit: {error}")))
}

fn told(error: ApiError) -> JobError {
    match error.problem() {
        Some(problem) if problem.status < 500 => JobError::Permanent(problem.detail.clone()),
        _ => JobError::Retry(error.to_string()),
    }
}
