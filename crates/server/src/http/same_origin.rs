//! For the few writes without a session to lean on (sign-in, refresh, sign-out, first run): made by our own pages, and by whom.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use super::middleware::ClientIp;
use super::{ApiError, Problem};
use crate::app::AppState;
use crate::security::csrf;

/// A request that comes from our own origin. Errors: 403 `csrf_failed`, before any body is read.
#[derive(Debug)]
pub struct SameOrigin {
    /// The request's headers, for its cookies.
    pub headers: HeaderMap,
    /// Where it came from.
    pub ip: Option<IpAddr>,
}

impl SameOrigin {
    /// What the browser calls itself, cut to what a list can show.
    pub fn user_agent(&self) -> String {
        user_agent(&self.headers)
    }
}

/// What a browser calls itself, cut to what a list can show.
pub fn user_agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok());
    text.unwrap_or_default().chars().take(200).collect()
}

impl FromRequestParts<AppState> for SameOrigin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        csrf::check_site(&parts.headers, &state.config().server.origin()).map_err(csrf_failed)?;
        Ok(Self {
            headers: parts.headers.clone(),
            ip: parts.extensions.get::<ClientIp>().map(|client| client.0),
        })
    }
}

/// 403 for a write that may have been made by another site.
pub fn csrf_failed(reason: &str) -> Problem {
    Problem::forbidden("csrf_failed", reason)
}
