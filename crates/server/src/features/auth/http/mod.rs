//! Routes of sign-in.

pub(super) mod passkey;

use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use som_domain::dates::Timestamp;
use som_domain::ids::SessionId;
use som_domain::text::Text;

use super::input::{SecondFactor, SignIn, StepUp};
use super::service::{self, Challenge, Credentials, Device, Proof, Refreshed, SignedIn};
use super::view::Me;
use crate::app::AppState;
use crate::http::same_origin::{SameOrigin, csrf_failed};
use crate::http::{Allowed, ApiResult, NoBody, Problem, Public, Sent, read};
use crate::permission::can;
use crate::security::{cookies, csrf};

/// What a browser should forget at sign-out.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Sign in with e-mail address and password.
///
/// Who has a second factor gets 401 `second_factor_required` for a right password, with the `methods` that can be shown and
/// `expires_at`: five minutes and five tries to send one to `/auth/sign-in/second-factor`, from the same browser.
///
/// Hands out three cookies: an access token, a refresh token (both HttpOnly) and a CSRF token. Send the value of the CSRF cookie as
/// `X-CSRF-Token` with every write, with `Origin` set to the address of the server.
#[utoipa::path(
    post, path = "/auth/sign-in", tag = "auth", request_body = SignIn,
    responses(
        (status = 200, body = Me),
        (status = 401, description = "`invalid_credentials`, `second_factor_required`", body = Problem),
        (status = 403, description = "`captcha_required`, `captcha_failed`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn sign_in(
    public: Public,
    origin: SameOrigin,
    sent: Sent<SignIn>,
) -> ApiResult<Response> {
    let input = sent.body;
    let device = device(&public, &origin, input.remember.unwrap_or(false));
    let credentials = Credentials {
        email: input.email.into_string(),
        password: input.password.0,
        organization: input.organization_id,
        captcha: input.captcha.map(Text::into_string),
    };
    match service::sign_in(&public.state, credentials, &device, public.now).await? {
        service::SignIn::Done(signed_in) => answer(&public, &signed_in),
        service::SignIn::Waits(challenge) => Ok(asked(&public, &challenge)),
    }
}

/// Show the second factor of a sign-in whose password was right.
///
/// It belongs to the browser that sent the password: a cookie says which sign-in it is.
#[utoipa::path(
    post, path = "/auth/sign-in/second-factor", tag = "auth", request_body = SecondFactor,
    responses(
        (status = 200, body = Me),
        (status = 401, description = "`wrong_code`, `challenge_ended`", body = Problem),
        (status = 403, description = "`csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn show_second_factor(
    public: Public,
    origin: SameOrigin,
    sent: Sent<SecondFactor>,
) -> ApiResult<Response> {
    let cookies = public.state.auth().cookies();
    let token = cookies.read(&origin.headers, cookies::CHALLENGE);
    let token = token.unwrap_or_default();
    let device = device(&public, &origin, false);
    let shown = sent.body.into();
    let signed_in =
        service::finish_sign_in(&public.state, &token, &shown, &device, public.now).await?;
    let response = answer(&public, &signed_in)?;
    Ok(with_cookies(response, cookies.challenge("", 0)))
}

/// 401 with what is asked for, and the cookie that says for which sign-in.
fn asked(public: &Public, challenge: &Challenge) -> Response {
    let expires_at = Timestamp::new(challenge.expires_at);
    let problem = Problem::new(
        StatusCode::UNAUTHORIZED,
        "second_factor_required",
        "The password is right. Now show your second factor.",
    )
    .with("methods", json!(challenge.methods))
    .with("expires_at", json!(expires_at));
    let seconds = (challenge.expires_at - public.now).num_seconds();
    let cookies = public.state.auth().cookies();
    with_cookies(
        problem.into_response(),
        cookies.challenge(&challenge.token, seconds),
    )
}

fn device(public: &Public, origin: &SameOrigin, remember: bool) -> Device {
    Device {
        user_agent: origin.user_agent(),
        ip: origin.ip,
        remember,
        origin: public.origin,
        token: public
            .state
            .auth()
            .cookies()
            .read(&origin.headers, cookies::DEVICE),
    }
}

/// Exchange the refresh token for a new pair of tokens.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "auth", request_body = NoBody,
    responses(
        (status = 204, description = "New cookies"),
        (status = 401, description = "`session_ended`", body = Problem),
        (status = 403, description = "`csrf_failed`", body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn refresh_session(
    public: Public,
    origin: SameOrigin,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let cookies = public.state.auth().cookies();
    let refreshed = match cookies.read(&origin.headers, cookies::REFRESH) {
        Some(token) => {
            service::refresh(
                &public.state,
                &token,
                |session| prove(&public.state, &origin.headers, session),
                public.origin,
                public.now,
            )
            .await?
        }
        None => Refreshed::Ended,
    };
    Ok(match refreshed {
        Refreshed::Renewed(issued) => with_cookies(
            StatusCode::NO_CONTENT.into_response(),
            cookies.issue(&issued, public.now),
        ),
        Refreshed::Ended => {
            let ended = Problem::new(
                StatusCode::UNAUTHORIZED,
                "session_ended",
                "Your session has ended. Sign in again.",
            );
            with_cookies(ended.into_response(), cookies.clear())
        }
    })
}

/// End the session and empty the browser.
#[utoipa::path(
    post, path = "/auth/sign-out", tag = "auth", request_body = NoBody,
    responses((status = 204, description = "Signed out"), (status = 403, description = "`csrf_failed`", body = Problem)),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn sign_out(
    public: Public,
    origin: SameOrigin,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    service::sign_out(
        &public.state,
        &origin.headers,
        |session| prove(&public.state, &origin.headers, session),
        public.origin,
        public.now,
    )
    .await?;
    let mut response = with_cookies(
        StatusCode::NO_CONTENT.into_response(),
        public.state.auth().cookies().clear(),
    );
    response.headers_mut().insert(
        CLEAR_SITE_DATA,
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

/// Show the password again, and the second factor if there is one. For ten minutes the session may then do what is not done from an unattended desk, such as making an API key.
#[utoipa::path(
    post, path = "/auth/step-up", tag = "auth", request_body = StepUp,
    responses(
        (status = 204, description = "Proved"),
        (status = 401, body = Problem),
        (status = 403, description = "`wrong_password`, `second_factor_required`, `wrong_code`, `people_only`, `csrf_failed`", body = Problem),
        (status = 422, body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
        (status = 503, description = "Too many sign-ins at once", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn step_up(
    person: Allowed<can::Enrolling>,
    sent: Sent<StepUp>,
) -> ApiResult<Response> {
    let proof = Proof {
        password: sent.body.password.0,
        second_factor: sent.body.second_factor.map(Into::into),
    };
    let (origin, now) = (person.origin(), person.now());
    service::step_up(person.state(), person.caller(), proof, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Who is signed in, for which organization, and what is allowed.
#[utoipa::path(
    get, path = "/me", tag = "auth",
    responses((status = 200, body = Me), (status = 401, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn get_me(member: Allowed<can::SignedIn>) -> ApiResult<Response> {
    read::json(&service::me(member.state(), member.caller()).await?)
}

/// The third check of a write with cookies, for routes that find their session themselves.
fn prove(state: &AppState, headers: &HeaderMap, session: SessionId) -> Result<(), Problem> {
    let sent = headers
        .get(csrf::HEADER)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let cookie = state
        .auth()
        .cookies()
        .read(headers, cookies::CSRF)
        .unwrap_or_default();
    if state.auth().keys().csrf_matches(session, sent, &cookie) {
        return Ok(());
    }
    Err(csrf_failed(
        "The X-CSRF-Token header does not belong to this session.",
    ))
}

fn answer(public: &Public, signed_in: &SignedIn) -> ApiResult<Response> {
    let response = read::json(&signed_in.me)?;
    Ok(with_cookies(
        response,
        public
            .state
            .auth()
            .cookies()
            .issue(&signed_in.issued, public.now),
    ))
}

fn with_cookies(mut response: Response, lines: Vec<HeaderValue>) -> Response {
    cookies::set(response.headers_mut(), lines);
    response
}
