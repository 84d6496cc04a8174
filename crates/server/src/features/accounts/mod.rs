//! A person's way to an account, back into it and out of it: sign-up, confirmation by mail, forgotten and changed passwords, another
//! address, leaving, deletion.
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
use crate::rotation::People;

/// Where what links carry is.
pub const PEOPLE: People = store::resealing::PEOPLE;

pub use job::kind;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::get_account_options))
        .routes(routes!(http::ask_captcha))
        .routes(routes!(http::sign_up))
        .routes(routes!(http::resend_sign_up))
        .routes(routes!(http::confirm_sign_up))
        .routes(routes!(http::request_password_reset))
        .routes(routes!(http::complete_password_reset))
        .routes(routes!(http::change_password))
        .routes(routes!(http::person::change_email))
        .routes(routes!(http::person::confirm_email))
        .routes(routes!(http::person::undo_email))
        .routes(routes!(http::person::leave_organization))
        .routes(routes!(http::person::delete_account))
}
