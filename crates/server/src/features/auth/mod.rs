//! Sign-in, refresh, sign-out, and the caller behind every request.

mod cache;
mod http;
mod input;
mod programs;
pub mod service;
mod state;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub use state::{AuthState, Token};

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::sign_in))
        .routes(routes!(http::show_second_factor))
        .routes(routes!(http::passkey::challenge_passkey))
        .routes(routes!(http::passkey::sign_in_with_passkey))
        .routes(routes!(http::refresh_session))
        .routes(routes!(http::sign_out))
        .routes(routes!(http::step_up))
        .routes(routes!(http::passkey::step_up_with_passkey))
        .routes(routes!(http::get_me))
}
