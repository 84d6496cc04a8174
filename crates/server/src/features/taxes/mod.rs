//! Taxes, tax classes of products, and the rules that pick taxes for a class, a place and a customer's tax status.

#[allow(unreachable_pub, reason = "seen by the slice only")]
mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// The routes of taxes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::taxes::list_taxes, http::taxes::create_tax))
        .routes(routes!(http::taxes::get_tax, http::taxes::update_tax))
        .routes(routes!(
            http::classes::list_tax_classes,
            http::classes::create_tax_class
        ))
        .routes(routes!(
            http::classes::get_tax_class,
            http::classes::update_tax_class
        ))
        .routes(routes!(
            http::rules::list_tax_rules,
            http::rules::create_tax_rule
        ))
        .routes(routes!(
            http::rules::get_tax_rule,
            http::rules::update_tax_rule,
            http::rules::delete_tax_rule
        ))
}
