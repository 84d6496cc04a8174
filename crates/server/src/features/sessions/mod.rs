//! Where a person is signed in, and how to end that.

mod http;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_sessions, http::revoke_other_sessions))
        .routes(routes!(http::revoke_session))
}
