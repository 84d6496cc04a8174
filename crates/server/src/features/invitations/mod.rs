//! Invitations: a colleague is let in by a link in the mailbox, with a role that the inviter could give.
//!
//! The inviter never learns whether the address has an account; the mailbox does, from its link.

mod http;
mod input;
mod service;
mod store;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

/// Routes under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            http::manage::list_invitations,
            http::manage::create_invitation
        ))
        .routes(routes!(
            http::manage::get_invitation,
            http::manage::revoke_invitation
        ))
        .routes(routes!(http::manage::resend_invitation))
        .routes(routes!(http::accept::look_at_invitation))
        .routes(routes!(http::accept::accept_invitation))
        .routes(routes!(http::accept::join_organization))
}
