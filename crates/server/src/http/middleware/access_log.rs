//! One line per request: what was asked, what came of it, how long it took. No query strings, no bodies, no personal data.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::header;

use crate::http::finish::CurrentRequest;
use crate::http::serve::PeerAddr;

/// Logs the request once its answer begins.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = route(&request);
    let id = request
        .extensions()
        .get::<CurrentRequest>()
        .map(|c| c.0.to_string())
        .unwrap_or_default();
    let peer = request
        .extensions()
        .get::<PeerAddr>()
        .map(|peer| peer.0.ip().to_canonical().to_string())
        .unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    let bytes = response
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if status >= 500 {
        tracing::warn!(target: "som::access", %method, route, status, duration_ms, bytes, request_id = id, peer, "request");
    } else {
        tracing::info!(target: "som::access", %method, route, status, duration_ms, bytes, request_id = id, peer, "request");
    }
    response
}

/// The template of the route (`/api/v1/orders/{id}`): paths may hold names and numbers of customers.
fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None if request.uri().path().starts_with("/api/") => "/api/(unknown)".to_owned(),
        None => "(app)".to_owned(),
    }
}
