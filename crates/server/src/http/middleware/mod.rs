//! What surrounds every request: access log, security headers, panics, rate limits, the contract.

mod access_log;
mod contract;
mod panic;
mod rate_limit;
mod security_headers;

pub use rate_limit::ClientIp;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa::openapi::OpenApi;

use crate::app::AppState;

/// Smaller answers are sent as they are: compressing them costs more than it saves.
const COMPRESSED_FROM: u64 = 1024;

/// Quickly rather than small: a list of fifty orders shrinks to a tenth either way. What is compressed already (files of the app, XLSX, images)
/// stays as it is. Answers hold no secret that a guess could be compared with: tokens travel in cookies.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(COMPRESSED_FROM)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new(
            "application/vnd.openxmlformats",
        ))
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new()
        .no_br()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it)
}

/// Wraps the routes. From the outside in: log, headers, panics, limits, contract, compression; so a refused or crashed request is logged and protected too.
pub fn apply(routes: Router<AppState>, state: &AppState, document: &OpenApi) -> Router<AppState> {
    let headers = security_headers::SecurityHeaders::new(state.config());
    let routes = routes
        .layer(compression())
        .layer(from_fn_with_state(
            contract::Contract::new(document),
            contract::keep,
        ))
        .layer(from_fn_with_state(state.clone(), rate_limit::limit))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn_with_state(headers, security_headers::protect));
    routes.layer(from_fn(access_log::log))
}
