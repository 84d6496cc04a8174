//! Sign-in, sessions and the caller behind a request.

pub mod service;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;
use crate::config::Config;

/// Keys, password gate, session cache and limiter.
#[derive(Debug)]
pub struct AuthState {}

impl AuthState {
    /// From the configured keys.
    pub fn new(_config: &Config) -> anyhow::Result<Self> {
        Ok(Self {})
    }
}

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
