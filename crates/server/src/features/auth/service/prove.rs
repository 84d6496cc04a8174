//! Who is signed in shows again that it is them, before something that must not be done from an unattended desk.

use ::http::StatusCode;
use chrono::{DateTime, Duration, Utc};

use super::super::store;
use super::challenge::wrong_code;
use super::factor::{self, Shown, Whose, factor_turn, factor_was_right, second_factor_required};
use super::sign_in::take_turn;
use super::{forget_session, proved_by, session_ended};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::http::{ApiResult, Origin, Problem};
use crate::security::password::Secret;

/// How long a proof counts.
const RECENT: Duration = Duration::minutes(10);

/// What is shown again: everything the person signs in with.
#[derive(Debug)]
pub struct Proof {
    /// The password.
    pub password: Secret,
    /// The second factor, from those who have one.
    pub second_factor: Option<Shown>,
}

/// 403 `reauth_required` unless the person signed in or stepped up a moment ago.
pub fn require_recent(caller: &Caller, now: DateTime<Utc>) -> Result<(), Problem> {
    if caller.authenticated_at.is_some_and(|at| now - at <= RECENT) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "reauth_required",
        "Show your password again first, and your second factor if you have one: POST /api/v1/auth/step-up.",
    ))
}

/// The same before something that concerns the account itself and so every organization of the person: one organization's identity
/// provider cannot say yes for the others. Errors: 403 `reauth_required`, `own_proof_required`.
pub fn require_own(caller: &Caller, now: DateTime<Utc>) -> Result<(), Problem> {
    require_recent(caller, now)?;
    if !caller.vouched {
        return Ok(());
    }
    Err(Problem::forbidden(
        "own_proof_required",
        "You work for other organizations as well: show a password, passkey or second factor of your own first.",
    ))
}

/// Takes the password of a session's person once more, and the second factor of those who have one. Errors: 403 `wrong_password`,
/// `second_factor_required`, `wrong_code`; 429.
pub async fn step_up(
    state: &AppState,
    caller: &Caller,
    proof: Proof,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    prove_password(state, caller, proof.password, now).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let user = caller.user_id;
    if proof.second_factor.is_some() {
        // no lock is held while an impatient account rests
        tx.commit().await?;
        factor_turn(state, user, now).await?;
        tx = state.db().system(SystemScope::Identity).await?;
    }
    let since = store::lock_account(&mut tx, user.uuid())
        .await?
        .ok_or_else(session_ended)?;
    match (since, &proof.second_factor) {
        (None, _) => {}
        (Some(_), None) => return Err(second_factor_required().into()),
        (Some(_), Some(shown)) => {
            let whose = Whose {
                user,
                email: &caller.email,
            };
            if !factor::take(state, &mut tx, whose, shown, origin, now).await? {
                return Err(wrong_code(StatusCode::FORBIDDEN).into());
            }
        }
    }
    if let Some(session) = caller.session_id {
        let shown: &[&str] = match proof.second_factor {
            Some(_) => &["pwd", "mfa"],
            None => &["pwd"],
        };
        proved_by(&mut tx, session, shown, now).await?;
    }
    tx.commit().await?;
    if proof.second_factor.is_some() {
        factor_was_right(state, user);
    }
    if let Some(session) = caller.session_id {
        forget_session(state, session);
    }
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
