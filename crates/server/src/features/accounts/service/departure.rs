//! Leaving: an organization, or everything.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::OrganizationId;
use uuid::Uuid;

use super::super::store;
use super::audit;
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Event;
use crate::db::record::Closing;
use crate::db::{SystemScope, SystemTx};
use crate::features::{auth, members, second_factors};
use crate::http::{ApiResult, Origin};
use crate::mail::{Letter, post};

/// Leaves the organization of the session: its sessions and API keys of the person end at once. Errors: 403 `reauth_required`, 409
/// `last_owner`.
pub(in super::super) async fn leave(
    state: &AppState,
    caller: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    auth::service::require_recent(caller, now)?;
    let mut tx = state.db().system(SystemScope::Identity).await?;
    depart(state, &mut tx, caller, origin, now).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

/// Deletes the caller's account: it leaves every organization, its sign-ins end, and what is known of the person is erased. What the
/// person did stays, by somebody who is called a former member from now on. Errors: 403 `reauth_required`, `own_proof_required`, 409 `last_owner`.
pub(in super::super) async fn delete(
    state: &AppState,
    caller: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    auth::service::require_own(caller, now)?;
    let user = caller.user_id.uuid();
    let mut tx = state.db().system(SystemScope::Identity).await?;
    store::lock_person(&mut tx, user).await?;
    audit(state, &mut tx, user, "account_deleted", origin, now).await?;
    for organization in store::organizations_of(&mut tx, user).await? {
        let there = auth::service::caller_in(&mut tx, organization, user).await?;
        match there {
            Some(there) => depart(state, &mut tx, &there, origin, now).await?,
            None => forget(&mut tx, organization, user, now).await?,
        }
    }
    post(&mut tx, state, now, &caller.email, &Letter::AccountDeleted).await?;
    auth::service::end_sessions(&mut tx, user, None, "account_deleted", now).await?;
    second_factors::service::remove_all(&mut tx, user, now).await?;
    store::erase(&mut tx, user, &caller.email, now).await?;
    tx.commit().await?;
    state.auth().forget_callers();
    Ok(())
}

async fn depart(
    state: &AppState,
    tx: &mut SystemTx,
    person: &Caller,
    origin: Origin,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let organization: OrganizationId = person.organization.id;
    let user = person.user_id.uuid();
    let left = members::service::depart(tx, organization.uuid(), user, now).await?;
    let Some((member, version)) = left else {
        return Ok(());
    };
    tx.enter(organization).await?;
    let facts = json!({ "role": { "from": person.role_name(), "to": null } });
    let closing = Closing {
        caller: person,
        now,
        origin,
        events: &[Event::new("member", member.uuid(), version, "left", facts)],
        ids: state.ids(),
        kept: None,
    };
    closing.write(tx).await?;
    Ok(())
}

/// A membership that was suspended: there is nobody to leave it.
async fn forget(
    tx: &mut SystemTx,
    organization: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    members::service::depart(tx, organization, user, now).await?;
    Ok(())
}
