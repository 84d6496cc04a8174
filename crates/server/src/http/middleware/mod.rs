//! What surrounds every request: access log, security headers, panics, rate limits.

mod access_log;
mod panic;
mod rate_limit;
mod security_headers;

pub use rate_limit::ClientIp;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::AppState;

/// Wraps the routes. From the outside in: log, headers, panics, limits; so a refused or crashed request is logged and protected too.
pub fn apply(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let headers = security_headers::SecurityHeaders::new(state.config());
    let routes = routes
        .layer(from_fn_with_state(state.clone(), rate_limit::limit))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn_with_state(headers, security_headers::protect));
    routes.layer(from_fn(access_log::log))
}
