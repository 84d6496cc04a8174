//! `/jobs`

use axum::extract::OriginalUri;
use axum::response::Response;
use som_domain::ids::JobId;

use super::store::{self, COLUMNS, FROM, JobRow};
use super::view::{JobItem, JobView};
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Id, Problem, read};
use crate::list_params;
use crate::permission::can;
use crate::personal::{is_sealed, job_result};

/// The newest first.
static JOBS: Collection = Collection {
    spec: ListSpec {
        name: "jobs",
        fields: &[
            Field::id("id", "j.id", JobId::PREFIX),
            Field::text("kind", "j.kind"),
            Field::one_of(
                "state",
                "j.state",
                &["queued", "running", "done", "failed", "dead", "cancelled"],
            ),
            Field::int("attempts", "j.attempts"),
            Field::timestamp("run_at", "j.run_at"),
            Field::timestamp("created_at", "j.created_at").sortable(),
            Field::timestamp("updated_at", "j.updated_at"),
            Field::timestamp("finished_at", "j.finished_at").nullable(),
        ],
        default_sort: &[("created_at", Dir::Desc)],
        tiebreak: Field::id("id", "j.id", JobId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "j.organization_id",
};

list_params!(pub(super) JobsParams, JOBS.spec);

/// List the organization's jobs.
#[utoipa::path(get, path = "/jobs", operation_id = "list_jobs", tag = "platform", params(JobsParams),
    responses((status = 200, description = "A page", body = ListBody<JobItem>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("jobs.read"))))]
pub async fn list_jobs(
    who: Allowed<can::JobsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&JOBS, &uri, None, |row: JobRow| JobItem::from(row))
        .await
}

/// Read a job: how far it is, and what came out of it.
#[utoipa::path(get, path = "/jobs/{id}", operation_id = "get_job", tag = "platform", params(("id" = JobId, Path, description = "The job")),
    responses((status = 200, body = JobView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("jobs.read"))))]
pub async fn get_job(who: Allowed<can::JobsRead>, Id(id): Id<JobId>) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let organization = who.caller().organization.id.uuid();
    let job = store::find(&mut tx, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("job"))?;
    let kept = store::result(&mut tx, organization, id.uuid()).await?;
    // what is sealed may tell of anybody
    if kept.as_ref().is_some_and(is_sealed) {
        who.has_read("job", id.uuid()).await?;
    }
    let open = |kept| tx.keys().open_whole(job_result(id.uuid()), kept);
    let result = kept.map(open).transpose()?;
    read::json(&JobView {
        job: job.into(),
        result,
    })
}
