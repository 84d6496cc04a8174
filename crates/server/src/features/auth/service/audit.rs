//! What happens to a person's account concerns every organization the person works for.

use chrono::{DateTime, Utc};
use serde_json::Value;
use som_domain::ids::OrganizationId;
use uuid::Uuid;

use super::super::store;
use super::caller_in;
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Event;
use crate::db::SystemTx;
use crate::db::record::Closing;
use crate::http::{ApiResult, Origin};

/// Something that happened to an account.
#[derive(Debug)]
pub struct Deed {
    /// `password_changed`, …
    pub action: &'static str,
    /// What else is to be known.
    pub facts: Value,
    /// The request.
    pub origin: Origin,
    /// When.
    pub now: DateTime<Utc>,
}

/// Leaves a mark in the audit of every organization the person works for, in the person's own name.
pub async fn audit(state: &AppState, tx: &mut SystemTx, user: Uuid, deed: &Deed) -> ApiResult<()> {
    mark(state, tx, user, deed, |person| person).await
}

/// The same for what somebody did at the server itself.
pub async fn audit_by_system(
    state: &AppState,
    tx: &mut SystemTx,
    user: Uuid,
    deed: &Deed,
) -> ApiResult<()> {
    mark(state, tx, user, deed, |person| {
        Caller::system(person.organization)
    })
    .await
}

async fn mark(
    state: &AppState,
    tx: &mut SystemTx,
    user: Uuid,
    deed: &Deed,
    actor: fn(Caller) -> Caller,
) -> ApiResult<()> {
    for organization in store::organizations_of(tx, user).await? {
        let Some(person) = caller_in(tx, organization, user).await? else {
            continue;
        };
        tx.enter(OrganizationId::from_uuid(organization)).await?;
        let event = Event {
            version: None,
            ..Event::new("user", user, 1, deed.action, deed.facts.clone())
        };
        let closing = Closing {
            caller: &actor(person),
            now: deed.now,
            origin: deed.origin,
            events: &[event],
            ids: state.ids(),
            kept: None,
        };
        closing.write(tx).await?;
    }
    Ok(())
}
