//! `POST /imports`: small files are answered at once, larger ones become a job.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::json;
use som_domain::ids::JobId;

use super::job::{self, Payload};
use super::mapping::{Entity, Mapping};
use super::report::Report;
use super::service::{Import, perform};
use super::table::Table;
use crate::ctx::Ctx;
use crate::http::command::{Idempotency, idempotency};
use crate::http::{Allowed, ApiResult, FieldProblem, Problem, input::nearest};
use crate::permission::can;

/// Rows that are imported while the caller waits.
const ROWS_AT_ONCE: usize = 500;

/// The parts of the form.
#[derive(Debug, utoipa::ToSchema)]
#[allow(dead_code, reason = "describes the form")]
pub(super) struct ImportForm {
    /// CSV or XLSX.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A mapping as JSON or TOML, or the name of a shipped one (`superstore`); without it the columns are called like fields.
    mapping: Option<String>,
}

struct Question {
    entity: Entity,
    commit: bool,
    partial: bool,
}

/// Import a file, or try it.
///
/// Without `commit=true` nothing is kept. Small files are answered with the report, larger ones with 202 and a job whose result is the report.
#[utoipa::path(post, path = "/imports", tag = "platform", operation_id = "create_import",
    params(
        ("entity" = Entity, Query, description = "What the file holds."),
        ("commit" = Option<bool>, Query, description = "Keep the objects; false (the default) only tries."),
        ("mode" = Option<String>, Query, description = "`all` (the default): all or nothing. `valid`: keep valid objects although others fail."),
    ),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "Done or tried; see the report", body = Report),
        (status = 202, description = "Being done; `Location` is the job"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("imports.run"))))]
pub(super) async fn create_import(
    who: Allowed<can::ImportsRun>,
    uri: OriginalUri,
    request: Request,
) -> ApiResult<Response> {
    let question = question(uri.query())?;
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let (file, mapping_text) = read(request, who.state().config().server.max_import_bytes).await?;
    // Of what the form holds, not of its text: a browser draws another boundary each time.
    let pieces = [
        mapping_text.as_deref().unwrap_or_default().as_bytes(),
        &file,
    ];
    let key = idempotency(&parts, &pieces)?;
    let mapping = mapping_text.as_deref().map(Mapping::read).transpose()?;
    let (file, table) = parse(file).await?;
    if table.rows.len() > ROWS_AT_ONCE {
        let payload = Payload {
            entity: question.entity,
            commit: question.commit,
            partial: question.partial,
            mapping: mapping_text,
            file: STANDARD.encode(&file),
            user: who.caller().user_id,
        };
        let mut ctx = begin(&who, key).await?;
        let id = JobId::from_uuid(job::enqueue(&mut ctx, &payload).await?).to_string();
        let location = format!("/api/v1/jobs/{id}");
        return ctx
            .reply_unversioned(
                StatusCode::ACCEPTED,
                &json!({ "job_id": id }),
                Some(location),
            )
            .await;
    }
    let import = Import {
        entity: question.entity,
        mapping,
        table,
        commit: question.commit,
        partial: question.partial,
    };
    let mut ctx = begin(&who, key).await?;
    let report = Box::pin(perform(&mut ctx, &import, &|_, _| {})).await?;
    if report.committed {
        return ctx.reply_unversioned(StatusCode::OK, &report, None).await;
    }
    ctx.tx.rollback().await?;
    Ok(axum::Json(report).into_response())
}

/// An import is one use case. What was only tried is not kept under its key either: a repetition tries again.
async fn begin(who: &Allowed<can::ImportsRun>, key: Option<Idempotency>) -> ApiResult<Ctx> {
    let caller = std::sync::Arc::clone(who.caller());
    Ctx::begin(who.state(), caller, who.now(), who.origin(), key, false).await
}

/// Reading a large spreadsheet takes a while: not on a thread that serves others.
async fn parse(file: Vec<u8>) -> ApiResult<(Vec<u8>, Table)> {
    let parsed =
        tokio::task::spawn_blocking(move || Table::read(&file).map(|table| (file, table))).await;
    Ok(parsed.map_err(anyhow::Error::from)??)
}

fn question(query: Option<&str>) -> Result<Question, Problem> {
    let mut entity = None;
    let mut question = Question {
        entity: Entity::Orders,
        commit: false,
        partial: false,
    };
    let mut errors = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let mut wrong = |code: &str, detail: &str, known: &[&str], said: &str| {
            errors.push(
                FieldProblem::parameter(&*name, code, detail)
                    .with_suggestions(nearest(said, known)),
            )
        };
        match (&*name, &*value) {
            ("entity", text) => match Entity::parse(text) {
                Some(known) => entity = Some(known),
                None => wrong(
                    "unknown_value",
                    "`entity` is customers, products, prices or orders.",
                    &["customers", "products", "prices", "orders"],
                    text,
                ),
            },
            ("commit", "true") => question.commit = true,
            ("commit", "false") | ("mode", "all") => {}
            ("mode", "valid") => question.partial = true,
            ("commit", _) => wrong("invalid_value", "`commit` is true or false.", &[], ""),
            ("mode", text) => wrong(
                "unknown_value",
                "`mode` is all or valid.",
                &["all", "valid"],
                text,
            ),
            (other, _) => wrong(
                "unknown_parameter",
                "Imports take `entity`, `commit` and `mode`.",
                &["entity", "commit", "mode"],
                other,
            ),
        }
    }
    if entity.is_none() && errors.is_empty() {
        errors.push(FieldProblem::parameter(
            "entity",
            "required",
            "`entity` says what the file holds: customers, products, prices or orders.",
        ));
    }
    match (errors.first(), entity) {
        (None, Some(entity)) => Ok(Question { entity, ..question }),
        (first, _) => {
            let code = first.map(|error| error.code.clone()).unwrap_or_default();
            Err(Problem::with_errors(StatusCode::BAD_REQUEST, &code, errors))
        }
    }
}

/// The parts of a form of at most `limit` bytes.
async fn read(mut request: Request, limit: usize) -> Result<(Vec<u8>, Option<String>), Problem> {
    let malformed = |error| malformed(&error, limit);
    DefaultBodyLimit::max(limit).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the file as multipart/form-data.",
        )
    })?;
    let (mut file, mut mapping) = (None, None);
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        match field.name() {
            Some("file") if file.is_none() => {
                file = Some(field.bytes().await.map_err(malformed)?.to_vec())
            }
            Some("mapping") if mapping.is_none() => {
                mapping = Some(field.text().await.map_err(malformed)?)
                    .filter(|text| !text.trim().is_empty())
            }
            _ => {
                return Err(Problem::invalid(vec![FieldProblem::at(
                    "",
                    "unknown_field",
                    "The form has the parts `file` and `mapping`, once each.",
                )]));
            }
        }
    }
    let file = file.ok_or_else(|| {
        Problem::invalid(vec![FieldProblem::at(
            "/file",
            "required",
            "The part `file` is missing.",
        )])
    })?;
    Ok((file, mapping))
}

/// In MiB when it is a whole number of them.
fn size(bytes: usize) -> String {
    const MIB: usize = 1 << 20;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}

fn malformed(error: &MultipartError, limit: usize) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!(
                "An import has at most {} (server.max_import_bytes).",
                size(limit)
            ),
        ),
        _ => Problem::bad_request(
            "malformed_form",
            "The body is not the multipart form its content type says.",
        ),
    }
}
