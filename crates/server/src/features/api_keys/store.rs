//! SQL of keys.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A key with its owner's name.
#[derive(Debug)]
pub(super) struct ApiKeyRow {
    pub(super) id: Uuid,
    pub(super) family_id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) user_name: String,
    pub(super) name: String,
    pub(super) hint: String,
    pub(super) scopes: Vec<String>,
    pub(super) networks: Vec<String>,
    pub(super) row_scope: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    pub(super) last_used_ip: Option<String>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    pub(super) replaced_by: Option<Uuid>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
}

/// Keys, newest first: of one person, or of all.
pub(super) async fn list(
    db: &mut PgConnection,
    organization: Uuid,
    owner: Option<Uuid>,
) -> Result<Vec<ApiKeyRow>, sqlx::Error> {
    sqlx::query_as!(
        ApiKeyRow,
        r#"select k.id, k.family_id, k.user_id, u.name as user_name, k.name, k.hint, k.scopes, k.networks, k.row_scope, k.expires_at,
                  k.last_used_at, host(k.last_used_ip) as last_used_ip, k.revoked_at, k.replaced_by, k.version, k.created_at
             from api_keys k join users u on u.id = k.user_id
            where k.organization_id = $1 and ($2::uuid is null or k.user_id = $2) order by k.created_at desc, k.id desc limit 500"#,
        organization,
        owner
    )
    .fetch_all(db)
    .await
}

/// One key, locked: of this person, or of anybody.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    owner: Option<Uuid>,
) -> Result<Option<ApiKeyRow>, sqlx::Error> {
    sqlx::query_as!(
        ApiKeyRow,
        r#"select k.id, k.family_id, k.user_id, u.name as user_name, k.name, k.hint, k.scopes, k.networks, k.row_scope, k.expires_at,
                  k.last_used_at, host(k.last_used_ip) as last_used_ip, k.revoked_at, k.replaced_by, k.version, k.created_at
             from api_keys k join users u on u.id = k.user_id
            where k.organization_id = $1 and k.id = $2 and ($3::uuid is null or k.user_id = $3) for update of k"#,
        organization,
        id,
        owner
    )
    .fetch_optional(db)
    .await
}

/// Living keys of a person.
pub(super) async fn count(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from api_keys where organization_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3"#,
        organization,
        user,
        now
    )
    .fetch_one(db)
    .await
}

/// A new key.
#[derive(Debug)]
pub(super) struct NewApiKeyRow<'a> {
    pub(super) organization: Uuid,
    pub(super) id: Uuid,
    pub(super) family: Uuid,
    pub(super) user: Uuid,
    pub(super) name: &'a str,
    pub(super) hint: &'a str,
    pub(super) hash: &'a [u8],
    pub(super) scopes: &'a [String],
    pub(super) networks: &'a [String],
    pub(super) row_scope: Option<&'a str>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// Inserts a key.
pub(super) async fn insert(
    db: &mut PgConnection,
    new: &NewApiKeyRow<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into api_keys (organization_id, id, family_id, user_id, name, hint, token_hash, scopes, networks, row_scope, expires_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        new.organization,
        new.id,
        new.family,
        new.user,
        new.name,
        new.hint,
        new.hash,
        new.scopes,
        new.networks,
        new.row_scope,
        new.expires_at,
        new.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Names the successor of a key, and its new end.
pub(super) async fn replace(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    successor: Uuid,
    ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update api_keys set replaced_by = $3, expires_at = $4, updated_at = $5, version = version + 1 where organization_id = $1 and id = $2",
        organization,
        id,
        successor,
        ends,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Revokes a key.
pub(super) async fn revoke(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update api_keys set revoked_at = $3, updated_at = $3, version = version + 1 where organization_id = $1 and id = $2",
        organization,
        id,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Revokes every key of a person.
pub(super) async fn revoke_all(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update api_keys set revoked_at = $3, updated_at = $3, version = version + 1
          where organization_id = $1 and user_id = $2 and revoked_at is null",
        organization,
        user,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A key near its end, with whom to tell.
#[derive(Debug)]
pub(super) struct EndingRow {
    pub(super) id: Uuid,
    pub(super) organization_id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) hint: String,
    pub(super) expires_at: DateTime<Utc>,
}

/// Keys that end within `days` and whose owners were not told so, locked. What was made nearer to its end than that, and what has a
/// successor, surprises nobody.
pub(super) async fn ending(
    db: &mut PgConnection,
    days: i32,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<EndingRow>, sqlx::Error> {
    sqlx::query_as!(
        EndingRow,
        "select k.id, k.organization_id, u.email, k.name, k.hint, k.expires_at
           from api_keys k
           join users u on u.id = k.user_id and u.state = 'active'
           join memberships m on m.organization_id = k.organization_id and m.user_id = k.user_id and m.state = 'active'
          where k.revoked_at is null and k.replaced_by is null and k.expires_at > $1
            and k.expires_at <= $1 + make_interval(days => $2) and k.created_at <= k.expires_at - make_interval(days => $2)
            and (k.warned_days is null or k.warned_days > $2)
          order by k.expires_at, k.id limit $3 for update of k skip locked",
        now,
        days,
        limit
    )
    .fetch_all(db)
    .await
}

/// Notes that owners were told.
pub(super) async fn warned(
    db: &mut PgConnection,
    organizations: &[Uuid],
    ids: &[Uuid],
    days: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update api_keys k set warned_days = $3
           from unnest($1::uuid[], $2::uuid[]) as told (organization_id, id)
          where k.organization_id = told.organization_id and k.id = told.id",
        organizations,
        ids,
        days
    )
    .execute(db)
    .await?;
    Ok(())
}
