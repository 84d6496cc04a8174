//! Forgotten and changed passwords.

use chrono::{DateTime, Utc};

use super::super::input::{Address, ChangePassword, CompleteReset};
use super::super::store;
use super::{Wanted, ask, audit, be_a_person, invalid_link};
use crate::app::AppState;
use crate::caller::Caller;
use crate::captcha::Purpose as Asking;
use crate::db::SystemScope;
use crate::features::auth;
use crate::http::limits::Act;
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{Letter, post};
use crate::security::links::Purpose;
use crate::security::{random, strength};

/// Somebody forgot the password of an address, or says so.
pub(in super::super) async fn request_reset(
    state: &AppState,
    input: &Address,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let captcha = input.captcha.as_ref();
    be_a_person(state, Asking::PasswordReset, captcha, origin, now).await?;
    let email = input.email.as_str();
    state
        .auth()
        .limiter()
        .act_for(Act::Reset, email, now)
        .await?;
    let wanted = Wanted {
        purpose: Purpose::ResetPassword,
        user: None,
        email,
        payload: &serde_json::json!({}),
    };
    let mut tx = state.db().system(SystemScope::Identity).await?;
    ask(state, &mut tx, &wanted, now).await?;
    Ok(tx.commit().await?)
}

/// Sets a new password by link. It ends every session and starts none: a second factor is asked for as ever.
pub(in super::super) async fn complete_reset(
    state: &AppState,
    input: CompleteReset,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let purpose = Purpose::ResetPassword.as_str();
    let hash = random::hash(input.token.as_str());
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let token = store::token(&mut tx, purpose, &hash, now)
        .await?
        .ok_or_else(invalid_link)?;
    let user = token.user_id.ok_or_else(invalid_link)?;
    let person = store::person(&mut tx, user).await?;
    let person = person.filter(|p| p.active).ok_or_else(invalid_link)?;
    // no connection is held while hashing
    tx.commit().await?;
    let limiter = state.auth().limiter();
    limiter
        .act_for(Act::ResetCompletion, &person.email, now)
        .await?;
    strength::check(
        &input.password.0,
        &[&person.name, &person.email],
        "/password",
    )
    .map_err(|problem| Problem::invalid(vec![problem]))?;
    let password = state.auth().passwords().hash(input.password.0).await?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::use_token(&mut tx, purpose, &hash, now)
        .await?
        .ok_or_else(invalid_link)?;
    store::set_password(&mut tx, user, &password, true, now).await?;
    store::end_resets(&mut tx, user, now).await?;
    auth::service::end_sessions(&mut tx, user, None, "password_reset", now).await?;
    audit(state, &mut tx, user, "password_reset", origin, now).await?;
    let notice = Letter::PasswordChanged { at: now };
    post(&mut tx, state, now, &person.email, &notice).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

/// Changes the caller's password; the session in use stays. Who has a second factor showed it a moment ago.
pub(in super::super) async fn change_password(
    state: &AppState,
    caller: &Caller,
    input: ChangePassword,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    if caller.second_factor.set_up {
        auth::service::require_recent(caller, now)?;
    }
    auth::service::prove_password(state, caller, input.current_password.0, now).await?;
    let context = [
        caller.name.as_str(),
        caller.email.as_str(),
        caller.organization.name.as_str(),
    ];
    strength::check(&input.new_password.0, &context, "/new_password")
        .map_err(|problem| Problem::invalid(vec![problem]))?;
    let password = state.auth().passwords().hash(input.new_password.0).await?;
    let user = caller.user_id.uuid();
    let kept = caller.session_id;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::set_password(&mut tx, user, &password, false, now).await?;
    store::end_resets(&mut tx, user, now).await?;
    auth::service::end_sessions(&mut tx, user, kept, "password_changed", now).await?;
    audit(state, &mut tx, user, "password_changed", origin, now).await?;
    let notice = Letter::PasswordChanged { at: now };
    post(&mut tx, state, now, &caller.email, &notice).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}
