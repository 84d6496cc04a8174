//! Routes of accounts.

pub(super) mod person;

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::input::{Address, ChangePassword, CompleteReset, FollowLink, SignUp, WantedChallenge};
use super::service;
use super::view::AccountOptions;
use crate::captcha::Challenge;
use crate::http::same_origin::SameOrigin;
use crate::http::{Allowed, ApiResult, Problem, Public, Sent, read};
use crate::permission::can;

/// What a person without an account can do here.
#[utoipa::path(
    get, path = "/auth/options", tag = "auth",
    responses((status = 200, body = AccountOptions)),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn get_account_options(public: Public) -> ApiResult<Response> {
    read::json(&service::options(&public.state))
}

/// Ask for a question of the server's own, where its `captcha` is `proof_of_work`.
///
/// The answer is the challenge, `:` and a decimal number, such that its SHA-256 begins with `difficulty` zero bits. It counts once.
#[utoipa::path(
    post, path = "/auth/captcha", tag = "auth", request_body = WantedChallenge,
    responses(
        (status = 200, body = Challenge),
        (status = 403, description = "`csrf_failed`", body = Problem),
        (status = 409, description = "`no_challenge`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn ask_captcha(
    public: Public,
    _: SameOrigin,
    sent: Sent<WantedChallenge>,
) -> ApiResult<Response> {
    let purpose = sent.body.purpose.into();
    read::json(&public.state.captcha().challenge(purpose, public.now)?)
}

/// Sign up with a new organization.
///
/// The answer is the same whether the address has an account or not: what comes next is in the mail.
#[utoipa::path(
    post, path = "/auth/sign-up", tag = "auth", request_body = SignUp,
    responses(
        (status = 202, description = "A mail is on its way"),
        (status = 403, description = "`sign_up_closed`, `captcha_required`, `captcha_failed`, `csrf_failed`", body = Problem),
        (status = 422, description = "`password_too_weak`, `email_domain_not_allowed`, …", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn sign_up(
    public: Public,
    _: SameOrigin,
    sent: Sent<SignUp>,
) -> ApiResult<Response> {
    service::sign_up(&public.state, sent.body, public.origin, public.now).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Send the confirmation of a sign-up once more.
#[utoipa::path(
    post, path = "/auth/sign-up/resend", tag = "auth", request_body = Address,
    responses(
        (status = 202, description = "A mail is on its way, if there is something to confirm"),
        (status = 403, description = "`sign_up_closed`, `captcha_required`, `captcha_failed`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn resend_sign_up(
    public: Public,
    _: SameOrigin,
    sent: Sent<Address>,
) -> ApiResult<Response> {
    service::resend_sign_up(&public.state, &sent.body, public.origin, public.now).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Follow the link of a sign-up: makes the account and its organization. Sign in afterwards.
#[utoipa::path(
    post, path = "/auth/sign-up/confirm", tag = "auth", request_body = FollowLink,
    responses(
        (status = 204, description = "The account is there"),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 409, description = "`account_exists`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn confirm_sign_up(
    public: Public,
    _: SameOrigin,
    sent: Sent<FollowLink>,
) -> ApiResult<Response> {
    let token = sent.body.token;
    service::confirm_sign_up(&public.state, token.as_str(), public.origin, public.now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ask for a link that sets a new password.
#[utoipa::path(
    post, path = "/auth/password-reset", tag = "auth", request_body = Address,
    responses(
        (status = 202, description = "A mail is on its way, if there is an account"),
        (status = 403, description = "`captcha_required`, `captcha_failed`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn request_password_reset(
    public: Public,
    _: SameOrigin,
    sent: Sent<Address>,
) -> ApiResult<Response> {
    service::request_reset(&public.state, &sent.body, public.origin, public.now).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Set a new password by link. Every session ends; nobody is signed in by it.
#[utoipa::path(
    post, path = "/auth/password-reset/complete", tag = "auth", request_body = CompleteReset,
    responses(
        (status = 204, description = "The new password counts"),
        (status = 403, description = "`invalid_link`, `csrf_failed`", body = Problem),
        (status = 422, description = "`password_too_short`, `password_too_weak`, …", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn complete_password_reset(
    public: Public,
    _: SameOrigin,
    sent: Sent<CompleteReset>,
) -> ApiResult<Response> {
    service::complete_reset(&public.state, sent.body, public.origin, public.now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Change the own password. Every other session ends.
#[utoipa::path(
    post, path = "/auth/password", tag = "auth", request_body = ChangePassword,
    responses(
        (status = 204, description = "The new password counts"),
        (status = 401, body = Problem),
        (status = 403, description = "`wrong_password`, `reauth_required`, `csrf_failed`", body = Problem),
        (status = 422, description = "`password_too_short`, `password_too_weak`, …", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn change_password(
    member: Allowed<can::Person>,
    sent: Sent<ChangePassword>,
) -> ApiResult<Response> {
    let (origin, now) = (member.origin(), member.now());
    service::change_password(member.state(), member.caller(), sent.body, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
