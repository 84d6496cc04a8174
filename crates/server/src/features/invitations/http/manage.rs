//! Routes of those who invite.

use ::http::{HeaderMap, StatusCode};
use axum::response::Response;
use som_domain::ids::InvitationId;

use super::super::input::NewInvitation;
use super::super::service;
use super::super::view::{InvitationList, InvitationPage, InvitationView};
use crate::features::auth;
use crate::http::limits::Act;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::permission::can;

/// Who was invited, newest first: what waits, and what became of the others within a month.
#[utoipa::path(
    get, path = "/invitations", tag = "auth",
    responses((status = 200, body = InvitationList), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(in super::super) async fn list_invitations(
    member: Allowed<can::MembersRead>,
) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let data = service::list(&mut tx, member.caller(), member.now()).await?;
    drop(tx);
    member
        .has_read_list("invitations", data.len(), None)
        .await?;
    read::json(&InvitationList {
        data,
        page: InvitationPage::default(),
    })
}

/// One invitation.
#[utoipa::path(
    get, path = "/invitations/{id}", tag = "auth", params(("id" = InvitationId, Path)),
    responses((status = 200, body = InvitationView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(in super::super) async fn get_invitation(
    member: Allowed<can::MembersRead>,
    Id(id): Id<InvitationId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = member.read().await?;
    let view = service::get(&mut tx, member.caller(), id, member.now()).await?;
    drop(tx);
    member.has_read("invitation", id.uuid()).await?;
    read::object(&headers, &view, view.version)
}

/// Invite somebody by mail. Needs a sign-in or step-up within the last ten minutes.
///
/// The answer is the same whether the address has an account or not. The link in the mail works once, for at most seven days.
#[utoipa::path(
    post, path = "/invitations", tag = "auth", request_body = NewInvitation,
    responses(
        (status = 201, body = InvitationView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`, `invitations_closed`", body = Problem),
        (status = 409, description = "`already_member`, `already_invited`, `too_many_invitations`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn create_invitation(
    member: Allowed<can::MembersWrite>,
    command: Command<NewInvitation>,
) -> ApiResult<Response> {
    guard(&member).await?;
    let mut ctx = member.begin(&command).await?;
    let view = service::create(&mut ctx, &command.body).await?;
    let location = format!("/api/v1/invitations/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Send an invitation once more, with a new link; the one before no longer works. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    post, path = "/invitations/{id}/resend", tag = "auth", params(("id" = InvitationId, Path)), request_body = NoBody,
    responses(
        (status = 200, body = InvitationView),
        (status = 403, description = "`missing_permission`, `only_owners`, `role_beyond_yours`, `reauth_required`, `invitations_closed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`invitation_ended`, `sent_too_often`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn resend_invitation(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<InvitationId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    guard(&member).await?;
    let mut ctx = member.begin(&command).await?;
    let view = service::resend(&mut ctx, id, &command.if_match).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Take an invitation back: its link no longer works.
#[utoipa::path(
    delete, path = "/invitations/{id}", tag = "auth", params(("id" = InvitationId, Path)),
    responses(
        (status = 204, description = "Taken back"),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`invitation_ended`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn revoke_invitation(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<InvitationId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = member.begin(&command).await?;
    service::revoke(&mut ctx, id, &command.if_match).await?;
    ctx.reply_empty().await
}

/// What gives a role away needs a proof of a moment ago, and nobody sends mails without end.
async fn guard(member: &Allowed<can::MembersWrite>) -> ApiResult<()> {
    let (caller, now) = (member.caller(), member.now());
    auth::service::require_recent(caller, now)?;
    let limiter = member.state().auth().limiter();
    Ok(limiter.act_of(Act::Invite, caller.user_id, now).await?)
}
