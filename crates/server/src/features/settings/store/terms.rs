//! The SQL of payment terms.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `payment_terms`.
#[derive(Debug, Clone, FromRow)]
pub struct TermRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub due_days: i32,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`TermRow`] from [`FROM`].
pub const COLUMNS: &str = "t.id, t.code, t.name, t.due_days, t.version, t.created_at, t.updated_at";

/// Where they come from.
pub const FROM: &str = "payment_terms t";

pub async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &TermRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into payment_terms (organization_id, id, code, name, due_days, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        organization,
        row.id,
        row.code,
        row.name,
        row.due_days,
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
    row: &TermRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update payment_terms set code = $3, name = $4, version = $5, updated_at = $6, due_days = $7
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.version,
        row.updated_at,
        row.due_days,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<TermRow>, sqlx::Error> {
    sqlx::query_as!(
        TermRow,
        "select id, code, name, due_days, version, created_at, updated_at
           from payment_terms where organization_id = $1 and id = $2 for update",
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
) -> Result<Option<TermRow>, sqlx::Error> {
    sqlx::query_as!(
        TermRow,
        "select id, code, name, due_days, version, created_at, updated_at
           from payment_terms where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}
