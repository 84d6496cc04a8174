//! Timeline, comments, versions and their differences.

use axum::extract::RawQuery;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use som_domain::dates::Timestamp;
use som_domain::ids::{AuditId, CommentId, OrderId, UserId};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::db::TenantTx;
use crate::features::orders::bodies::NewComment;
use crate::features::orders::rows::hex;
use crate::features::orders::service::comment;
use crate::features::orders::service::snapshot::{self, Change};
use crate::features::orders::store::history::{self, TimelineRow, VersionRow};
use crate::features::orders::store::read as orders;
use crate::features::orders::view::PersonBrief;
use crate::http::list::PageInfo;
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::permission::can;

/// Rows of a timeline page.
const TIMELINE_PAGE: i64 = 100;

/// Something that happened to the order.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Identity.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// `status`, `edit`, `comment`, `delivery`, `hold` or `approval`.
    pub kind: &'static str,
    /// What.
    #[schema(example = "confirmed")]
    pub action: String,
    /// Who; none: the system.
    pub actor: Option<PersonBrief>,
    /// The comment, reason or note.
    pub detail: Option<String>,
    /// Differences as `{"path": {"from", "to"}}`, or facts.
    #[schema(value_type = Object)]
    pub diff: Value,
}

/// A page of the timeline, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Entries.
    pub data: Vec<TimelineEntry>,
    /// The next page.
    pub page: PageInfo,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentView {
    /// Identity.
    pub id: CommentId,
    /// Text.
    pub body: String,
    /// Who wrote it.
    pub author: Option<PersonBrief>,
    /// When.
    pub created_at: Timestamp,
}

/// A kept version of the order's content.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// Version.
    pub version: i32,
    /// SHA-256 of the content.
    pub sha256: String,
    /// When.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Option<UserId>,
    /// The content; only for a single version.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schema(value_type = Option<Object>)]
    pub content: Value,
}

/// All kept versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// Newest first.
    pub data: Vec<VersionView>,
}

/// What differs between two versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// In the order of the content.
    pub changes: Vec<Change>,
}

fn kind(action: &str) -> &'static str {
    match action {
        "commented" => "comment",
        "delivered" | "delivery_reversed" => "delivery",
        "held" | "released" => "hold",
        "submitted" | "approved" | "rejected" => "approval",
        "updated" | "quantity_cancelled" => "edit",
        _ => "status",
    }
}

fn entry(row: TimelineRow) -> TimelineEntry {
    let text = |name: &str| {
        row.diff
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let detail = row
        .comment
        .clone()
        .or_else(|| text("reason"))
        .or_else(|| text("note"));
    TimelineEntry {
        id: AuditId::from_uuid(row.id),
        at: Timestamp::new(row.at),
        kind: kind(&row.action),
        actor: row.actor_id.map(|id| PersonBrief {
            id: UserId::from_uuid(id),
            name: row.actor_name.clone(),
        }),
        detail,
        action: row.action,
        diff: row.diff,
    }
}

/// The query parameters of these reads: each known one at most once.
pub(super) fn parameters(raw: Option<&str>, known: &[&str]) -> ApiResult<Vec<(String, String)>> {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    for (name, _) in &pairs {
        if !known.contains(&name.as_str()) {
            return Err(Problem::bad_parameter(
                name,
                "unknown_parameter",
                format!("There is no parameter here but: {}.", known.join(", ")),
            )
            .into());
        }
    }
    Ok(pairs)
}

pub(super) fn number<T: std::str::FromStr>(
    pairs: &[(String, String)],
    name: &str,
    prefix: &str,
) -> ApiResult<Option<T>> {
    let Some((_, text)) = pairs.iter().find(|(known, _)| known == name) else {
        return Ok(None);
    };
    let number = text.strip_prefix(prefix).and_then(|text| text.parse().ok());
    Ok(Some(number.ok_or_else(|| {
        Problem::bad_parameter(name, "invalid_value", format!("`{name}` is not valid."))
    })?))
}

/// 404 unless the order is in sight.
async fn in_sight<P: crate::permission::Permit>(
    who: &Allowed<P>,
    tx: &mut TenantTx,
    id: OrderId,
) -> ApiResult<uuid::Uuid> {
    let organization = who.caller().organization.id.uuid();
    if orders::version(tx, organization, id.uuid(), &who.row_scope())
        .await?
        .is_none()
    {
        return Err(Problem::not_found("order").into());
    }
    Ok(organization)
}

/// Read what happened to an order, newest first.
#[utoipa::path(get, path = "/orders/{id}/timeline", operation_id = "get_order_timeline", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("cursor" = Option<String>, Query, description = "`page.next` of the page before"),
        ("limit" = Option<i64>, Query, description = "Entries of a page, 1 to 200")),
    responses((status = 200, description = "A page", body = Timeline), (status = 404, description = "No such order in sight", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn get_order_timeline(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let pairs = parameters(raw.as_deref(), &["cursor", "limit"])?;
    let before = number(&pairs, "cursor", "c_")?;
    let limit = number::<i64>(&pairs, "limit", "")?.unwrap_or(TIMELINE_PAGE);
    if !(1..=200).contains(&limit) {
        return Err(
            Problem::bad_parameter("limit", "invalid_limit", "`limit` is 1 to 200.").into(),
        );
    }
    let mut tx = who.read().await?;
    let organization = in_sight(&who, &mut tx, id).await?;
    let mut rows = history::timeline(&mut tx, organization, id.uuid(), before, limit + 1).await?;
    let has_more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| format!("c_{}", row.seq));
    read::json(&Timeline {
        data: rows.into_iter().map(entry).collect(),
        page: PageInfo {
            next,
            prev: None,
            has_more,
            count: None,
        },
    })
}

/// Comment on an order.
#[utoipa::path(post, path = "/orders/{id}/comments", operation_id = "create_order_comment", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NewComment,
    responses((status = 201, description = "The comment", body = CommentView), (status = 404, description = "No such order in sight", body = Problem)),
    extensions(("x-permission" = json!("orders.comment"))))]
