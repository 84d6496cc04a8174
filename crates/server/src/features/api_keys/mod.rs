//! Keys with which programs work for a person: made, replaced and revoked by people only, and shown once.

mod http;
mod input;
mod job;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub use job::kind;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_api_keys, http::create_api_key))
        .routes(routes!(http::rotate_api_key))
        .routes(routes!(http::revoke_api_key))
}
