//! What an organization sets once and everything else reads: the company and its rules,
//! document numbers, customer groups, payment terms.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod input;
pub mod service;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod store;
#[allow(unreachable_pub, reason = "seen by the slice only")]
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of settings.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::groups::list_customer_groups,
            http::groups::create_customer_group
        ))
        .routes(routes!(
            http::groups::get_customer_group,
            http::groups::update_customer_group
        ))
        .routes(routes!(
            http::terms::list_payment_terms,
            http::terms::create_payment_term
        ))
        .routes(routes!(
            http::terms::get_payment_term,
            http::terms::update_payment_term
        ))
        .routes(routes!(
            http::organization::get_organization,
            http::organization::update_organization
        ))
        .routes(routes!(http::series::list_number_series))
        .routes(routes!(
            http::series::get_number_series,
            http::series::update_number_series
        ))
}
