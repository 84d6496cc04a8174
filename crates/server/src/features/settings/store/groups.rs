//! The SQL of customer groups.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `customer_groups`.
#[derive(Debug, Clone, FromRow)]
pub struct GroupRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`GroupRow`] from [`FROM`].
pub const COLUMNS: &str = "c.id, c.code, c.name, c.version, c.created_at, c.updated_at";

/// Where they come from.
pub const FROM: &str = "customer_groups c";

pub async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &GroupRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into customer_groups (organization_id, id, code, name, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        organization,
        row.id,
        row.code,
        row.name,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &GroupRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update customer_groups set code = $3, name = $4, version = $5, updated_at = $6
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<GroupRow>, sqlx::Error> {
    sqlx::query_as!(
        GroupRow,
        "select id, code, name, version, created_at, updated_at
           from customer_groups where organization_id = $1 and id = $2 for update",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<GroupRow>, sqlx::Error> {
    sqlx::query_as!(
        GroupRow,
        "select id, code, name, version, created_at, updated_at
           from customer_groups where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}
