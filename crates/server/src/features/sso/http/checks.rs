//! Routes that ask others: whether a provider answers, and whether a domain is the organization's.

use std::sync::Arc;

use ::http::StatusCode;
use axum::response::Response;
use som_domain::ids::IdentityProviderId;

use super::super::input::VerifyDomain;
use super::super::service;
use super::super::view::{IdentityProviderCheck, IdentityProviderView};
use crate::ctx::Ctx;
use crate::features::auth::service::require_recent;
use crate::http::{Allowed, ApiResult, Id, NoBody, Problem, Sent, read};
use crate::permission::can;

/// Ask an identity provider who it is, as a sign-in would. What is wrong is told here, and never to people who sign in.
#[utoipa::path(
    post, path = "/identity-providers/{id}/check", tag = "auth", params(("id" = IdentityProviderId, Path)), request_body = NoBody,
    responses(
        (status = 200, body = IdentityProviderCheck),
        (status = 403, description = "`missing_permission`", body = Problem),
        (status = 404, body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn check_identity_provider(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<IdentityProviderId>,
    _: Sent<NoBody>,
) -> ApiResult<Response> {
    let organization = member.caller().organization.id.uuid();
    let mut tx = member.read().await?;
    let view = service::get(member.state(), &mut tx, organization, id).await?;
    // no connection is held while the provider is asked
    tx.commit().await?;
    read::json(&service::check(member.state(), &view.issuer, member.now()).await)
}

/// Prove a domain: its `proof` is looked for at its `proof_url`. From then on its people get an account by coming.
#[utoipa::path(
    post, path = "/identity-providers/{id}/verify-domain", tag = "auth", params(("id" = IdentityProviderId, Path)), request_body = VerifyDomain,
    responses(
        (status = 200, body = IdentityProviderView),
        (status = 403, description = "`missing_permission`, `reauth_required`, `role_beyond_yours`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`domain_not_proved`, `domain_taken`", body = Problem),
        (status = 422, description = "`unknown_domain`", body = Problem),
    ),
    extensions(("x-permission" = json!("members.write")))
)]
pub(in super::super) async fn verify_email_domain(
    member: Allowed<can::MembersWrite>,
    Id(id): Id<IdentityProviderId>,
    sent: Sent<VerifyDomain>,
) -> ApiResult<Response> {
    require_recent(member.caller(), member.now())?;
    let organization = member.caller().organization.id.uuid();
    let mut tx = member.read().await?;
    let domain = sent.body.domain.as_str();
    let row = service::find_domain(&mut tx, organization, id, domain).await?;
    // no connection is held while the domain is asked
    tx.commit().await?;
    service::proof_of(member.state(), &row).await?;
    let (caller, origin) = (Arc::clone(member.caller()), member.origin());
    let mut ctx = Ctx::begin(member.state(), caller, member.now(), origin, None, false).await?;
    let view = service::verified(&mut ctx, id, &row.domain).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
