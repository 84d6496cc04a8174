//! Routes of second factors. They are open to people who still have to set one up.

pub(super) mod passkeys;

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::input::ConfirmAuthenticator;
use super::service::{self, Codes};
use super::view::{AuthenticatorBegun, FreshRecoveryCodes, SecondFactors};
use crate::features::auth::service::require_own;
use crate::http::{Allowed, ApiResult, NoBody, Problem, Sent, read};
use crate::permission::can;

/// Your second factors.
#[utoipa::path(
    get, path = "/second-factors", tag = "auth",
    responses((status = 200, body = SecondFactors), (status = 401, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn get_second_factors(person: Allowed<can::Enrolling>) -> ApiResult<Response> {
    let row = service::overview(person.state(), person.caller()).await?;
    read::json(&SecondFactors::from(row))
}

/// Begin to set up an authenticator app, the first one or another in its place.
///
/// Nothing changes until its first code was sent to `/second-factors/authenticator/confirm`, within ten minutes.
#[utoipa::path(
    post, path = "/second-factors/authenticator", tag = "auth", request_body = NoBody,
    responses(
        (status = 200, body = AuthenticatorBegun),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn begin_authenticator(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let begun = service::begin(person.state(), person.caller(), person.now()).await?;
    read::json(&AuthenticatorBegun::from(begun))
}

/// Send the first code of the new authenticator app. From now on signing in takes a code.
///
/// Answers with ten recovery codes, once. Every other session ends.
#[utoipa::path(
    post, path = "/second-factors/authenticator/confirm", tag = "auth", request_body = ConfirmAuthenticator,
    responses(
        (status = 200, body = FreshRecoveryCodes),
        (status = 401, body = Problem),
        (status = 403, description = "`wrong_code`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`nothing_begun`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn confirm_authenticator(
    person: Allowed<can::Enrolling>,
    sent: Sent<ConfirmAuthenticator>,
) -> ApiResult<Response> {
    let code = sent.body.code.into_string();
    let (origin, now) = (person.origin(), person.now());
    let codes = service::confirm(person.state(), person.caller(), code, origin, now).await?;
    shown_once(&codes)
}

/// Remove the authenticator app. Every other session ends; without another second factor the recovery codes go with it.
#[utoipa::path(
    delete, path = "/second-factors/authenticator", tag = "auth",
    responses(
        (status = 204, description = "Removed"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`second_factor_needed`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn remove_authenticator(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let (origin, now) = (person.origin(), person.now());
    service::remove(person.state(), person.caller(), origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Make the recovery codes anew: ten codes, shown once. Those before no longer work.
#[utoipa::path(
    post, path = "/second-factors/recovery-codes", tag = "auth", request_body = NoBody,
    responses(
        (status = 200, body = FreshRecoveryCodes),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`no_second_factor`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn renew_recovery_codes(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let (origin, now) = (person.origin(), person.now());
    let codes = service::renew_codes(person.state(), person.caller(), origin, now).await?;
    shown_once(&codes)
}

fn shown_once(codes: &Codes) -> ApiResult<Response> {
    let recovery_codes = codes.iter().map(|code| code.to_string()).collect();
    read::json(&FreshRecoveryCodes { recovery_codes })
}
