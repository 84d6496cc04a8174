//! Orders: take, price, confirm, deliver and find them.
//!
//! `http` translates, `service` decides with the domain's rules, `store` holds the SQL. Money comes from [`som_domain::totals`] only.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
pub mod input;
pub mod kind;
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

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of orders.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(http::preview::preview_order))
}
