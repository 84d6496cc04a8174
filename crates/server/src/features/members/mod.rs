//! Who belongs to an organization, with which role, and in which team.

mod http;
mod input;
pub mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(http::list_members, http::create_member))
        .routes(routes!(http::get_member, http::update_member))
        .routes(routes!(http::end_member_sessions))
        .routes(routes!(http::reset_member_second_factors))
        .routes(routes!(http::list_teams, http::create_team))
}
