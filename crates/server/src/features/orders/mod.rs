//! Orders: take, price, confirm, deliver and find them.
//!
//! `http` translates, `service` decides with the domain's rules, `store` holds the SQL. Money comes from [`som_domain::totals`] only.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod bodies;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
pub mod input;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod jobs;
pub mod kind;
pub mod list;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod render;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod rows;
#[allow(unreachable_pub, reason = "seen by the slice only")]
pub mod service;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod show;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod store;
pub mod view;

pub use jobs::kinds;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::Part;

/// Where personal data of orders is.
pub const PARTS: [Part; 2] = store::resealing::PARTS;

/// The routes of orders.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list::list_orders, http::create::create_order))
        .routes(routes!(http::list::export_orders))
        .routes(routes!(http::preview::preview_order))
        .routes(routes!(http::read::get_order, http::edit::update_order))
        .routes(routes!(
            http::edit::add_order_lines,
            http::edit::replace_order_lines
        ))
        .routes(routes!(
            http::edit::update_order_line,
            http::edit::delete_order_line
        ))
        .routes(routes!(http::create::duplicate_order))
        .routes(routes!(http::lifecycle::submit_order))
        .routes(routes!(http::lifecycle::approve_order))
        .routes(routes!(http::lifecycle::reject_order))
        .routes(routes!(http::lifecycle::confirm_order))
        .routes(routes!(http::lifecycle::cancel_order))
        .routes(routes!(http::lifecycle::short_close_order))
        .routes(routes!(http::lifecycle::reopen_order))
        .routes(routes!(http::fulfil::create_hold))
        .routes(routes!(http::fulfil::release_hold))
        .routes(routes!(
            http::deliveries::list_order_deliveries,
            http::fulfil::create_delivery
        ))
        .routes(routes!(http::fulfil::reverse_delivery))
        .routes(routes!(http::fulfil::cancel_line_quantity))
        .routes(routes!(http::history::get_order_timeline))
        .routes(routes!(http::history::create_order_comment))
        .routes(routes!(http::history::list_order_versions))
        .routes(routes!(http::history::get_order_version))
        .routes(routes!(http::history::diff_order))
}
