//! Routes of roles. What a role allows is changed by people, who showed their password a moment ago.

use ::http::{HeaderMap, StatusCode};
use axum::response::Response;
use som_domain::ids::RoleId;

use super::input::{NewRole, RolePatch};
use super::service;
use super::view::{RoleList, RoleView};
use crate::features::auth;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::permission::can;

/// Every role: the built-in ones, then the organization's own by name.
#[utoipa::path(
    get, path = "/roles", tag = "auth",
    responses((status = 200, body = RoleList), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(super) async fn list_roles(member: Allowed<can::MembersRead>) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    read::json(&service::list(&mut tx, member.caller()).await?)
}

/// One of the organization's own roles.
#[utoipa::path(
    get, path = "/roles/{id}", tag = "auth", params(("id" = RoleId, Path)),
    responses((status = 200, body = RoleView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(super) async fn get_role(
    member: Allowed<can::MembersRead>,
    Id(id): Id<RoleId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let view = service::get(&mut tx, member.caller(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Make a role of permissions you have yourself. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    post, path = "/roles", tag = "auth", request_body = NewRole,
    responses(
        (status = 201, body = RoleView),
        (status = 403, description = "`missing_permission`, `reauth_required`", body = Problem),
        (status = 409, description = "`duplicate_name`, `too_many_roles`", body = Problem),
        (status = 422, description = "`unknown_permission`, `permission_not_yours`, `out_of_range`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn create_role(
    member: Allowed<can::MembersWrite>,
    command: Command<NewRole>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = view.id.map(|id| format!("/api/v1/roles/{id}"));
    ctx.reply(StatusCode::CREATED, &view, view.version, location)
        .await
}

/// Change a role. Counts from the next request of everybody who has it. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    patch, path = "/roles/{id}", tag = "auth", params(("id" = RoleId, Path)), request_body = RolePatch,
    responses(
        (status = 200, body = RoleView),
        (status = 403, description = "`missing_permission`, `reauth_required`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`duplicate_name`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 422, description = "`unknown_permission`, `permission_not_yours`, `out_of_range`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn update_role(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<RoleId>,
    command: Command<RolePatch>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::update(&mut ctx, id, &command.if_match, command.body).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    member.state().auth().forget_callers();
    Ok(response)
}

/// Remove a role that nobody has. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    delete, path = "/roles/{id}", tag = "auth", params(("id" = RoleId, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`missing_permission`, `reauth_required`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`role_in_use`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn delete_role(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<RoleId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    service::delete(&mut ctx, id, &command.if_match).await?;
    ctx.reply_empty().await
}
