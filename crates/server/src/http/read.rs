//! Answers to reads: JSON with a strong ETag, and 304 for a client that already has it.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;

use super::ApiResult;
use crate::ctx::respond;

/// One object with its version as ETag; 304 when `If-None-Match` names it.
pub fn object<V: Serialize>(headers: &HeaderMap, view: &V, version: i32) -> ApiResult<Response> {
    if has_version(headers, version) {
        return Ok(respond(
            StatusCode::NOT_MODIFIED,
            String::new(),
            Some(version),
            None,
        ));
    }
    Ok(respond(
        StatusCode::OK,
        serde_json::to_string(view)?,
        Some(version),
        None,
    ))
}

/// Any JSON without a version.
pub fn json<V: Serialize>(view: &V) -> ApiResult<Response> {
    Ok((
        [(header::CONTENT_TYPE, "application/json")],
        serde_json::to_string(view)?,
    )
        .into_response())
}

fn has_version(headers: &HeaderMap, version: i32) -> bool {
    let tag = format!("\"{version}\"");
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .any(|t| t.trim().trim_start_matches("W/") == tag)
}
