//! Second factors as they are shown: codes of an authenticator app and recovery codes. Each is taken once, and guessing is slow.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::UserId;
use zeroize::Zeroizing;

use super::super::store::{self, FactorsRow};
use super::audit::{Deed, audit};
use super::sign_in::take_turn;
use crate::app::AppState;
use crate::db::SystemTx;
use crate::http::limits::Act;
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{FactorEvent, Letter, post};
use crate::security::{random, totp};

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A code of the authenticator app.
    Totp,
    /// One of the recovery codes.
    RecoveryCode,
}

/// A code with what it is.
pub struct Shown {
    /// What it is.
    pub method: Method,
    /// As it was typed.
    pub code: Zeroizing<String>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({:?})", self.method)
    }
}

/// Whose code it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose<'a> {
    /// The person.
    pub user: UserId,
    /// Where letters go.
    pub email: &'a str,
}

/// The ways a person can show a second factor.
pub(super) fn methods(row: &FactorsRow) -> Vec<&'static str> {
    let ways = [
        (row.passkey, "passkey"),
        (row.authenticator, "totp"),
        (row.recovery_codes > 0, "recovery_code"),
    ];
    ways.iter().filter(|w| w.0).map(|w| w.1).collect()
}

/// To be asked before a code is looked at: counts it for its person, in an exact window and for the soft lock. Errors: 429.
pub async fn factor_turn(state: &AppState, user: UserId, now: DateTime<Utc>) -> ApiResult<()> {
    let limiter = state.auth().limiter();
    limiter.act_of(Act::SecondFactor, user, now).await?;
    Ok(take_turn(state, &lock_name(user), now).await?)
}

/// To be told after a right code was committed.
pub fn factor_was_right(state: &AppState, user: UserId) {
    state.auth().soft_lock().succeeded(&lock_name(user));
}

/// Takes a code in the caller's transaction, which must hold the account's lock; `false` when it is wrong, old or was taken.
pub(super) async fn take(
    state: &AppState,
    tx: &mut SystemTx,
    whose: Whose<'_>,
    shown: &Shown,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    match shown.method {
        Method::Totp => take_totp(state, tx, whose.user, &shown.code, now).await,
        Method::RecoveryCode => take_recovery(state, tx, whose, &shown.code, origin, now).await,
    }
}

async fn take_totp(
    state: &AppState,
    tx: &mut SystemTx,
    user: UserId,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    let Some(row) = store::authenticator(tx, user.uuid()).await? else {
        return Ok(false);
    };
    let key = state.auth().person_key();
    let opened = key.open(user, &row.secret)?;
    let Some(step) = totp::check(&opened.secret, code, row.last_step, now) else {
        return Ok(false);
    };
    let renewed = if opened.outdated {
        Some(key.seal(user, &opened.secret)?)
    } else {
        None
    };
    Ok(store::take_step(tx, user.uuid(), step, renewed.as_deref(), now).await?)
}

/// A recovery code is rarely used: everybody who should know hears of it.
async fn take_recovery(
    state: &AppState,
    tx: &mut SystemTx,
    whose: Whose<'_>,
    code: &str,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    let Some(hash) = totp::recovery_hash(code) else {
        return Ok(false);
    };
    let user = whose.user.uuid();
    let Some(left) = store::take_recovery_code(tx, user, &hash, now).await? else {
        return Ok(false);
    };
    let deed = Deed {
        action: "recovery_code_used",
        facts: json!({ "left": left }),
        origin,
        now,
    };
    audit(state, tx, user, &deed).await?;
    let letter = Letter::SecondFactor {
        event: FactorEvent::RecoveryCodeUsed { left },
        at: now,
    };
    post(tx, state, now, whose.email, &letter).await?;
    Ok(true)
}

/// Ten fresh recovery codes as they are shown, with what is stored of them.
///
/// # Errors
/// When the system has no randomness.
pub fn fresh_recovery_codes() -> ApiResult<(Vec<Zeroizing<String>>, Vec<random::Hash>)> {
    let codes = totp::recovery_codes()?;
    let hashes = codes.iter().filter_map(|code| totp::recovery_hash(code));
    let hashes: Vec<_> = hashes.collect();
    Ok((codes, hashes))
}

/// Unlike any address.
fn lock_name(user: UserId) -> String {
    format!("second factor of {user}")
}

pub(super) fn second_factor_required() -> Problem {
    Problem::forbidden(
        "second_factor_required",
        "Show your second factor as well: `second_factor` with a code of your authenticator app, or a recovery code.",
    )
}
