//! Products, their categories and units of measure; finding one from what somebody types.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::Part;

/// Where secret fields of products are.
pub const PARTS: [Part; 1] = [store::resealing::PART];

/// The routes of products.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::list::list_products,
            http::product::create_product
        ))
        .routes(routes!(
            http::product::get_product,
            http::product::update_product
        ))
        .routes(routes!(http::product::upsert_product))
        .routes(routes!(http::product::resolve_product))
        .routes(routes!(http::list::export_products))
        .routes(routes!(http::state::archive_product))
        .routes(routes!(http::state::block_product))
        .routes(routes!(http::state::activate_product))
        .routes(routes!(
            http::categories::list_categories,
            http::categories::create_category
        ))
        .routes(routes!(
            http::categories::get_category,
            http::categories::update_category
        ))
        .routes(routes!(http::units::list_units, http::units::create_unit))
        .routes(routes!(http::units::get_unit, http::units::update_unit))
}