pub async fn create_order_comment(
    who: Allowed<can::OrdersComment>,
    Id(id): Id<OrderId>,
    command: Command<NewComment>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let body = command.body.body.0.into_string();
    let written = comment::comment(&mut ctx, id, &body).await?;
    let (now, name) = (ctx.now, ctx.caller.name.clone());
    let author = written.by.map(|id| PersonBrief {
        id: UserId::from_uuid(id),
        name,
    });
    let view = CommentView {
        id: CommentId::from_uuid(written.id),
        body,
        author,
        created_at: Timestamp::new(now),
    };
    ctx.reply(StatusCode::CREATED, &view, written.version, None)
        .await
}

fn version_view(row: VersionRow, reader: Option<&Caller>) -> VersionView {
    VersionView {
        version: row.version,
        sha256: hex(&row.sha256),
        created_at: Timestamp::new(row.created_at),
        created_by: row.created_by.map(UserId::from_uuid),
        content: reader.map_or(Value::Null, |caller| snapshot::show(row.doc, caller)),
    }
}

/// List the kept versions of an order's content.
#[utoipa::path(get, path = "/orders/{id}/versions", operation_id = "list_order_versions", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "Versions, newest first", body = Versions), (status = 404, description = "No such order in sight", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn list_order_versions(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let organization = in_sight(&who, &mut tx, id).await?;
    let rows = history::versions(&mut tx, organization, id.uuid()).await?;
    read::json(&Versions {
        data: rows
            .into_iter()
            .map(|row| version_view(row, None))
            .collect(),
    })
}

/// Read an order's content as of a version.
#[utoipa::path(get, path = "/orders/{id}/versions/{version}", operation_id = "get_order_version", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("version" = i32, Path, description = "The version")),
    responses((status = 200, description = "The content", body = VersionView), (status = 404, description = "No such order or version", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn get_order_version(
    who: Allowed<can::OrdersRead>,
    Id(crate::http::path::Both(id, version)): Id<crate::http::path::Both<OrderId, i32>>,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let row = kept(&who, &mut tx, id, version).await?;
    read::json(&version_view(row, Some(who.caller())))
}

async fn kept<P: crate::permission::Permit>(
    who: &Allowed<P>,
    tx: &mut TenantTx,
    id: OrderId,
    version: i32,
) -> ApiResult<VersionRow> {
    let organization = who.caller().organization.id.uuid();
    let current = orders::version(tx, organization, id.uuid(), &who.row_scope())
        .await?
        .ok_or_else(|| Problem::not_found("order"))?;
    let row = if version > current {
        None
    } else {
        history::version(tx, organization, id.uuid(), version).await?
    };
    Ok(row.ok_or_else(|| Problem::not_found("version"))?)
}

/// Compare two versions of an order's content.
#[utoipa::path(get, path = "/orders/{id}/diff", operation_id = "diff_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("from" = i32, Query, description = "The earlier version", example = 1), ("to" = Option<i32>, Query, description = "The later version; the current one when absent")),
    responses((status = 200, description = "What differs", body = Difference), (status = 404, description = "No such order or version", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn diff_order(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let pairs = parameters(raw.as_deref(), &["from", "to"])?;
    let from = number::<i32>(&pairs, "from", "")?
        .ok_or_else(|| Problem::bad_parameter("from", "required", "`from` is required."))?;
    let to = number::<i32>(&pairs, "to", "")?;
    let mut tx = who.read().await?;
    let organization = who.caller().organization.id.uuid();
    let current = orders::version(&mut tx, organization, id.uuid(), &who.row_scope())
        .await?
        .ok_or_else(|| Problem::not_found("order"))?;
    let a = kept(&who, &mut tx, id, from).await?;
    let b = kept(&who, &mut tx, id, to.unwrap_or(current)).await?;
    read::json(&Difference {
        changes: snapshot::differences(a.doc, b.doc, who.caller()),
    })
}
