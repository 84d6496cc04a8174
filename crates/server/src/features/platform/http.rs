//! Routes outside `/api/v1`: liveness, readiness, the OpenAPI document, the problem codes.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

use super::reports;
use crate::app::AppState;
use crate::http::problem::type_of;
use crate::http::{ApiResult, codes, read, unavailable};

/// `/health`, `/readiness`, `/api/openapi.json`, `/api/problems.json`, and where browsers report to.
pub fn root_router(doc: &OpenApi) -> Router<AppState> {
    let document: Arc<str> = doc.to_json().unwrap_or_default().into();
    Router::new()
        .route("/health", get(health))
        .route("/readiness", get(readiness))
        .route(
            "/api/openapi.json",
            get(move || openapi(Arc::clone(&document))),
        )
        .route("/api/problems.json", get(problems))
        .route(reports::PATH, post(reports::take))
}

/// Every problem code with its meaning and what to do about it.
async fn problems() -> ApiResult<Response> {
    let groups = codes::GROUPS.iter();
    let all = groups.flat_map(|group| group.codes.iter().map(|code| (group.name, code)));
    let problems: Vec<Value> = all
        .map(|(group, code)| {
            json!({
                "type": type_of(code.code), "code": code.code, "group": group, "title": code.title, "help": code.help,
            })
        })
        .collect();
    let mut response = read::json(&json!({ "problems": problems }))?;
    let kept = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}

/// Alive: the process answers.
async fn health() -> Response {
    probed(r#"{"status":"ok"}"#)
}

fn probed(body: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body,
    )
        .into_response()
}

/// Ready: the database answers and its schema is this release's; degraded, and ready nevertheless: what instances share to count limits together
/// does not answer. Says nothing about the inside.
async fn readiness(State(state): State<AppState>) -> Response {
    if state
        .db()
        .migration_state()
        .await
        .is_some_and(|schema| schema.is_current())
    {
        let body = if state.auth().limiter().is_whole().await {
            r#"{"status":"ready"}"#
        } else {
            r#"{"status":"degraded"}"#
        };
        return probed(body);
    }
    let mut response = unavailable().into_response();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

async fn openapi(document: Arc<str>) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        document.to_string(),
    )
        .into_response()
}
