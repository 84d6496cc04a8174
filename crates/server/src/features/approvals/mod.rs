//! Approval policies: which orders need a second pair of eyes before they are confirmed.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
pub mod service;
mod store;
pub mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of approval policies.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::list_approval_policies,
            http::create_approval_policy
        ))
        .routes(routes!(
            http::get_approval_policy,
            http::update_approval_policy
        ))
}
