//! What the rest of the server may ask of sign-in.

mod audit;
mod authenticate;
mod challenge;
mod device;
mod factor;
mod issue;
mod passkey;
mod program;
mod prove;
mod refresh;
mod sign_in;
mod sign_out;
mod vouched;

use ::http::StatusCode;
use chrono::{DateTime, Utc};
use som_domain::ids::{OrganizationId, SessionId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, Idle};
pub use super::view::Me;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::{SystemScope, SystemTx};
use crate::http::{ApiResult, Problem};

pub use audit::{Deed, audit, audit_by_system};
pub use authenticate::authenticate;
pub use challenge::{Challenge, finish_sign_in};
pub use factor::{Method, Shown, factor_turn, factor_was_right, fresh_recovery_codes};
pub use issue::{Device, SignedIn, start_session};
pub use passkey::{
    Ceremony, ShownPasskey, begin_passkey, keep_ceremony, relying_party, sign_in_with_passkey,
    step_up_with_passkey, use_ceremony,
};
pub use prove::{Proof, prove_password, require_own, require_recent, step_up};
pub use refresh::{Refreshed, refresh};
pub use sign_in::{Credentials, SignIn, sign_in};
pub use sign_out::sign_out;
pub use vouched::{Vouched, has_second_factor, living_session, sign_in_vouched};

/// The caller behind an active membership, for jobs, tests and the command line.
pub async fn caller(
    state: &AppState,
    organization: OrganizationId,
    user: UserId,
) -> ApiResult<Caller> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::member(&mut tx, organization.uuid(), user.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("member"))?;
    Ok(row.into_caller()?)
}

/// Every organization, for work that comes back by the clock.
pub async fn organizations(state: &AppState) -> ApiResult<Vec<OrganizationId>> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let ids = store::organizations(&mut tx).await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// The system itself in an organization that somebody works for. Errors: 404.
pub async fn system(state: &AppState, organization: OrganizationId) -> ApiResult<Caller> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::any_member(&mut tx, organization.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("organization"))?;
    Ok(Caller::system(row.into_caller()?.organization))
}

/// The same within a transaction; `None` when the membership is not active.
pub async fn caller_in(
    tx: &mut SystemTx,
    organization: Uuid,
    user: Uuid,
) -> ApiResult<Option<Caller>> {
    let row = store::member(tx, organization, user).await?;
    Ok(row.map(store::MemberRow::into_caller).transpose()?)
}

/// The caller behind an address, in the organization the person worked for last.
pub async fn caller_by_email(state: &AppState, email: &str) -> ApiResult<Caller> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let account = store::account(&mut tx, email)
        .await?
        .ok_or_else(|| Problem::not_found("member"))?;
    let organization = account
        .organization_ids
        .first()
        .copied()
        .ok_or_else(|| Problem::not_found("member"))?;
    let row = store::member(&mut tx, organization, account.id)
        .await?
        .ok_or_else(|| Problem::not_found("member"))?;
    Ok(row.into_caller()?)
}

/// Who the caller is and what is allowed.
pub async fn me(state: &AppState, caller: &Caller) -> ApiResult<Me> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let organizations = store::memberships(&mut tx, caller.user_id.uuid()).await?;
    Ok(Me::new(caller, organizations))
}

/// A session was ended: its next request is refused, without waiting for the cache.
pub fn forget_session(state: &AppState, session: SessionId) {
    state.auth().callers().forget(session);
}

/// Ends a person's sessions, all or all but one, and every sign-in that still waits. Callers are to be forgotten after the commit.
pub async fn end_sessions(
    tx: &mut PgConnection,
    user: Uuid,
    but: Option<SessionId>,
    reason: &'static str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    store::end_challenges(&mut *tx, user).await?;
    store::end_sessions(tx, user, but.map(SessionId::uuid), reason, now).await
}

/// Notes that the person of a session showed one more factor.
pub async fn proved_by(
    tx: &mut SystemTx,
    session: SessionId,
    methods: &[&str],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let methods: Vec<String> = methods.iter().map(|&method| method.to_owned()).collect();
    store::proved_by(tx, session.uuid(), &methods, now).await
}

/// When an unused session ends: 30 minutes by default, half of it for owners and administrators.
fn idle(state: &AppState, now: DateTime<Utc>) -> Idle {
    let idle = state.config().session.idle;
    Idle {
        usual: now + idle,
        administrators: now + idle / 2,
    }
}

fn unauthenticated(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
}

fn session_ended() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "session_ended",
        "Your session has ended. Sign in again.",
    )
}
