//! Customers with their contact persons and postal addresses.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
pub mod input;
pub mod service;
mod store;
pub mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::Part;

/// Where personal data of customers is.
pub const PARTS: [Part; 3] = store::resealing::PARTS;

/// The routes of customers.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::list::list_customers,
            http::customer::create_customer
        ))
        .routes(routes!(http::list::export_customers))
        .routes(routes!(http::customer::upsert_customer))
        .routes(routes!(
            http::customer::get_customer,
            http::customer::update_customer
        ))
        .routes(routes!(http::state::archive_customer))
        .routes(routes!(http::state::block_customer))
        .routes(routes!(http::state::activate_customer))
        .routes(routes!(http::contacts::create_contact))
        .routes(routes!(
            http::contacts::update_contact,
            http::contacts::delete_contact
        ))
        .routes(routes!(http::addresses::create_address))
        .routes(routes!(
            http::addresses::update_address,
            http::addresses::delete_address
        ))
        .routes(routes!(http::timeline::get_customer_timeline))
}
