//! Sign-out: works with whatever is left of a session, and always ends with an empty browser.

use ::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::SessionId;

use super::super::store;
use super::{caller_in, forget_session};
use crate::app::AppState;
use crate::ctx::Event;
use crate::db::SystemScope;
use crate::db::record::Closing;
use crate::http::{ApiResult, Origin, Problem};
use crate::security::{cookies, random};

/// Ends the session of the request's cookies, if there is one. `proves` as in [`super::refresh`].
pub async fn sign_out(
    state: &AppState,
    headers: &HeaderMap,
    proves: impl Fn(SessionId) -> Result<(), Problem>,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut tx = state.db().system(SystemScope::Identity).await?;
    // an access token that has run out still says which session it was
    let session = match (
        state.auth().token(headers),
        state.auth().cookies().read(headers, cookies::REFRESH),
    ) {
        (Some(token), _) => Some(token.claims.session),
        (None, Some(refresh)) => store::session_of_refresh(&mut tx, &random::hash(&refresh))
            .await?
            .map(SessionId::from_uuid),
        (None, None) => None,
    };
    let Some(session) = session else {
        return Ok(());
    };
    proves(session)?;
    let whose = store::whose_session(&mut tx, session.uuid()).await?;
    store::end_session(&mut tx, session.uuid(), "signed_out", now).await?;
    if let Some((organization, user)) = whose
        && let Some(person) = caller_in(&mut tx, organization, user).await?
    {
        tx.enter(person.organization.id).await?;
        let ended = Event::new("session", session.uuid(), 1, "ended", json!({}));
        let closing = Closing {
            caller: &person,
            now,
            origin,
            events: &[ended],
            ids: state.ids(),
            kept: None,
        };
        closing.write(&mut tx).await?;
    }
    tx.commit().await?;
    forget_session(state, session);
    Ok(())
}
