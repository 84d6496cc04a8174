//! Routes of own sessions.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use som_domain::ids::SessionId;

use super::service;
use super::view::{SessionList, SessionPage};
use crate::http::{Allowed, ApiResult, Id, NoBody, Problem, Sent, read};
use crate::permission::can;

/// Where you are signed in.
#[utoipa::path(
    get, path = "/sessions", tag = "auth",
    responses((status = 200, body = SessionList), (status = 401, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn list_sessions(member: Allowed<can::Person>) -> ApiResult<Response> {
    let data = service::list(member.state(), member.caller(), member.now()).await?;
    read::json(&SessionList {
        data,
        page: SessionPage::default(),
    })
}

/// Sign out somewhere else. It takes effect with the next request made there.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)),
    responses((status = 204, description = "Ended"), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn revoke_session(
    member: Allowed<can::Person>,
    Id(id): Id<SessionId>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let (origin, now) = (member.origin(), member.now());
    service::revoke(member.state(), member.caller(), id, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sign out everywhere else.
#[utoipa::path(
    delete, path = "/sessions", tag = "auth",
    responses((status = 204, description = "Ended"), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn revoke_other_sessions(
    member: Allowed<can::Person>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let (origin, now) = (member.origin(), member.now());
    service::revoke_others(member.state(), member.caller(), origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
