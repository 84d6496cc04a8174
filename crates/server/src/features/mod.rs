//! One folder per feature: the only place where product behaviour is wired.

pub mod auth;
pub mod imports;
pub mod orders;
pub mod platform;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

/// The API is the sum of its features.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(orders::router())
}
