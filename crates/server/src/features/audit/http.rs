//! `GET /audit`, `GET /audit/chain`, `POST /audit/verify` and `GET /audit/export`

use ::http::StatusCode;
use axum::extract::OriginalUri;
use axum::response::Response;
use serde_json::json;
use som_domain::dates::Timestamp;
use som_domain::ids::{RequestId, UserId};

use super::store::{COLUMNS, FROM, chain};
use super::view::{AuditChain, AuditEntry, AuditProof};
use crate::audit::{Entry, prove_soon};
use crate::ctx::Event;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, NoBody, Problem, read, require};
use crate::objects::Sight;
use crate::permission::{Permission, can};
use crate::{export_params, list_params};

/// The newest first.
static AUDIT: Collection = Collection {
    spec: ListSpec {
        name: "audit",
        fields: &[
            Field::int("seq", "e.seq").sortable(),
            Field::timestamp("at", "e.at"),
            Field::id("actor_id", "e.actor_id", UserId::PREFIX).nullable(),
            Field::one_of("actor_kind", "e.actor_kind", &["user", "api_key", "system"]),
            Field::text("actor_name", "e.actor_name"),
            Field::id("request_id", "e.request_id", RequestId::PREFIX).nullable(),
            Field::text("ip", "e.ip").nullable(),
            Field::text("entity", "e.entity"),
            Field::any_id("entity_id", "e.entity", "e.entity_id"),
            Field::object_name("entity_name", "e.entity", "e.entity_id"),
            Field::int("entity_version", "e.entity_version")
                .nullable()
                .column_only(),
            Field::text("action", "e.action"),
            Field::text("reason", "e.diff->>'reason'")
                .nullable()
                .column_only(),
            Field::text("diff", "e.diff::text").column_only(),
        ],
        default_sort: &[("seq", Dir::Desc)],
        tiebreak: Field::int("seq", "e.seq"),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "e.organization_id",
};

list_params!(pub(super) AuditParams, AUDIT.spec);

/// List the audit log, newest entry first.
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit", params(AuditParams),
    responses((status = 200, description = "A page", body = ListBody<AuditEntry>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("audit.read"))))]
pub async fn list_audit(
    who: Allowed<can::AuditRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let query = who.list(&AUDIT.spec, uri.query(), &[])?;
    let scope = AUDIT.scope(who.caller().organization.id.uuid(), None);
    let mut tx = who.read().await?;
    let page = query.fetch::<Entry>(&mut tx, &AUDIT.source(&scope)).await?;
    let objects = page.rows.iter().map(|row| (&*row.entity, row.entity_id));
    let names = Sight::of(who.caller()).names(&mut tx, objects).await?;
    query.answer(uri.path(), page.map(|row| AuditEntry::new(row, &names)))
}

/// How the audit log's chain of hashes stands, and what its last proof found.
#[utoipa::path(get, path = "/audit/chain", operation_id = "get_audit_chain", tag = "audit",
    responses((status = 200, description = "The chain", body = AuditChain), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("audit.read"))))]
pub async fn get_audit_chain(who: Allowed<can::AuditRead>) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let found = chain(&mut tx, who.caller().organization.id.uuid()).await?;
    read::json(&found.map(AuditChain::from).unwrap_or_default())
}

/// Have the whole log proved now, besides the proof of every day. `GET /audit/chain` tells what was found once `proved_at` is later than
/// `asked_at`.
#[utoipa::path(post, path = "/audit/verify", operation_id = "verify_audit", tag = "audit", request_body = NoBody,
    responses((status = 202, description = "It will be proved in the background", body = AuditProof), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("audit.read"))))]
pub async fn verify_audit(
    who: Allowed<can::AuditRead>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    prove_soon(&mut ctx).await?;
    let event = Event::new("audit", ctx.organization(), 0, "proof_asked", json!({}));
    ctx.record(Event {
        version: None,
        ..event
    });
    let proof = AuditProof {
        asked_at: Timestamp::new(ctx.now),
    };
    let chain = "/api/v1/audit/chain".to_owned();
    ctx.reply_unversioned(StatusCode::ACCEPTED, &proof, Some(chain))
        .await
}

export_params!(pub(super) ExportParams, AUDIT.spec);

/// Export the audit log as CSV or XLSX. The export is an entry of the log itself.
#[utoipa::path(get, path = "/audit/export", operation_id = "export_audit", tag = "audit", params(ExportParams),
    responses((status = 200, description = "The file", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, description = "`export_too_large`", body = Problem)),
    extensions(("x-permission" = json!("exports.run")), ("x-permission-also" = json!("audit.read"))))]
pub async fn export_audit(
    who: Allowed<can::ExportsRun>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    require(who.caller(), Permission::AuditRead)?;
    who.answer_export(&AUDIT, uri.query(), &[]).await
}
