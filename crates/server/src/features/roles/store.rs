//! SQL of roles.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

/// A role of the organization's own.
#[derive(Debug, Clone)]
pub(super) struct RoleRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) base: String,
    pub(super) permissions: Vec<String>,
    pub(super) row_scope: String,
    pub(super) discount_limit: Option<Decimal>,
    pub(super) approval_limit: Option<Decimal>,
    pub(super) members: i64,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// The organization's own roles by name.
pub(super) async fn list(
    db: &mut PgConnection,
    organization: Uuid,
    limit: i64,
) -> Result<Vec<RoleRow>, sqlx::Error> {
    sqlx::query_as!(
        RoleRow,
        r#"select r.id, r.name, r.base, r.permissions, r.row_scope, r.discount_limit, r.approval_limit,
                  (select count(*) from memberships m where m.organization_id = $1 and m.role_id = r.id) as "members!",
                  r.version, r.created_at, r.updated_at
             from roles r where r.organization_id = $1 order by lower(r.name), r.id limit $2"#,
        organization,
        limit,
    )
    .fetch_all(db)
    .await
}

/// How many members have each built-in role.
pub(super) async fn built_in_members(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select role, count(*) as "members!" from memberships where organization_id = $1 and role_id is null group by role"#,
        organization
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.role, row.members))
        .collect())
}

/// One role.
pub(super) async fn get(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<RoleRow>, sqlx::Error> {
    sqlx::query_as!(
        RoleRow,
        r#"select r.id, r.name, r.base, r.permissions, r.row_scope, r.discount_limit, r.approval_limit,
                  (select count(*) from memberships m where m.organization_id = $1 and m.role_id = r.id) as "members!",
                  r.version, r.created_at, r.updated_at
             from roles r where r.organization_id = $1 and r.id = $2"#,
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

/// Locks a role until the transaction ends.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select id from roles where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(db)
    .await
    .map(|_| ())
}

/// Writes a role, new or changed.
pub(super) async fn put(
    db: &mut PgConnection,
    organization: Uuid,
    row: &RoleRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into roles (organization_id, id, name, base, permissions, row_scope, discount_limit, approval_limit, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (organization_id, id) do update set name = excluded.name, permissions = excluded.permissions, row_scope = excluded.row_scope,
            discount_limit = excluded.discount_limit, approval_limit = excluded.approval_limit, version = excluded.version,
            updated_at = excluded.updated_at",
        organization,
        row.id,
        row.name,
        row.base,
        &row.permissions,
        row.row_scope,
        row.discount_limit,
        row.approval_limit,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Removes a role nobody has.
pub(super) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from roles where organization_id = $1 and id = $2",
        organization,
        id
    )
    .execute(db)
    .await
    .map(|_| ())
}
