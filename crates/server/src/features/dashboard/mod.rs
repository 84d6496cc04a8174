//! The home page's figures: work that waits, bookings by week, the latest orders. Flat whatever the number of orders.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod store;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The route of the dashboard.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(http::get_dashboard))
}
