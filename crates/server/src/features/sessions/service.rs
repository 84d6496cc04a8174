//! A person's own sessions.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::SessionId;

use super::store;
use super::view::SessionView;
use crate::app::AppState;
use crate::caller::Caller;
use crate::db::SystemScope;
use crate::features::auth;
use crate::http::{ApiResult, Origin, Problem};

/// The living sessions, newest first.
pub(super) async fn list(
    state: &AppState,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Vec<SessionView>> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let rows = store::list(&mut tx, caller.user_id.uuid(), now).await?;
    Ok(rows
        .into_iter()
        .map(|row| SessionView::new(row, caller.session_id))
        .collect())
}

/// Ends one session of the caller; another person's is not found.
pub(super) async fn revoke(
    state: &AppState,
    caller: &Caller,
    id: SessionId,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    if end(state, caller, Some(id), None, origin, now).await? == 0 {
        return Err(Problem::not_found("session").into());
    }
    Ok(())
}

/// Ends every session of the caller but the one in use.
pub(super) async fn revoke_others(
    state: &AppState,
    caller: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    end(state, caller, None, caller.session_id, origin, now).await?;
    Ok(())
}

async fn end(
    state: &AppState,
    caller: &Caller,
    only: Option<SessionId>,
    but: Option<SessionId>,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<usize> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    let ended = store::end(
        &mut tx,
        caller.user_id.uuid(),
        only.map(SessionId::uuid),
        but.map(SessionId::uuid),
        now,
    )
    .await?;
    if !ended.is_empty() {
        let deed = auth::service::Deed {
            action: "sessions_ended",
            facts: json!({ "sessions": ended.len() }),
            origin,
            now,
        };
        auth::service::audit(state, &mut tx, caller.user_id.uuid(), &deed).await?;
    }
    tx.commit().await?;
    for id in &ended {
        auth::service::forget_session(state, SessionId::from_uuid(*id));
    }
    Ok(ended.len())
}
