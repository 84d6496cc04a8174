//! Sign-in on another server's word: an identity provider of the organization says who it is, and whether it asked for a second factor.

use chrono::{DateTime, Utc};
use som_domain::ids::{OrganizationId, SessionId, UserId};

use super::super::store;
use super::challenge;
use super::issue::{Device, start_session};
use super::sign_in::SignIn;
use crate::app::AppState;
use crate::db::SystemTx;
use crate::http::{ApiResult, Problem};

/// What the other server said.
#[derive(Debug, Clone, Copy)]
pub struct Vouched {
    /// Who it is.
    pub user: UserId,
    /// For whom the person works in this session.
    pub organization: OrganizationId,
    /// Whether it asked for a second factor.
    pub second_factor: bool,
    /// When the person last showed something there.
    pub at: DateTime<Utc>,
}

/// Starts a session, or asks for the person's own second factor where the other server asked for none. The caller commits. Errors: 404
/// for who may not work there (any more).
pub async fn sign_in_vouched(
    state: &AppState,
    tx: &mut SystemTx,
    vouched: &Vouched,
    device: &Device,
    now: DateTime<Utc>,
) -> ApiResult<SignIn> {
    let (user, organization) = (vouched.user, vouched.organization);
    let own = has_second_factor(tx, user).await?;
    if own && !vouched.second_factor {
        let challenge = challenge::begin(tx, user, organization, &["sso"], device, now).await?;
        return Ok(SignIn::Waits(challenge));
    }
    store::signed_in(tx, user.uuid(), organization.uuid(), now).await?;
    let methods: &[&str] = if vouched.second_factor {
        &["sso", "sso_mfa"]
    } else {
        &["sso"]
    };
    let signed_in = start_session(state, tx, organization, user, methods, device, now).await?;
    if let Some(session) = signed_in.me.session.as_ref() {
        store::authenticated_at(tx, session.id.uuid(), vouched.at.min(now)).await?;
    }
    Ok(SignIn::Done(Box::new(signed_in)))
}

/// Whether a person has a second factor here; the account is locked until the transaction ends. Errors: 404 for an account that is not active.
pub async fn has_second_factor(tx: &mut SystemTx, user: UserId) -> ApiResult<bool> {
    let since = store::lock_account(tx, user.uuid()).await?;
    let since = since.ok_or_else(|| Problem::not_found("person"))?;
    Ok(since.is_some())
}

/// Whether a session of a person lives; held until the transaction ends.
pub async fn living_session(
    tx: &mut SystemTx,
    session: SessionId,
    user: UserId,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    Ok(store::living_session(tx, session.uuid(), user.uuid(), now).await?)
}
