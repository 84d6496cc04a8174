//! Who is signed in shows again that it is them, before something that must not be done from an unattended desk.

use chrono::{DateTime, Duration, Utc};

use super::super::store;
use super::forget_session;
use super::sign_in::take_turn;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::http::{ApiResult, Problem};
use crate::security::password::Secret;

/// How long a proof counts.
const RECENT: Duration = Duration::minutes(10);

/// 403 `reauth_required` unless the person signed in or stepped up a moment ago.
pub fn require_recent(caller: &Caller, now: DateTime<Utc>) -> Result<(), Problem> {
    if caller.authenticated_at.is_some_and(|at| now - at <= RECENT) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "reauth_required",
        "Show your password again first: POST /api/v1/auth/step-up.",
    ))
}

/// Takes the password of a session's person once more.
pub async fn step_up(
    state: &AppState,
    caller: &Caller,
    password: Secret,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    prove_password(state, caller, password, now).await?;
    let Some(session) = caller.session_id else {
        return Ok(());
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::authenticated_again(&mut tx, session.uuid(), now).await?;
    tx.commit().await?;
    forget_session(state, session);
    Ok(())
}

/// Checks the caller's password. Errors: 403 `wrong_password`, 429 while the account rests.
pub async fn prove_password(
    state: &AppState,
    caller: &Caller,
    password: Secret,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    take_turn(state, &caller.email, now).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let account = store::account(&mut tx, &caller.email).await?;
    // no connection is held while hashing
    tx.commit().await?;
    let hash = account
        .filter(|a| a.id == caller.user_id.uuid())
        .and_then(|a| a.password_hash);
    if state.auth().passwords().verify(password, hash).await? {
        state.auth().soft_lock().succeeded(&caller.email);
        return Ok(());
    }
    Err(Problem::forbidden("wrong_password", "The present password is wrong.").into())
}
