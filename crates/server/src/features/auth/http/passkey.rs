//! Routes of passkeys as they are shown.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::input::{PasskeySignIn, PasskeyStepUp};
use super::super::service;
use super::super::view::{Me, PasskeyChallenge};
use super::{answer, device};
use crate::http::same_origin::SameOrigin;
use crate::http::{Allowed, ApiResult, NoBody, Problem, Public, Sent, read};
use crate::permission::can;

/// Ask for a passkey, to sign in or to step up with. The answer is for `navigator.credentials.get`, within five minutes.
#[utoipa::path(
    post, path = "/auth/passkey-challenge", tag = "auth", request_body = NoBody,
    responses(
        (status = 200, body = PasskeyChallenge),
        (status = 403, description = "`csrf_failed`", body = Problem),
        (status = 409, description = "`passkeys_unavailable`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn challenge_passkey(
    public: Public,
    _: SameOrigin,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let asked = service::begin_passkey(&public.state, public.now).await?;
    read::json(&PasskeyChallenge::from(asked))
}

/// Sign in with a passkey alone: it stands for address, password and second factor.
#[utoipa::path(
    post, path = "/auth/sign-in/passkey", tag = "auth", request_body = PasskeySignIn,
    responses(
        (status = 200, body = Me),
        (status = 401, description = "`passkey_refused`", body = Problem),
        (status = 403, description = "`csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn sign_in_with_passkey(
    public: Public,
    origin: SameOrigin,
    sent: Sent<PasskeySignIn>,
) -> ApiResult<Response> {
    let input = sent.body;
    let device = device(&public, &origin, input.remember.unwrap_or(false));
    let shown = service::ShownPasskey {
        token: input.ceremony.into_string(),
        credential: input.credential.read()?,
    };
    let organization = input.organization_id;
    let signed_in =
        service::sign_in_with_passkey(&public.state, &shown, organization, &device, public.now)
            .await?;
    answer(&public, &signed_in)
}

/// Show a passkey of yours. It counts as the password and the second factor of `/auth/step-up`.
#[utoipa::path(
    post, path = "/auth/step-up/passkey", tag = "auth", request_body = PasskeyStepUp,
    responses(
        (status = 204, description = "Proved"),
        (status = 401, body = Problem),
        (status = 403, description = "`passkey_refused`, `people_only`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn step_up_with_passkey(
    person: Allowed<can::Enrolling>,
    sent: Sent<PasskeyStepUp>,
) -> ApiResult<Response> {
    let input = sent.body;
    let shown = service::ShownPasskey {
        token: input.ceremony.into_string(),
        credential: input.credential.read()?,
    };
    let (origin, now) = (person.origin(), person.now());
    service::step_up_with_passkey(person.state(), person.caller(), &shown, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
