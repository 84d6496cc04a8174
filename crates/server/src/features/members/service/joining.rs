//! How a person becomes a member: by set-up, seeds and the command line, or by an invitation.

use chrono::{DateTime, Utc};
use som_domain::ids::{MembershipId, OrganizationId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::store::{self, NewMembership};
use crate::features::api_keys;
use crate::http::{ApiError, ApiResult, Problem, on_constraint};
use crate::ids::Ids;
use crate::permission::Role;

/// A person to be let into an organization.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Sign-in address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// PHC text of the password.
    pub password_hash: &'a str,
    /// Role.
    pub role: Role,
}

/// Makes an account and its membership, for set-up, seeds and the command line. An account that exists keeps its name and password.
pub async fn insert_member(
    db: &mut PgConnection,
    ids: &Ids,
    organization: OrganizationId,
    person: &Person<'_>,
    now: DateTime<Utc>,
) -> ApiResult<UserId> {
    let user = match store::user_by_email(db, person.email).await? {
        Some(user) => user,
        None => {
            let user = ids.next(now);
            store::insert_user(
                db,
                user,
                person.email,
                person.name,
                person.password_hash,
                now,
            )
            .await?;
            user
        }
    };
    let new = NewMembership {
        organization: organization.uuid(),
        id: ids.next(now),
        user,
        role: person.role.as_str(),
        role_id: None,
        row_scope: None,
        team: None,
        now,
    };
    store::insert_membership(db, &new)
        .await
        .map_err(already_member)?;
    Ok(UserId::from_uuid(user))
}

/// A new account.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Sign-in address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// PHC text of the password.
    pub password_hash: &'a str,
}

/// Makes an account that works nowhere yet. Errors: see [`taken`].
pub async fn insert_account(
    db: &mut PgConnection,
    ids: &Ids,
    account: &Account<'_>,
    now: DateTime<Utc>,
) -> Result<UserId, sqlx::Error> {
    let user = ids.next(now);
    let (email, name) = (account.email, account.name);
    store::insert_user(db, user, email, name, account.password_hash, now).await?;
    Ok(UserId::from_uuid(user))
}

/// What a person becomes in an organization.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// Where.
    pub organization: Uuid,
    /// Who.
    pub user: Uuid,
    /// The built-in role, or the one that the organization's own was made from.
    pub role: &'a str,
    /// The organization's own role.
    pub role_id: Option<Uuid>,
    /// `own`, `team` or `organization`, when it is not the role's own.
    pub row_scope: Option<&'a str>,
    /// Team.
    pub team: Option<Uuid>,
}

/// Makes a person a member, for the first time or again after they left; the membership with its version. `None`: is one already.
pub async fn join(
    db: &mut PgConnection,
    ids: &Ids,
    joining: &Joining<'_>,
    now: DateTime<Utc>,
) -> ApiResult<Option<(MembershipId, i32)>> {
    let new = NewMembership {
        organization: joining.organization,
        id: ids.next(now),
        user: joining.user,
        role: joining.role,
        role_id: joining.role_id,
        row_scope: joining.row_scope,
        team: joining.team,
        now,
    };
    let joined = store::join(db, &new).await?;
    Ok(joined.map(|(id, version)| (MembershipId::from_uuid(id), version)))
}

/// Ends a membership with its sessions and API keys; the membership with its version. `None`: there is none. Errors: 409 `last_owner`.
pub async fn depart(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> ApiResult<Option<(MembershipId, i32)>> {
    let Some(id) = store::membership(db, organization, user).await? else {
        return Ok(None);
    };
    store::lock(db, organization, id).await?;
    if store::is_owner(db, organization, id).await?
        && store::other_owners(db, organization, id).await? == 0
    {
        return Err(Problem::conflict(
            "last_owner",
            "You are the only owner of an organization. Make someone else an owner there first.",
        )
        .into());
    }
    let version = store::leave(db, organization, id, now).await?;
    store::end_sessions(db, organization, user, "left", now).await?;
    api_keys::service::revoke_all(db, organization, user, now).await?;
    Ok(version.map(|version| (MembershipId::from_uuid(id), version)))
}

/// What a unique address says about a new account.
pub fn taken(error: sqlx::Error, problem: fn() -> Problem) -> ApiError {
    on_constraint(error, "users_email_key", problem)
}

fn already_member(error: sqlx::Error) -> ApiError {
    on_constraint(error, "memberships_organization_id_user_id_key", || {
        Problem::conflict("already_member", "This person is a member already.")
    })
}
