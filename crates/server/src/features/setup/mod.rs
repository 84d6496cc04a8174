//! The first run: a one-time link makes the organization and its owner.

mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(http::get_setup, http::complete_setup))
}
