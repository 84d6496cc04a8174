//! From a request to its caller: the token points to a session row, and the row decides.

use std::sync::Arc;

use ::http::request::Parts;
use ::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use super::super::cache::Known;
use super::super::state::Token;
use super::super::store;
use super::{idle, session_ended, unauthenticated};
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::http::middleware::ClientIp;
use crate::http::same_origin::csrf_failed;
use crate::http::{ApiResult, Problem};
use crate::security::{cookies, csrf};

/// The member behind session cookies or an API key. Errors: 400 and 401 for what is neither, 403 for an unsafe request without proof that it is ours.
pub async fn authenticate(
    state: &AppState,
    parts: &Parts,
    now: DateTime<Utc>,
) -> ApiResult<Arc<Caller>> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        refuse_two(state, &parts.headers)?;
        let ip = parts.extensions.get::<ClientIp>().map(|client| client.0);
        return super::program::authenticate(state, &parts.headers, ip, now).await;
    }
    let known = parts.extensions.get::<Arc<Token>>().cloned();
    let token = known
        .or_else(|| state.auth().signed_in(&parts.headers, now))
        .ok_or_else(|| unauthenticated("Sign in first."))?;
    let caller = match state.auth().callers().get(&token, now) {
        Some(caller) => caller,
        None => load(state, &token, now).await?,
    };
    if !parts.method.is_safe() {
        check_csrf(state, &parts.headers, &token)?;
    }
    Ok(caller)
}

/// One credential at a time: a browser's cookies must not lend their rights to a request that means to have others.
fn refuse_two(state: &AppState, headers: &HeaderMap) -> Result<(), Problem> {
    if state
        .auth()
        .cookies()
        .read(headers, cookies::ACCESS)
        .is_none()
    {
        return Ok(());
    }
    Err(Problem::bad_request(
        "ambiguous_credentials",
        "Send either a session cookie or an Authorization header, not both.",
    ))
}

/// Site, origin and token bound to the session: all three.
fn check_csrf(state: &AppState, headers: &HeaderMap, token: &Token) -> Result<(), Problem> {
    csrf::check_site(headers, &state.config().server.origin()).map_err(csrf_failed)?;
    let sent = headers
        .get(csrf::HEADER)
        .and_then(|v| v.to_str().ok())
        .ok_or_else(|| {
            csrf_failed("The X-CSRF-Token header is missing: send the value of the CSRF cookie.")
        })?;
    let cookie = state
        .auth()
        .cookies()
        .read(headers, cookies::CSRF)
        .unwrap_or_default();
    if state
        .auth()
        .keys()
        .csrf_matches(token.claims.session, sent, &cookie)
    {
        return Ok(());
    }
    Err(csrf_failed(
        "The X-CSRF-Token header does not belong to this session.",
    ))
}

async fn load(state: &AppState, token: &Token, now: DateTime<Utc>) -> ApiResult<Arc<Caller>> {
    let callers = state.auth().callers();
    let generation = callers.generation();
    let claims = &token.claims;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let row = store::session(
        &mut tx,
        claims.session.uuid(),
        &claims.refresh_hash,
        now,
        idle(state, now),
    )
    .await?;
    tx.commit().await?;
    let row = row
        .filter(|row| row.epoch == claims.epoch)
        .ok_or_else(session_ended)?;
    let mut caller = row.member.into_caller()?;
    if caller.user_id != claims.user || caller.organization.id != claims.organization {
        return Err(session_ended().into());
    }
    caller.session_id = Some(claims.session);
    caller.session_expires_at = Some(row.expires_at);
    caller.authenticated_at = Some(row.authenticated_at);
    caller.second_factor.required &= !row.provider_factor;
    caller.vouched = row.vouched;
    let caller = Arc::new(caller);
    let known = Known {
        caller: Arc::clone(&caller),
        token: token.hash,
        read_at: now,
        idle_expires_at: row.idle_expires_at,
        expires_at: row.expires_at,
    };
    callers.put(claims.session, known, generation);
    Ok(caller)
}
