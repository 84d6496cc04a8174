//! The way back from an identity provider: a page that shows nothing and leads on.

use ::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use url::form_urlencoded::{Serializer, parse};

use super::super::service::{self, Brought, Outcome, failed_at};
use crate::features::auth::service::{Challenge, Device};
use crate::http::same_origin::user_agent;
use crate::http::{ApiResult, Public};
use crate::security::cookies;

/// `GET /auth/sso/callback`. A link from elsewhere, and so no `SameOrigin`: the cookie of the journey and its `state` say that it is ours.
pub(in super::super) async fn come_back(
    public: Public,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let cookies = public.state.auth().cookies();
    let device = Device {
        user_agent: user_agent(&headers),
        ip: public.origin.ip,
        remember: false,
        origin: public.origin,
        token: cookies.read(&headers, cookies::DEVICE),
    };
    let mut brought = brought(query.as_deref().unwrap_or_default());
    brought.token = cookies.read(&headers, cookies::JOURNEY);
    let outcome = service::come_back(&public.state, brought, device, public.now).await;
    let outcome = outcome.unwrap_or_else(|error| {
        tracing::error!(%error, "single sign-on failed");
        Outcome::Failed(failed_at(None))
    });
    let (page, mut lines) = match outcome {
        Outcome::SignedIn(signed_in, page) => (page, cookies.issue(&signed_in.issued, public.now)),
        Outcome::Waits(challenge, page) => {
            let seconds = (challenge.expires_at - public.now).num_seconds();
            let lines = cookies.challenge(&challenge.token, seconds);
            (second_factor(&challenge, &page), lines)
        }
        Outcome::Done(page) | Outcome::Failed(page) => (page, Vec::new()),
    };
    lines.extend(cookies.journey("", 0));
    Ok(lead_on(&page, lines))
}

/// The parameters of the answer; one that comes twice is none.
fn brought(query: &str) -> Brought {
    let one = |name: &str| {
        let mut found = parse(query.as_bytes()).filter(|(key, _)| key == name);
        let value = found.next().map(|(_, value)| value.into_owned());
        value.filter(|_| found.next().is_none())
    };
    Brought {
        token: None,
        state: one("state"),
        code: one("code"),
        issuer: one("iss"),
        error: one("error"),
    }
}

/// The sign-in page with what can be shown, as 401 `second_factor_required` says it.
fn second_factor(challenge: &Challenge, page: &str) -> String {
    let ends = challenge
        .expires_at
        .to_rfc3339_opts(SecondsFormat::Micros, true);
    let mut query = Serializer::new(String::new());
    query
        .append_pair("methods", &challenge.methods.join(","))
        .append_pair("expires_at", &ends)
        .append_pair("next", page);
    format!("/sign-in?{}", query.finish())
}

fn lead_on(page: &str, lines: Vec<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(page).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cookies::set(headers, lines);
    response
}
