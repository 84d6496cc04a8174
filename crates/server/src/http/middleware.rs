//! The layers around every route.

use axum::Router;

use crate::app::AppState;

/// Adds the layers.
pub fn apply(routes: Router<AppState>, _state: &AppState) -> Router<AppState> {
    routes
}
