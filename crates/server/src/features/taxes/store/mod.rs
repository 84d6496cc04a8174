//! The SQL of taxes and tax classes.

pub(super) mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `taxes`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct TaxRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub rate: Decimal,
    pub compound: bool,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub status: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`TaxRow`] from [`TAX_FROM`].
pub(super) const TAX_COLUMNS: &str = "t.id, t.code, t.name, t.rate, t.compound, t.valid_from, t.valid_to, t.status, t.version, t.created_at, t.updated_at";

/// Where they come from.
pub(super) const TAX_FROM: &str = "taxes t";

/// A row of `tax_classes`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct ClassRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub is_default: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`ClassRow`] from [`CLASS_FROM`].
pub(super) const CLASS_COLUMNS: &str =
    "c.id, c.code, c.name, c.is_default, c.version, c.created_at, c.updated_at";

/// Where they come from.
pub(super) const CLASS_FROM: &str = "tax_classes c";

pub(super) async fn insert_tax(
    db: &mut PgConnection,
    organization: Uuid,
    row: &TaxRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into taxes (organization_id, id, code, name, rate, compound, valid_from, valid_to, status, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        organization,
        row.id,
        row.code,
        row.name,
        row.rate,
        row.compound,
        row.valid_from,
        row.valid_to,
        row.status,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn update_tax(
    db: &mut PgConnection,
    organization: Uuid,
    row: &TaxRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update taxes set code = $3, name = $4, rate = $5, compound = $6, valid_from = $7, valid_to = $8, status = $9, version = $10, updated_at = $11
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.rate,
        row.compound,
        row.valid_from,
        row.valid_to,
        row.status,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn tax(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    lock: bool,
) -> Result<Option<TaxRow>, sqlx::Error> {
    let row = sqlx::query_as!(
        TaxRow,
        "select id, code, name, rate, compound, valid_from, valid_to, status, version, created_at, updated_at
           from taxes where organization_id = $1 and id = $2",
        organization,
        id,
    );
    let locked = sqlx::query_as!(
        TaxRow,
        "select id, code, name, rate, compound, valid_from, valid_to, status, version, created_at, updated_at
           from taxes where organization_id = $1 and id = $2 for update",
        organization,
        id,
    );
    if lock {
        locked.fetch_optional(db).await
    } else {
        row.fetch_optional(db).await
    }
}

/// Ids of the taxes with these codes.
pub(super) async fn tax_ids(
    db: &mut PgConnection,
    organization: Uuid,
    codes: &[String],
) -> Result<Vec<(String, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select code, id from taxes where organization_id = $1 and code = any($2)",
        organization,
        codes
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
}

pub(super) async fn insert_class(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ClassRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into tax_classes (organization_id, id, code, name, is_default, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        organization,
        row.id,
        row.code,
        row.name,
        row.is_default,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn update_class(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ClassRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tax_classes set code = $3, name = $4, is_default = $5, version = $6, updated_at = $7 where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.is_default,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Takes the default from the class that has it.
pub(super) async fn clear_default_class(
    db: &mut PgConnection,
    organization: Uuid,
    keep: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tax_classes set is_default = false, version = version + 1 where organization_id = $1 and is_default and id <> $2",
        organization,
        keep,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn class(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    lock: bool,
) -> Result<Option<ClassRow>, sqlx::Error> {
    let row = sqlx::query_as!(
        ClassRow,
        "select id, code, name, is_default, version, created_at, updated_at from tax_classes where organization_id = $1 and id = $2",
        organization,
        id,
    );
    let locked = sqlx::query_as!(
        ClassRow,
        "select id, code, name, is_default, version, created_at, updated_at from tax_classes where organization_id = $1 and id = $2 for update",
        organization,
        id,
    );
    if lock {
        locked.fetch_optional(db).await
    } else {
        row.fetch_optional(db).await
    }
}

pub(super) async fn class_id(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from tax_classes where organization_id = $1 and code = $2",
        organization,
        code
    )
    .fetch_optional(db)
    .await
}
