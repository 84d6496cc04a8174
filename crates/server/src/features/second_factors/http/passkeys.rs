//! Routes of passkeys.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use som_domain::ids::PasskeyId;

use super::super::input::NewPasskey;
use super::super::service;
use super::super::view::{PasskeyBegun, PasskeyRegistered};
use crate::features::auth::service::require_own;
use crate::http::{Allowed, ApiResult, Id, NoBody, Problem, Sent, read};
use crate::permission::can;

/// Begin to register a passkey. The answer is for `navigator.credentials.create`, within five minutes.
#[utoipa::path(
    post, path = "/passkeys/begin", tag = "auth", request_body = NoBody,
    responses(
        (status = 200, body = PasskeyBegun),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`too_many_passkeys`, `passkeys_unavailable`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn begin_passkey(
    person: Allowed<can::Enrolling>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let begun = service::begin_registration(person.state(), person.caller(), person.now()).await?;
    read::json(&PasskeyBegun::from(begun))
}

/// Register the passkey that the browser made. It signs in by itself, and stands for password and second factor.
///
/// The first second factor brings ten recovery codes, shown once. Every other session ends.
#[utoipa::path(
    post, path = "/passkeys", tag = "auth", request_body = NewPasskey,
    responses(
        (status = 201, body = PasskeyRegistered),
        (status = 401, body = Problem),
        (status = 403, description = "`passkey_refused`, `people_only`, `csrf_failed`", body = Problem),
        (status = 409, description = "`duplicate_passkey`, `too_many_passkeys`, `passkeys_unavailable`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn create_passkey(
    person: Allowed<can::Enrolling>,
    sent: Sent<NewPasskey>,
) -> ApiResult<Response> {
    let new = sent.body.read()?;
    let (origin, now) = (person.origin(), person.now());
    let registered = service::register(person.state(), person.caller(), new, origin, now).await?;
    let mut response = read::json(&PasskeyRegistered::from(registered))?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Remove a passkey. Every other session ends; without another second factor the recovery codes go with it.
#[utoipa::path(
    delete, path = "/passkeys/{id}", tag = "auth", params(("id" = PasskeyId, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`second_factor_needed`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn delete_passkey(
    person: Allowed<can::Enrolling>,
    Id(id): Id<PasskeyId>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let (origin, now) = (person.origin(), person.now());
    service::remove_passkey(person.state(), person.caller(), id, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
