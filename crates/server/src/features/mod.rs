//! One folder per feature: the only place where product behaviour is wired.

pub mod accounts;
pub mod api_keys;
pub mod approvals;
pub mod audit;
pub mod auth;
pub mod custom_fields;
pub mod customers;
pub mod dashboard;
pub mod imports;
pub mod invitations;
pub mod jobs;
pub mod members;
pub mod orders;
pub mod platform;
pub mod price_lists;
pub mod products;
pub mod roles;
pub mod search;
pub mod second_factors;
pub mod seed;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sso;
pub mod taxes;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

/// The API is the sum of its features.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(accounts::router())
        .merge(api_keys::router())
        .merge(orders::router())
        .merge(approvals::router())
        .merge(audit::router())
        .merge(dashboard::router())
        .merge(search::router())
        .merge(imports::router())
        .merge(jobs::router())
        .merge(members::router())
        .merge(invitations::router())
        .merge(second_factors::router())
        .merge(roles::router())
        .merge(sessions::router())
        .merge(settings::router())
        .merge(setup::router())
        .merge(sso::router())
        .merge(products::router())
        .merge(price_lists::router())
        .merge(taxes::router())
        .merge(custom_fields::router())
        .merge(customers::router())
        .merge(platform::router())
}
