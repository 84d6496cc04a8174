//! Fields an organization adds to its customers, products and orders: typed definitions, and the check of what is written to them.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of custom fields.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_custom_fields, http::create_custom_field))
        .routes(routes!(http::get_custom_field, http::update_custom_field))
}
