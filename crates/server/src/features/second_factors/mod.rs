//! A person's second factors: passkeys, an authenticator app and recovery codes, set up, replaced and removed by the person.
//!
//! How they are shown at sign-in is the auth feature's business.

mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::People;

/// Where secrets of people are.
pub const PEOPLE: People = store::resealing::PEOPLE;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::get_second_factors))
        .routes(routes!(
            http::begin_authenticator,
            http::remove_authenticator
        ))
        .routes(routes!(http::confirm_authenticator))
        .routes(routes!(http::renew_recovery_codes))
        .routes(routes!(http::passkeys::begin_passkey))
        .routes(routes!(http::passkeys::create_passkey))
        .routes(routes!(http::passkeys::delete_passkey))
}
