//! Routes that send a browser to an identity provider.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use som_domain::dates::Timestamp;

use super::super::input::{StartSso, VisitProvider};
use super::super::service::{self, Departed, Purpose};
use super::super::view::Departure;
use crate::app::AppState;
use crate::features::auth::service::require_own;
use crate::http::same_origin::SameOrigin;
use crate::http::{Allowed, ApiResult, Problem, Public, Sent, read};
use crate::permission::can;
use crate::security::cookies;

/// Begin to sign in with an identity provider: by the provider, or by an address whose domain leads to it.
///
/// Send the browser to `authorization_url` within ten minutes. It comes back to `/auth/sso/callback`, which leads on to `return_to` with a session, to
/// `/sign-in?methods=…` where the person's own second factor is asked for, or to `/sign-in?problem=sso_failed`.
#[utoipa::path(
    post, path = "/auth/sso/start", tag = "auth", request_body = StartSso,
    responses(
        (status = 200, body = Departure),
        (status = 403, description = "`csrf_failed`", body = Problem),
        (status = 409, description = "`sso_unavailable`", body = Problem),
        (status = 422, description = "`required`, `invalid_return_to`", body = Problem),
        (status = 503, description = "`identity_provider_unavailable`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(in super::super) async fn start_sso(
    public: Public,
    _: SameOrigin,
    sent: Sent<StartSso>,
) -> ApiResult<Response> {
    let input = sent.body;
    let place =
        service::provider_for(&public.state, input.provider_id, input.email.as_ref()).await?;
    let purpose = Purpose::SignIn {
        remember: input.remember.unwrap_or(false),
        email: input.email.as_ref(),
    };
    let page = input.return_to.as_ref().map(|text| text.as_str());
    let departed = service::depart(&public.state, place, purpose, page, public.now).await?;
    answer(&public.state, &departed, public.now)
}

/// Begin to link your account to who you are at an identity provider of this organization. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    post, path = "/auth/sso/link", tag = "auth", request_body = VisitProvider,
    responses(
        (status = 200, body = Departure),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `own_proof_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`sso_unavailable`", body = Problem),
        (status = 422, description = "`invalid_return_to`", body = Problem),
        (status = 503, description = "`identity_provider_unavailable`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn link_identity(
    person: Allowed<can::Person>,
    sent: Sent<VisitProvider>,
) -> ApiResult<Response> {
    require_own(person.caller(), person.now())?;
    let purpose = Purpose::Link(person.caller());
    visit(
        person.state(),
        purpose,
        person.caller().organization.id.uuid(),
        &sent.body,
        person.now(),
    )
    .await
}

/// Begin to show once more who you are, at the identity provider you sign in with. It asks you anew, whatever it remembers.
#[utoipa::path(
    post, path = "/auth/step-up/sso", tag = "auth", request_body = VisitProvider,
    responses(
        (status = 200, body = Departure),
        (status = 401, body = Problem),
        (status = 403, description = "`people_only`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`sso_unavailable`", body = Problem),
        (status = 422, description = "`invalid_return_to`", body = Problem),
        (status = 503, description = "`identity_provider_unavailable`", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn step_up_with_sso(
    person: Allowed<can::Enrolling>,
    sent: Sent<VisitProvider>,
) -> ApiResult<Response> {
    let purpose = Purpose::StepUp(person.caller());
    visit(
        person.state(),
        purpose,
        person.caller().organization.id.uuid(),
        &sent.body,
        person.now(),
    )
    .await
}

async fn visit(
    state: &AppState,
    purpose: Purpose<'_>,
    organization: uuid::Uuid,
    input: &VisitProvider,
    now: DateTime<Utc>,
) -> ApiResult<Response> {
    let place = (organization, input.provider_id.uuid());
    let page = input.return_to.as_ref().map(|text| text.as_str());
    let departed = service::depart(state, place, purpose, page, now).await?;
    answer(state, &departed, now)
}

fn answer(state: &AppState, departed: &Departed, now: DateTime<Utc>) -> ApiResult<Response> {
    let view = Departure {
        authorization_url: departed.url.to_string(),
        expires_at: Timestamp::new(departed.expires_at),
    };
    let seconds = (departed.expires_at - now).num_seconds();
    let mut response = (StatusCode::OK, read::json(&view)?).into_response();
    let lines = state
        .auth()
        .cookies()
        .journey(departed.token.text(), seconds);
    cookies::set(response.headers_mut(), lines);
    Ok(response)
}
