//! `/approval-policies`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::ApprovalPolicyId;

use super::service;
use super::store::{self, PolicyRow};
use super::view::{ApprovalPolicyPatch, ApprovalPolicyView, NewApprovalPolicy};
use crate::http::list::{Dir, Field, ListBody, ListSpec, Page, SearchKind, Source};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

static POLICIES: ListSpec = ListSpec {
    name: "approval-policies",
    fields: &[
        Field::id("id", "a.id", "apo"),
        Field::text("name", "a.name").sortable(),
        Field::one_of(
            "measure",
            "a.measure",
            &["total", "discount_percent", "margin_percent"],
        ),
        Field::boolean("active", "a.active"),
    ],
    default_sort: &[("name", Dir::Asc)],
    tiebreak: Field::id("id", "a.id", "apo"),
    search: Some(SearchKind::Trigram("a.name")),
    expand: &[],
};

list_params!(pub PoliciesList, POLICIES);

/// List approval policies.
#[utoipa::path(get, path = "/approval-policies", operation_id = "list_approval_policies", tag = "orders",
    params(PoliciesList),
    responses((status = 200, description = "A page", body = ListBody<ApprovalPolicyView>), (status = 400, description = "Problems of the query", body = Problem)),
    extensions(("x-permission" = json!("settings.read"))))]
pub async fn list_approval_policies(
    who: Allowed<can::SettingsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let query = who.list(&POLICIES, uri.query(), &[])?;
    let organization = who.caller().organization.id.uuid();
    let source = Source {
        columns: store::COLUMNS,
        from: "approval_policies a",
        scope: &|qb| {
            qb.push("a.organization_id = ").push_bind(organization);
        },
    };
    let mut tx = who.read().await?;
    let page: Page<PolicyRow> = query.fetch(&mut tx, &source).await?;
    query.answer(uri.path(), page.map(ApprovalPolicyView::from))
}

/// Make an approval policy.
#[utoipa::path(post, path = "/approval-policies", operation_id = "create_approval_policy", tag = "orders",
    request_body = NewApprovalPolicy,
    responses((status = 201, description = "The new policy", body = ApprovalPolicyView), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn create_approval_policy(
    who: Allowed<can::SettingsWrite>,
    command: Command<NewApprovalPolicy>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = ApprovalPolicyView::from(service::create(&mut ctx, command.body).await?);
    let location = format!("/api/v1/approval-policies/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read an approval policy.
#[utoipa::path(get, path = "/approval-policies/{id}", operation_id = "get_approval_policy", tag = "orders",
    params(("id" = ApprovalPolicyId, Path, description = "The policy")),
    responses((status = 200, description = "The policy", body = ApprovalPolicyView), (status = 404, description = "No such policy", body = Problem)),
    extensions(("x-permission" = json!("settings.read"))))]
pub async fn get_approval_policy(
    who: Allowed<can::SettingsRead>,
    Id(id): Id<ApprovalPolicyId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let row = store::policy(&mut tx, who.caller().organization.id.uuid(), id.uuid()).await?;
    let view = ApprovalPolicyView::from(row.ok_or_else(|| Problem::not_found("approval policy"))?);
    read::object(&headers, &view, view.version)
}

/// Change an approval policy.
#[utoipa::path(patch, path = "/approval-policies/{id}", operation_id = "update_approval_policy", tag = "orders",
    params(("id" = ApprovalPolicyId, Path, description = "The policy")),
    request_body = ApprovalPolicyPatch,
    responses((status = 200, description = "The policy", body = ApprovalPolicyView), (status = 412, description = "Changed meanwhile", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_approval_policy(
    who: Allowed<can::SettingsWrite>,
    Id(id): Id<ApprovalPolicyId>,
    command: Command<ApprovalPolicyPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = ApprovalPolicyView::from(
        service::update(&mut ctx, id, &command.if_match, command.body).await?,
    );
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
