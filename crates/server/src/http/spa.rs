//! The embedded web app.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// Answers what no route does.
pub async fn serve() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
