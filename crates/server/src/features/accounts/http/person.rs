//! Routes of the signed-in person's own account: another address, leaving an organization, deletion.

use ::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::input::{ChangeEmail, FollowLink};
use super::super::service;
use crate::app::AppState;
use crate::http::same_origin::SameOrigin;
use crate::http::{Allowed, ApiResult, NoBody, Problem, Public, Sent};
use crate::permission::can;
use crate::security::cookies;

/// What a browser should forget of an account that is left.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Change the address you sign in with. Needs a sign-in or step-up within the last ten minutes.
///
/// It takes effect when the link in the new mailbox is followed. The present one is told, and can take the change back for seven days.
#[utoipa::path(
    post, path = "/auth/email", tag = "auth", request_body = ChangeEmail,
    responses(
        (status = 202, description = "A mail is on its way to both addresses"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `mail_off`, `people_only`, `csrf_failed`", body = Problem),
        (status = 422, description = "`same_address`, …", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn change_email(
    person: Allowed<can::Person>,
    sent: Sent<ChangeEmail>,
) -> ApiResult<Response> {
    let (email, origin, now) = (sent.body.email, person.origin(), person.now());
    service::change_email(person.state(), person.caller(), &email, origin, now).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Follow the link in the new mailbox: the address counts from now on, and every session ends.
#[utoipa::path(
    post, path = "/auth/email/confirm", tag = "auth", request_body = FollowLink,
    responses(
        (status = 204, description = "The new address counts"),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 409, description = "`account_exists`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn confirm_email(
    public: Public,
    _: SameOrigin,
    sent: Sent<FollowLink>,
) -> ApiResult<Response> {
    let token = sent.body.token;
    service::confirm_email(&public.state, token.as_str(), public.origin, public.now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Follow the link in the mailbox before: its address counts again, every session ends, and a link for a new password goes there.
#[utoipa::path(
    post, path = "/auth/email/undo", tag = "auth", request_body = FollowLink,
    responses(
        (status = 204, description = "The address before counts again"),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 409, description = "`account_exists`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn undo_email(
    public: Public,
    _: SameOrigin,
    sent: Sent<FollowLink>,
) -> ApiResult<Response> {
    let token = sent.body.token;
    service::undo_email(&public.state, token.as_str(), public.origin, public.now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Leave the organization you are signed in to. Its sessions and API keys of yours end at once; only an invitation brings you back.
///
/// Needs a sign-in or step-up within the last ten minutes. The only owner cannot leave.
#[utoipa::path(
    post, path = "/auth/leave", tag = "auth", request_body = NoBody,
    responses(
        (status = 204, description = "Left, and signed out"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`last_owner`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn leave_organization(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let (origin, now) = (person.origin(), person.now());
    service::leave(person.state(), person.caller(), origin, now).await?;
    Ok(emptied(person.state()))
}

/// Delete your account: you leave every organization, and what is known of you is erased. What you did stays, by a former member.
///
/// Needs a sign-in or step-up within the last ten minutes. The only owner of an organization cannot go.
#[utoipa::path(
    delete, path = "/auth/account", tag = "auth",
    responses(
        (status = 204, description = "Deleted, and signed out"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`last_owner`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn delete_account(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let (origin, now) = (person.origin(), person.now());
    service::delete(person.state(), person.caller(), origin, now).await?;
    Ok(emptied(person.state()))
}

/// 204 for a browser that is signed in no more.
fn emptied(state: &AppState) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    cookies::set(headers, state.auth().cookies().clear());
    let all = HeaderValue::from_static("\"cache\", \"storage\"");
    headers.insert(CLEAR_SITE_DATA, all);
    response
}
