//! Search as you type over orders, customers and products.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod store;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The route of the search.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(http::search))
}
