//! Who is behind a request.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::StatusCode;
use http::request::Parts;

use crate::app::AppState;
use crate::caller::Caller;
use crate::http::{ApiResult, Problem};

/// The signed-in member. Errors: 401.
pub async fn authenticate(
    _state: &AppState,
    _parts: &Parts,
    _now: DateTime<Utc>,
) -> ApiResult<Arc<Caller>> {
    Err(Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "Sign in first.",
    )
    .into())
}
