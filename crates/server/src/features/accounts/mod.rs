//! A person's way to an account and back into it: sign-up, confirmation by mail, forgotten and changed passwords.
//!
//! Whether an address has an account is decided in a job, after the answer: no text, status or time of an answer can tell.

mod http;
mod input;
mod job;
mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub use job::kind;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::get_account_options))
        .routes(routes!(http::sign_up))
        .routes(routes!(http::resend_sign_up))
        .routes(routes!(http::confirm_sign_up))
        .routes(routes!(http::request_password_reset))
        .routes(routes!(http::complete_password_reset))
        .routes(routes!(http::change_password))
}
