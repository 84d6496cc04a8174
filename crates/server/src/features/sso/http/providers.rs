//! Routes of identity providers. Who gets in, and with which role, is changed by people who showed their password a moment ago.

use ::http::{HeaderMap, StatusCode};
use axum::response::Response;
use som_domain::ids::IdentityProviderId;

use super::super::input::{IdentityProviderPatch, NewIdentityProvider};
use super::super::service;
use super::super::view::{IdentityProviderList, IdentityProviderView};
use crate::features::auth::service::require_recent;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::permission::can;

/// Every identity provider, by name.
#[utoipa::path(
    get, path = "/identity-providers", tag = "auth",
    responses((status = 200, body = IdentityProviderList), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(in super::super) async fn list_identity_providers(
    member: Allowed<can::MembersRead>,
) -> ApiResult<Response> {
    let organization = member.caller().organization.id.uuid();
    let mut tx = member.read().await?;
    read::json(&service::list(member.state(), &mut tx, organization).await?)
}

/// One identity provider.
#[utoipa::path(
    get, path = "/identity-providers/{id}", tag = "auth", params(("id" = IdentityProviderId, Path)),
    responses((status = 200, body = IdentityProviderView), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("members.read")))
)]
pub(in super::super) async fn get_identity_provider(
    member: Allowed<can::MembersRead>,
    Id(id): Id<IdentityProviderId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let organization = member.caller().organization.id.uuid();
    let mut tx = member.read().await?;
    let view = service::get(member.state(), &mut tx, organization, id).await?;
    read::object(&headers, &view, view.version)
}

/// Set up an identity provider (OpenID Connect). Needs a sign-in or step-up within the last ten minutes.
///
/// Register `redirect_uri` of the answer at the provider. Its groups give roles of what you may do yourself and no more.
#[utoipa::path(
    post, path = "/identity-providers", tag = "auth", request_body = NewIdentityProvider,
    responses(
        (status = 201, body = IdentityProviderView),
        (status = 403, description = "`missing_permission`, `reauth_required`, `role_beyond_yours`", body = Problem),
        (status = 409, description = "`duplicate_name`, `too_many_identity_providers`", body = Problem),
        (status = 422, description = "`invalid_issuer`, `invalid_domain`, `invalid_word`, `unknown_role`, `not_applicable`, `too_many`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn create_identity_provider(
    member: Allowed<can::MembersWrite>,
    command: Command<NewIdentityProvider>,
) -> ApiResult<Response> {
    require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = Some(format!("/api/v1/identity-providers/{}", view.id));
    ctx.reply(StatusCode::CREATED, &view, view.version, location)
        .await
}

/// Change an identity provider. Needs a sign-in or step-up within the last ten minutes, and everything that the people it lets in may do.
#[utoipa::path(
    patch, path = "/identity-providers/{id}", tag = "auth", params(("id" = IdentityProviderId, Path)), request_body = IdentityProviderPatch,
    responses(
        (status = 200, body = IdentityProviderView),
        (status = 403, description = "`missing_permission`, `reauth_required`, `role_beyond_yours`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`duplicate_name`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 422, description = "`invalid_issuer`, `invalid_domain`, `invalid_word`, `unknown_role`, `not_applicable`, `too_many`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn update_identity_provider(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<IdentityProviderId>,
    command: Command<IdentityProviderPatch>,
) -> ApiResult<Response> {
    require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    let view = service::update(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Remove an identity provider. Sessions go on; nobody signs in with it again. Needs a sign-in or step-up within the last ten minutes.
#[utoipa::path(
    delete, path = "/identity-providers/{id}", tag = "auth", params(("id" = IdentityProviderId, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`missing_permission`, `reauth_required`, `role_beyond_yours`", body = Problem),
        (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn delete_identity_provider(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<IdentityProviderId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    require_recent(member.caller(), member.now())?;
    let mut ctx = member.begin(&command).await?;
    service::delete(&mut ctx, id, &command.if_match).await?;
    ctx.reply_empty().await
}
