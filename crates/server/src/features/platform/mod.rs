//! What every deployment needs: health, readiness, limits and the API's own description.

mod http;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod meta;
pub mod reports;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub use http::root_router;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(meta::get_meta))
}
