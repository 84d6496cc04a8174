//! Routes of those who are invited. The token of the link is in the body, never in an address.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::input::{AcceptInvitation, InvitationLink};
use super::super::service;
use super::super::view::{Invited, Joined};
use crate::http::same_origin::SameOrigin;
use crate::http::{Allowed, ApiResult, Problem, Public, Sent, read};
use crate::permission::can;

/// See what an invitation is for, before accepting it.
#[utoipa::path(
    post, path = "/auth/invitations/view", tag = "auth", request_body = InvitationLink,
    responses(
        (status = 200, body = Invited),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn look_at_invitation(
    public: Public,
    _: SameOrigin,
    sent: Sent<InvitationLink>,
) -> ApiResult<Response> {
    let token = sent.body.token;
    read::json(&service::look(&public.state, token.as_str(), public.now).await?)
}

/// Accept an invitation with a new account. Sign in afterwards.
///
/// Who has an account that works for another organization signs in and uses `/auth/invitations/join`.
#[utoipa::path(
    post, path = "/auth/invitations/accept", tag = "auth", request_body = AcceptInvitation,
    responses(
        (status = 204, description = "The account is there, and a member"),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 409, description = "`account_exists`", body = Problem),
        (status = 422, description = "`password_too_short`, `password_too_weak`, …", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn accept_invitation(
    public: Public,
    _: SameOrigin,
    sent: Sent<AcceptInvitation>,
) -> ApiResult<Response> {
    service::accept(&public.state, sent.body, public.origin, public.now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Accept an invitation with the account that is signed in; it must be the one of the invited address.
///
/// The session goes on working for its organization; name the new one at the next sign-in.
#[utoipa::path(
    post, path = "/auth/invitations/join", tag = "auth", request_body = InvitationLink,
    responses(
        (status = 200, body = Joined),
        (status = 401, body = Problem),
        (status = 403, description = "`invalid_link`, `other_address`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`already_member`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn join_organization(
    person: Allowed<can::Person>,
    sent: Sent<InvitationLink>,
) -> ApiResult<Response> {
    let (token, origin, now) = (sent.body.token, person.origin(), person.now());
    let joined =
        service::join(person.state(), person.caller(), token.as_str(), origin, now).await?;
    read::json(&joined)
}
