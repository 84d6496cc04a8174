//! SQL of members and teams.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Members listed at most: a bound on memory, far above any company.
const LISTED_MAX: i64 = 5_000;

/// A member.
#[derive(Debug)]
pub(super) struct MemberRow {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) role_id: Option<Uuid>,
    pub(super) role_name: Option<String>,
    pub(super) role_scope: Option<String>,
    pub(super) role_permissions: Option<Vec<String>>,
    pub(super) row_scope: Option<String>,
    pub(super) team_id: Option<Uuid>,
    pub(super) state: String,
    pub(super) second_factor_since: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Members by name.
pub(super) async fn list(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<MemberRow>, sqlx::Error> {
    sqlx::query_as!(
        MemberRow,
        r#"select m.id, m.user_id, u.name, u.email, m.role, m.role_id, r.name as "role_name?", r.row_scope as "role_scope?",
                  r.permissions as "role_permissions?", m.row_scope, m.team_id, m.state, u.second_factor_since, m.version, m.created_at, m.updated_at
             from memberships m join users u on u.id = m.user_id
             left join roles r on r.organization_id = m.organization_id and r.id = m.role_id where m.organization_id = $1 and m.state <> 'left' order by lower(u.name), m.id limit $2"#,
        organization,
        LISTED_MAX
    )
    .fetch_all(db)
    .await
}

/// One member.
pub(super) async fn get(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<MemberRow>, sqlx::Error> {
    sqlx::query_as!(
        MemberRow,
        r#"select m.id, m.user_id, u.name, u.email, m.role, m.role_id, r.name as "role_name?", r.row_scope as "role_scope?",
                  r.permissions as "role_permissions?", m.row_scope, m.team_id, m.state, u.second_factor_since, m.version, m.created_at, m.updated_at
             from memberships m join users u on u.id = m.user_id
             left join roles r on r.organization_id = m.organization_id and r.id = m.role_id where m.organization_id = $1 and m.id = $2"#,
        organization,
        id
    )
    .fetch_optional(db)
    .await
}

/// Locks every membership of the organization's owners and the one that changes, so that two changes cannot both leave the other as the last owner.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from memberships where organization_id = $1 and (role = 'owner' or id = $2) order by id for update", organization, id)
        .fetch_all(db)
        .await?;
    Ok(())
}

/// Active owners beside one member.
pub(super) async fn other_owners(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from memberships where organization_id = $1 and role = 'owner' and state = 'active' and id <> $2"#,
        organization,
        id
    )
    .fetch_one(db)
    .await
}

/// The membership of a person, unless it was left.
pub(super) async fn membership(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from memberships where organization_id = $1 and user_id = $2 and state <> 'left'",
        organization,
        user
    )
    .fetch_optional(db)
    .await
}

/// Whether a membership is an active owner's.
pub(super) async fn is_owner(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select role = 'owner' and state = 'active' as "is!" from memberships where organization_id = $1 and id = $2"#,
        organization,
        id
    )
    .fetch_one(db)
    .await
}

/// Notes that a membership was left; its new version, unless it was left before.
pub(super) async fn leave(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "update memberships set state = 'left', updated_at = $3, version = version + 1
          where organization_id = $1 and id = $2 and state <> 'left' returning version",
        organization,
        id,
        now
    )
    .fetch_optional(db)
    .await
}

/// Notes that something was done for a member; the new version.
pub(super) async fn touch(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        "update memberships set updated_at = $3, version = version + 1 where organization_id = $1 and id = $2 returning version",
        organization,
        id,
        now
    )
    .fetch_one(db)
    .await
}

/// Whether a person belongs to another organization, too. In the identity scope.
pub(super) async fn works_elsewhere(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from memberships where organization_id <> $1 and user_id = $2 and state <> 'left') as "does!""#,
        organization,
        user
    )
    .fetch_one(db)
    .await
}

/// What may change of a membership.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) role: &'a str,
    pub(super) role_id: Option<Uuid>,
    pub(super) row_scope: Option<&'a str>,
    pub(super) team: Option<Uuid>,
    pub(super) state: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Writes a changed membership; returns its new version.
