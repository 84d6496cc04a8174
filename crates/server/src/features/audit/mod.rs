//! Looking at the audit log: who did what, when, to which object, and what exactly changed.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod store;
mod view;

pub use store::{Question, search};
pub use view::{AuditChain, AuditEntry};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of the audit log.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_audit))
        .routes(routes!(http::get_audit_chain))
        .routes(routes!(http::verify_audit))
        .routes(routes!(http::export_audit))
}
