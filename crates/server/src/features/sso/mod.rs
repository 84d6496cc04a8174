//! Single sign-on: identity providers (OpenID Connect) of an organization, the way to one and back, and who somebody is there.
//!
//! Who somebody is at an issuer is its subject, never an address. An account is joined to it by its own person, signed in; a person of a domain the organization
//! proved gets an account by coming. See docs/sso.md.

mod http;
mod input;
mod journey;
mod service;
mod state;
mod store;
mod view;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::Part;

pub use state::SsoState;

/// What is sealed with the organization's keys.
pub const PARTS: [Part; 1] = [store::resealing::PART];

/// Where providers send browsers back to.
pub(crate) const CALLBACK: &str = "/auth/sso/callback";

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::providers::list_identity_providers,
            http::providers::create_identity_provider
        ))
        .routes(routes!(
            http::providers::get_identity_provider,
            http::providers::update_identity_provider,
            http::providers::delete_identity_provider
        ))
        .routes(routes!(http::checks::check_identity_provider))
        .routes(routes!(http::checks::verify_email_domain))
        .routes(routes!(http::journeys::start_sso))
        .routes(routes!(http::journeys::link_identity))
        .routes(routes!(http::journeys::step_up_with_sso))
        .routes(routes!(http::identities::list_identities))
        .routes(routes!(http::identities::delete_identity))
}

/// The way back, beside the API.
pub fn root_router() -> Router<AppState> {
    Router::new().route(CALLBACK, get(http::callback::come_back))
}
