//! Price lists, their prices, and the one place that finds the prices that may apply.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of prices.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::lists::list_price_lists,
            http::lists::create_price_list
        ))
        .routes(routes!(
            http::lists::get_price_list,
            http::lists::update_price_list
        ))
        .routes(routes!(http::lists::upsert_price_list))
        .routes(routes!(
            http::prices::list_prices,
            http::prices::create_price
        ))
        .routes(routes!(
            http::prices::get_price,
            http::prices::update_price,
            http::prices::delete_price
        ))
        .routes(routes!(http::explain::explain_price))
        .routes(routes!(http::resolve::resolve_products))
}
