//! What a handler may fail with: a problem for the caller, or a fault of ours that is logged and not shown.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::Problem;

/// Failure of a handler or service.
#[derive(Debug)]
pub enum ApiError {
    /// The caller's problem (4xx) or a passing state (503): safe to show.
    Problem(Box<Problem>),
    /// The stored answer of a request that was already carried out.
    Replay(Box<Response>),
    /// Ours (500): logged once, never shown.
    Internal(anyhow::Error),
}

/// Result of handlers and services.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// The problem, when it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Replay(_) | Self::Internal(_) => None,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => write!(f, "{}: {}", problem.code, problem.detail),
            Self::Replay(_) => f.write_str("replayed answer"),
            Self::Internal(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for ApiError {}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// The database does not answer, is too busy, or gave up on the statement.
pub fn unavailable() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "The service is busy or restarting. Nothing was changed; try again in a moment.",
    )
    .retry_after(2)
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(db) = &error {
            return match db.code().as_deref() {
                // deadlock, serialization failure, lock timeout: the transaction rolled back, a retry is right
                Some("40P01" | "40001" | "55P03") => Problem::conflict(
                    "busy",
                    "Someone else is changing the same data. Nothing was changed; try again.",
                )
                .retry_after(1)
                .into(),
                // statement timeout, cancelled, out of connections, shutting down, disk full
                Some("57014" | "53300" | "57P01" | "57P02" | "57P03" | "53100") => {
                    tracing::warn!(error = %db, "database unavailable");
                    unavailable().into()
                }
                _ => Self::Internal(error.into()),
            };
        }
        match error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => {
                tracing::warn!(%error, "database unavailable");
                unavailable().into()
            }
            other => Self::Internal(other.into()),
        }
    }
}

/// Turns a violated constraint into a problem by its name; any other error stays what it was.
///
/// ```ignore
/// insert.await.map_err(|e| on_constraint(e, "customers_organization_id_code_key", || Problem::conflict("duplicate_code", "…")))?;
/// ```
pub fn on_constraint(
    error: sqlx::Error,
    constraint: &str,
    problem: impl FnOnce() -> Problem,
) -> ApiError {
    match &error {
        sqlx::Error::Database(db) if db.constraint() == Some(constraint) => problem().into(),
        _ => error.into(),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Replay(response) => *response,
            Self::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "request failed");
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Something went wrong on our side. Nothing was changed.",
                )
                .into_response()
            }
        }
    }
}
