//! Background work as its organization sees it: what waits, runs, is done or was given up.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod store;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of jobs.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_jobs))
        .routes(routes!(http::get_job))
}
