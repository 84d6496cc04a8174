//! The SQL of units of measure.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `units`.
#[derive(Debug, Clone, FromRow)]
pub(in crate::features::products) struct UnitRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub step: Decimal,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`UnitRow`] from [`FROM`].
pub(in crate::features::products) const COLUMNS: &str =
    "u.id, u.code, u.name, u.step, u.version, u.created_at, u.updated_at";

/// Where they come from.
pub(in crate::features::products) const FROM: &str = "units u";

pub(in crate::features::products) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<UnitRow>, sqlx::Error> {
    sqlx::query_as!(
        UnitRow,
        "select id, code, name, step, version, created_at, updated_at from units where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(in crate::features::products) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<UnitRow>, sqlx::Error> {
    sqlx::query_as!(
        UnitRow,
        "select id, code, name, step, version, created_at, updated_at from units where organization_id = $1 and id = $2 for update",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

/// The units with these codes.
pub(in crate::features::products) async fn by_codes(
    db: &mut PgConnection,
    organization: Uuid,
    codes: &[String],
) -> Result<Vec<UnitRow>, sqlx::Error> {
    sqlx::query_as!(
        UnitRow,
        "select id, code, name, step, version, created_at, updated_at from units where organization_id = $1 and code = any($2)",
        organization,
        codes,
    )
    .fetch_all(db)
    .await
}

pub(in crate::features::products) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &UnitRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into units (organization_id, id, code, name, step, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $7)",
        organization,
        row.id,
        row.code,
        row.name,
        row.step,
        row.version,
        row.created_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(in crate::features::products) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &UnitRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update units set code = $3, name = $4, step = $5, version = $6, updated_at = $7 where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.step,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}
