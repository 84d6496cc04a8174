//! Rotating refresh tokens: each is used once, and a second use ends the session it belongs to.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::{OrganizationId, SessionId, UserId};

use super::super::store::{self, RefreshRow};
use super::issue::{Grant, issue};
use super::{forget_session, idle};
use crate::app::AppState;
use crate::ctx::Event;
use crate::db::record::Closing;
use crate::db::{SystemScope, SystemTx};
use crate::http::{ApiResult, Origin, Problem};
use crate::mail::{Letter, post};
use crate::security::cookies::Issued;
use crate::security::random::{self, Hash};

/// An answer may get lost: the same token is taken again for this long, as long as nothing of the lost answer was used.
const LOST_ANSWER: Duration = Duration::seconds(30);

/// What became of a refresh.
#[derive(Debug)]
pub enum Refreshed {
    /// New tokens.
    Renewed(Issued),
    /// The session is over (or the token was stolen): sign in again.
    Ended,
}

/// Exchanges a refresh token. `proves` says whether the request proves to come from our pages, for the session of the token.
pub async fn refresh(
    state: &AppState,
    token: &str,
    proves: impl Fn(SessionId) -> Result<(), Problem>,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Refreshed> {
    let hash = random::hash(token);
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let Some(row) = store::lock_refresh(&mut tx, &hash).await? else {
        return Ok(Refreshed::Ended);
    };
    let session = SessionId::from_uuid(row.session_id);
    proves(session)?;
    if row.ended || !row.active || row.expires_at <= now || row.idle_expires_at <= now {
        return Ok(Refreshed::Ended);
    }
    match verdict(&row, now) {
        Verdict::Rotate => {}
        // nobody has shown the access token of the lost answer yet, so no cache knows it
        Verdict::Replace => {
            store::revoke_refresh(
                &mut tx,
                row.successor_hash.as_deref().unwrap_or_default(),
                now,
            )
            .await?
        }
        Verdict::Stolen => return end_family(state, tx, &row, origin, now).await,
    }
    let issued = rotate(state, &mut tx, &row, &hash, now).await?;
    tx.commit().await?;
    Ok(Refreshed::Renewed(issued))
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// First use.
    Rotate,
    /// The answer got lost: its tokens, unused, are replaced.
    Replace,
    /// Somebody else has a copy.
    Stolen,
}

fn verdict(row: &RefreshRow, now: DateTime<Utc>) -> Verdict {
    match row.used_at {
        _ if row.revoked_at.is_some() => Verdict::Stolen,
        None => Verdict::Rotate,
        Some(used) if row.successor_unused && now - used <= LOST_ANSWER => Verdict::Replace,
        Some(_) => Verdict::Stolen,
    }
}

async fn rotate(
    state: &AppState,
    tx: &mut SystemTx,
    row: &RefreshRow,
    hash: &Hash,
    now: DateTime<Utc>,
) -> ApiResult<Issued> {
    let grant = Grant {
        user: UserId::from_uuid(row.user_id),
        session: SessionId::from_uuid(row.session_id),
        organization: OrganizationId::from_uuid(row.organization_id),
        epoch: row.epoch,
        authenticated_at: row.authenticated_at,
        methods: &row.amr,
        remember: row.remember,
        session_expires_at: row.expires_at,
    };
    let (issued, successor) = issue(state, tx, &grant, now).await?;
    store::mark_used(tx, hash, &successor, now).await?;
    store::touch(tx, row.session_id, now, idle(state, now)).await?;
    Ok(issued)
}

/// Ends the session with every token of it, and leaves a mark in the audit.
async fn end_family(
    state: &AppState,
    mut tx: SystemTx,
    row: &RefreshRow,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<Refreshed> {
    store::end_session(&mut tx, row.session_id, "refresh_reuse", now).await?;
    if let Some(member) = store::member(&mut tx, row.organization_id, row.user_id).await? {
        tx.enter(OrganizationId::from_uuid(row.organization_id))
            .await?;
        let event = Event::new(
            "session",
            row.session_id,
            1,
            "refresh_reuse",
            json!({ "ended": true }),
        );
        let caller = member.into_caller()?;
        let closing = Closing {
            caller: &caller,
            now,
            origin,
            events: &[event],
            ids: state.ids(),
            kept: None,
        };
        closing.write(&mut tx).await?;
        let notice = Letter::SessionStolen { at: now };
        post(&mut tx, state, now, &caller.email, &notice).await?;
    }
    tx.commit().await?;
    forget_session(state, SessionId::from_uuid(row.session_id));
    tracing::warn!(target: "som::security", session = %SessionId::from_uuid(row.session_id), "a refresh token was used twice; its session was ended");
    Ok(Refreshed::Ended)
}
