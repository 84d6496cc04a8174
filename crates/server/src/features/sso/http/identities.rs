//! Routes of who a person is at identity providers.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use som_domain::ids::IdentityId;

use super::super::service;
use super::super::view::IdentityList;
use crate::features::auth::service::require_recent;
use crate::http::{Allowed, ApiResult, Id, NoBody, Problem, Sent, read};
use crate::permission::can;

/// Who you are at identity providers of this organization.
#[utoipa::path(
    get, path = "/identities", tag = "auth",
    responses((status = 200, body = IdentityList), (status = 401, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn list_identities(person: Allowed<can::Person>) -> ApiResult<Response> {
    read::json(&service::identities(person.state(), person.caller()).await?)
}

/// Forget who you are at an identity provider. You do not sign in with it any more. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    delete, path = "/identities/{id}", tag = "auth", params(("id" = IdentityId, Path)),
    responses(
        (status = 204, description = "Forgotten"),
        (status = 401, body = Problem),
        (status = 403, description = "`reauth_required`, `people_only`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(in super::super) async fn delete_identity(
    person: Allowed<can::Person>,
    Id(id): Id<IdentityId>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    require_recent(person.caller(), person.now())?;
    let (origin, now) = (person.origin(), person.now());
    service::unlink(person.state(), person.caller(), id, origin, now).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
