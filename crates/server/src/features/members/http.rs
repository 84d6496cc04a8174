//! Routes of members and teams.

use ::http::{HeaderMap, StatusCode};
use axum::response::Response;
use som_domain::ids::MembershipId;

use super::input::{MemberPatch, NewMember, NewTeam};
use super::service;
use super::view::{MemberList, MemberView, OnlyPage, TeamList, TeamView};
use crate::features::auth;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::permission::can;

/// Everyone who belongs to the organization, by name.
#[utoipa::path(
    get, path = "/members", tag = "auth",
    responses((status = 200, body = MemberList), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(super) async fn list_members(member: Allowed<can::MembersRead>) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let data = service::list(&mut tx, member.caller().organization.id).await?;
    drop(tx);
    member.has_read_list("members", data.len(), None).await?;
    read::json(&MemberList {
        data,
        page: OnlyPage::default(),
    })
}

/// One member.
#[utoipa::path(
    get, path = "/members/{id}", tag = "auth", params(("id" = MembershipId, Path)),
    responses((status = 200, body = MemberView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(super) async fn get_member(
    member: Allowed<can::MembersRead>,
    Id(id): Id<MembershipId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let view = service::get(&mut tx, member.caller().organization.id, id).await?;
    drop(tx);
    member.has_read("member", id.uuid()).await?;
    read::object(&headers, &view, view.version)
}

/// Add a member with a new account. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    post, path = "/members", tag = "auth", request_body = NewMember,
    responses(
        (status = 201, body = MemberView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`", body = Problem),
        (status = 409, description = "`duplicate_email`", body = Problem),
        (status = 422, description = "`password_too_short`, `password_too_weak`, …", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn create_member(
    member: Allowed<can::MembersWrite>,
    command: Command<NewMember>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    service::check_new(member.caller(), &command.body)?;
    // hashed before the transaction: no connection waits for it
    let hash = member
        .state()
        .auth()
        .passwords()
        .hash(command.body.password.0.clone())
        .await?;
    let mut ctx = member.begin(&command).await?;
    let view = service::create(&mut ctx, &command.body, &hash).await?;
    let location = format!("/api/v1/members/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Change a member's role, scope, team or state. A role needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    patch, path = "/members/{id}", tag = "auth", params(("id" = MembershipId, Path)), request_body = MemberPatch,
    responses(
        (status = 200, body = MemberView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`last_owner`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 422, body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn update_member(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<MembershipId>,
    command: Command<MemberPatch>,
) -> ApiResult<Response> {
    if command.body.role.is_some() || command.body.role_id.is_some() {
        auth::service::require_recent(member.caller(), member.now())?;
    }
    let mut ctx = member.begin(&command).await?;
    let view = service::update(&mut ctx, id, &command.if_match, command.body).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    // a demotion counts from the next request on
    member.state().auth().forget_callers();
    Ok(response)
}

/// End every session of a member here: the next request made there is refused. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    post, path = "/members/{id}/end-sessions", tag = "auth", params(("id" = MembershipId, Path)), request_body = NoBody,
    responses(
        (status = 200, body = MemberView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`", body = Problem),
        (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn end_member_sessions(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<MembershipId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::end_sessions(&mut ctx, id, &command.if_match).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    member.state().auth().forget_callers();
    Ok(response)
}

/// Remove every second factor of a member who lost them, and end all sessions; a mail tells them. Needs a sign-in or step-up within the
/// last ten minutes.
#[utoipa::path(
    post, path = "/members/{id}/reset-second-factors", tag = "auth", params(("id" = MembershipId, Path)), request_body = NoBody,
    responses(
        (status = 200, body = MemberView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`no_second_factor`, `works_elsewhere`, `not_yourself`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn reset_member_second_factors(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<MembershipId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    auth::service::require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::reset_second_factors(&mut ctx, id, &command.if_match).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    member.state().auth().forget_callers();
    Ok(response)
}

/// All teams, by name.
#[utoipa::path(
    get, path = "/teams", tag = "auth",
    responses((status = 200, body = TeamList), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(super) async fn list_teams(member: Allowed<can::MembersRead>) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let data = service::teams(&mut tx, member.caller().organization.id).await?;
    read::json(&TeamList {
        data,
        page: OnlyPage::default(),
    })
}

/// Make a team.
#[utoipa::path(
    post, path = "/teams", tag = "auth", request_body = NewTeam,
    responses((status = 201, body = TeamView), (status = 403, body = Problem), (status = 409, description = "`duplicate_name`", body = Problem), (status = 422, body = Problem)),
    extensions(("x-permission" = json!("members.write")))
)]
pub(super) async fn create_team(
    member: Allowed<can::MembersWrite>,
    command: Command<NewTeam>,
) -> ApiResult<Response> {
    let mut ctx = member.begin(&command).await?;
    let view = service::create_team(&mut ctx, &command.body).await?;
    ctx.reply(StatusCode::CREATED, &view, view.version, None)
        .await
}