pub(super) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    change: &Change<'_>,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        "update memberships set role = $3, row_scope = $4, team_id = $5, state = $6, updated_at = $7, role_id = $8, version = version + 1
          where organization_id = $1 and id = $2 returning version",
        organization,
        id,
        change.role,
        change.row_scope,
        change.team,
        change.state,
        change.now,
        change.role_id
    )
    .fetch_one(db)
    .await
}

/// Ends every session of a person in one organization, and every sign-in that waits there; how many sessions.
pub(super) async fn end_sessions(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    sqlx::query!(
        "delete from sign_in_challenges where organization_id = $1 and user_id = $2",
        organization,
        user
    )
    .execute(&mut *db)
    .await?;
    let done = sqlx::query!(
        "update sessions set ended_at = $3, end_reason = $4 where organization_id = $1 and user_id = $2 and ended_at is null",
        organization,
        user,
        now,
        reason
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// The account of an address, if there is one.
pub(super) async fn user_by_email(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select id from users where lower(email) = lower($1)", email)
        .fetch_optional(db)
        .await
}

/// Inserts an account.
pub(super) async fn insert_user(
    db: &mut PgConnection,
    id: Uuid,
    email: &str,
    name: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into users (id, email, name, password_hash, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)",
        id,
        email,
        name,
        password_hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts an account without a password, whose address somebody else checked; `None` when the address has one.
pub(super) async fn insert_vouched_user(
    db: &mut PgConnection,
    id: Uuid,
    email: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into users (id, email, name, email_verified_at, created_at, updated_at) values ($1, $2, $3, $4, $4, $4)
         on conflict (lower(email)) do nothing returning id",
        id,
        email,
        name,
        now
    )
    .fetch_optional(db)
    .await
}

/// A new membership.
#[derive(Debug)]
pub(super) struct NewMembership<'a> {
    pub(super) organization: Uuid,
    pub(super) id: Uuid,
    pub(super) user: Uuid,
    pub(super) role: &'a str,
    pub(super) role_id: Option<Uuid>,
    pub(super) row_scope: Option<&'a str>,
    pub(super) team: Option<Uuid>,
    pub(super) now: DateTime<Utc>,
}

/// Inserts a membership.
pub(super) async fn insert_membership(
    db: &mut PgConnection,
    new: &NewMembership<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into memberships (organization_id, id, user_id, role, row_scope, team_id, created_at, updated_at, role_id) values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        new.organization,
        new.id,
        new.user,
        new.role,
        new.row_scope,
        new.team,
        new.now,
        new.role_id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts a membership, or revives that of somebody who left; `None` when it is there and was not left.
pub(super) async fn join(
    db: &mut PgConnection,
    new: &NewMembership<'_>,
) -> Result<Option<(Uuid, i32)>, sqlx::Error> {
    let row = sqlx::query!(
        "insert into memberships (organization_id, id, user_id, role, row_scope, team_id, created_at, updated_at, role_id) values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         on conflict (organization_id, user_id) do update
            set role = excluded.role, row_scope = excluded.row_scope, team_id = excluded.team_id, role_id = excluded.role_id,
                state = 'active', updated_at = excluded.updated_at, version = memberships.version + 1
          where memberships.state = 'left'
         returning id, version",
        new.organization,
        new.id,
        new.user,
        new.role,
        new.row_scope,
        new.team,
        new.now,
        new.role_id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.id, row.version)))
}

/// A team.
#[derive(Debug)]
pub(super) struct TeamRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Teams by name.
pub(super) async fn teams(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<TeamRow>, sqlx::Error> {
    sqlx::query_as!(
        TeamRow,
        "select id, name, version, created_at, updated_at from teams where organization_id = $1 order by lower(name), id limit $2",
        organization,
        LISTED_MAX
    )
    .fetch_all(db)
    .await
}

/// Inserts a team.
pub(super) async fn insert_team(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    name: &str,
    now: DateTime<Utc>,
) -> Result<TeamRow, sqlx::Error> {
    sqlx::query_as!(
        TeamRow,
        "insert into teams (organization_id, id, name, created_at, updated_at) values ($1, $2, $3, $4, $4)
         returning id, name, version, created_at, updated_at",
        organization,
        id,
        name,
        now
    )
    .fetch_one(db)
    .await
}
