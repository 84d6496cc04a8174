//! Roles: the built-in ones, and those an organization makes of its own permissions, row scope and limits.

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
    OpenApiRouter::new()
        .routes(routes!(http::list_roles, http::create_role))
        .routes(routes!(
            http::get_role,
            http::update_role,
            http::delete_role
        ))
}
