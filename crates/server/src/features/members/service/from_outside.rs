//! Members by another server's word: an identity provider lets a person in, or gives another role. Nobody becomes, or stops being, an owner by it.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::Email;
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::store::{self, Change, NewMembership};
use crate::ctx::Event;
use crate::http::ApiResult;
use crate::ids::Ids;
use crate::permission::Role;

/// A role that was given from outside.
#[derive(Debug, Clone, Copy)]
pub struct FromOutside<'a> {
    /// Built-in role, or the one the organization's own was made from.
    pub role: &'a str,
    /// The organization's own role.
    pub role_id: Option<Uuid>,
}

/// Makes an account without a password and its membership; `None` when the address has an account.
pub async fn admit_from_outside(
    db: &mut PgConnection,
    ids: &Ids,
    organization: OrganizationId,
    email: &Email,
    name: &str,
    given: &FromOutside<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Option<(Uuid, Event)>> {
    let (user, id) = (ids.next(now), ids.next(now));
    let made = store::insert_vouched_user(db, user, email.as_str(), name, now).await?;
    if made.is_none() {
        return Ok(None);
    }
    let new = NewMembership {
        organization: organization.uuid(),
        id,
        user,
        role: given.role,
        role_id: given.role_id,
        row_scope: None,
        team: None,
        now,
    };
    store::insert_membership(db, &new).await?;
    let role = role_name(db, organization.uuid(), id).await?;
    let facts = json!({ "role": { "from": null, "to": role } });
    Ok(Some((user, Event::new("member", id, 1, "created", facts))))
}

/// Gives an active member another role; `None` when nothing changes.
pub async fn place_from_outside(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    given: &FromOutside<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Option<Event>> {
    let Some(id) = store::membership(db, organization, user).await? else {
        return Ok(None);
    };
    store::lock(db, organization, id).await?;
    let Some(before) = store::get(db, organization, id).await? else {
        return Ok(None);
    };
    let same = before.role == given.role && before.role_id == given.role_id;
    if same || before.state != "active" || before.role == Role::Owner.as_str() {
        return Ok(None);
    }
    let change = Change {
        role: given.role,
        role_id: given.role_id,
        row_scope: before.row_scope.as_deref(),
        team: before.team_id,
        state: &before.state,
        now,
    };
    let version = store::update(db, organization, id, &change).await?;
    let from = before.role_name.unwrap_or(before.role);
    let to = role_name(db, organization, id).await?;
    let facts = json!({ "role": { "from": from, "to": to } });
    Ok(Some(Event::new("member", id, version, "updated", facts)))
}

async fn role_name(db: &mut PgConnection, organization: Uuid, id: Uuid) -> ApiResult<String> {
    let row = store::get(db, organization, id).await?;
    Ok(row
        .map(|row| row.role_name.unwrap_or(row.role))
        .unwrap_or_default())
}
