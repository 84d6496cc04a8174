//! Routes of keys. None of them can be called with a key.

use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use som_domain::ids::ApiKeyId;

use super::input::{NewApiKey, RotateApiKey};
use super::service::{self, Wanted};
use super::view::{ApiKeyList, ApiKeyPage, FreshApiKey};
use crate::features::auth;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::permission::can;

/// Your API keys, newest first; for those who manage members, everybody's.
#[utoipa::path(
    get, path = "/api-keys", tag = "auth",
    responses((status = 200, body = ApiKeyList), (status = 401, body = Problem), (status = 403, description = "`people_only`", body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn list_api_keys(person: Allowed<can::Person>) -> ApiResult<Response> {
    let mut tx = person.read().await?;
    let data = service::list(&mut tx, person.caller(), person.now()).await?;
    read::json(&ApiKeyList {
        data,
        page: ApiKeyPage::default(),
    })
}

/// Make an API key. Its text is in this answer and nowhere else.
///
/// Needs a sign-in or step-up within the last ten minutes. The answer is not kept: repeated, the request makes another key.
#[utoipa::path(
    post, path = "/api-keys", tag = "auth", request_body = NewApiKey,
    responses(
        (status = 201, body = FreshApiKey),
        (status = 403, description = "`people_only`, `reauth_required`, `csrf_failed`", body = Problem),
        (status = 409, description = "`too_many_api_keys`", body = Problem),
        (status = 422, description = "`unknown_scope`, `scope_not_yours`, `scope_not_for_keys`, `invalid_network`, …", body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn create_api_key(
    person: Allowed<can::Person>,
    mut command: Command<NewApiKey>,
) -> ApiResult<Response> {
    auth::service::require_recent(person.caller(), person.now())?;
    // the answer holds a secret: it is not stored for replays
    command.idempotency = None;
    let body = &command.body;
    let wanted = Wanted {
        name: body.name.as_str(),
        scopes: body.scopes.iter().map(|s| s.as_str()).collect(),
        days: body.expires_in_days,
        networks: body.networks.iter().map(|n| n.as_str()).collect(),
        row_scope: body.row_scope.map(Into::into),
    };
    let mut ctx = person.begin(&command).await?;
    let fresh = service::create(&mut ctx, &wanted).await?;
    ctx.reply(StatusCode::CREATED, &fresh, 1, None).await
}

/// Replace an API key by a new one with the same scopes, networks and length of life; both work for a while.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotate", tag = "auth", params(("id" = ApiKeyId, Path)), request_body = RotateApiKey,
    responses(
        (status = 201, body = FreshApiKey),
        (status = 403, description = "`people_only`, `reauth_required`, `csrf_failed`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`api_key_ended`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn rotate_api_key(
    person: Allowed<can::Person>,
    Id(id): Id<ApiKeyId>,
    mut command: Command<RotateApiKey>,
) -> ApiResult<Response> {
    auth::service::require_recent(person.caller(), person.now())?;
    command.idempotency = None;
    let mut ctx = person.begin(&command).await?;
    let fresh = service::rotate(&mut ctx, id, command.body.overlap_hours).await?;
    let response = ctx.reply(StatusCode::CREATED, &fresh, 1, None).await?;
    person.state().auth().forget_callers();
    Ok(response)
}

/// Revoke an API key: your own, or as one who manages members anybody's. It takes effect with the next request.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "auth", params(("id" = ApiKeyId, Path)),
    responses((status = 204, description = "Revoked"), (status = 403, description = "`people_only`, `csrf_failed`", body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("member")))
)]
pub(super) async fn revoke_api_key(
    person: Allowed<can::Person>,
    Id(id): Id<ApiKeyId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = person.begin(&command).await?;
    service::revoke(&mut ctx, id).await?;
    let response = ctx.reply_empty().await?;
    person.state().auth().forget_callers();
    Ok(response.into_response())
}
