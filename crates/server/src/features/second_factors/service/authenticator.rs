//! The authenticator app: begun, confirmed by its first code, removed.

use chrono::{DateTime, Duration, Utc};
use zeroize::Zeroizing;

use super::super::store;
use super::{Codes, deed, needed, replace_codes, tell};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::features::auth::service::{end_sessions, factor_turn, factor_was_right, proved_by};
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::FactorEvent;
use crate::security::qr::{self, Drawn};
use crate::security::totp;

/// How long a new app may wait for its first code.
const PENDING: Duration = Duration::minutes(10);

/// A new app as it is shown, once.
#[derive(Debug)]
pub(in super::super) struct NewAuthenticator {
    pub(in super::super) secret: Zeroizing<String>,
    pub(in super::super) address: Zeroizing<String>,
    pub(in super::super) qr_code: Drawn,
    pub(in super::super) expires_at: DateTime<Utc>,
}

/// Makes the secret of a new app. The one in use goes on counting until the new one is confirmed.
pub(in super::super) async fn begin(
    state: &AppState,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<NewAuthenticator> {
    let secret = totp::make()?;
    let (text, address) = totp::shown(&*secret, &caller.email)?;
    let qr_code = qr::draw(&address)?;
    let sealed = state.auth().person_key().seal(caller.user_id, &*secret)?;
    let expires_at = now + PENDING;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::put_pending(&mut tx, caller.user_id.uuid(), &sealed, expires_at).await?;
    tx.commit().await?;
    Ok(NewAuthenticator {
        secret: text,
        address,
        qr_code,
        expires_at,
    })
}

/// Takes the first code of the new app. Errors: 403 `wrong_code`, 409 `nothing_begun`, 429.
pub(in super::super) async fn confirm(
    state: &AppState,
    caller: &Caller,
    code: String,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Codes> {
    let user = caller.user_id.uuid();
    factor_turn(state, caller.user_id, now).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx, user).await?;
    let pending = store::pending(&mut tx, user, now)
        .await?
        .ok_or_else(nothing_begun)?;
    let opened = state.auth().person_key().open(caller.user_id, &pending)?;
    let step = totp::check(&opened.secret, &code, None, now).ok_or_else(wrong_code)?;
    store::confirm(&mut tx, user, step, now).await?;
    let codes = replace_codes(&mut tx, user, now).await?;
    store::settle(&mut tx, user, now).await?;
    end_sessions(&mut tx, user, caller.session_id, "second_factor_added", now).await?;
    if let Some(session) = caller.session_id {
        proved_by(&mut tx, session, &["otp", "mfa"], now).await?;
    }
    let deed = deed("authenticator_added", origin, now);
    tell(
        state,
        &mut tx,
        caller,
        &deed,
        FactorEvent::AuthenticatorAdded,
    )
    .await?;
    tx.commit().await?;
    factor_was_right(state, caller.user_id);
    state.auth().forget_callers();
    Ok(codes)
}

/// Removes the app. Errors: 404, 409 `second_factor_needed`.
pub(in super::super) async fn remove(
    state: &AppState,
    caller: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock(&mut tx, user).await?;
    if !store::remove_authenticator(&mut tx, user).await? {
        return Err(Problem::not_found("authenticator app").into());
    }
    let left = store::settle(&mut tx, user, now).await?;
    if !left && store::required(&mut tx, user).await? {
        return Err(needed().into());
    }
    end_sessions(
        &mut tx,
        user,
        caller.session_id,
        "second_factor_removed",
        now,
    )
    .await?;
    let deed = deed("authenticator_removed", origin, now);
    tell(
        state,
        &mut tx,
        caller,
        &deed,
        FactorEvent::AuthenticatorRemoved,
    )
    .await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

fn wrong_code() -> Problem {
    Problem::forbidden(
        "wrong_code",
        "The code is not the one the app shows now. Check the clock of the telephone.",
    )
}

fn nothing_begun() -> Problem {
    Problem::conflict(
        "nothing_begun",
        "No new authenticator app waits for its first code. Begin again: POST /api/v1/second-factors/authenticator.",
    )
}
