//! A panic in a handler is a 500 for one request, not the end of the process.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::http::Problem;

/// The answer; the message is logged and never shown.
pub(super) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = message, "request panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on our side. Nothing was changed.",
    )
    .into_response()
}
