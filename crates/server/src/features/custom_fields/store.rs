//! The SQL of custom field definitions.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `custom_fields`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct FieldRow {
    pub id: Uuid,
    pub entity: String,
    pub key: String,
    pub label: String,
    pub kind: String,
    pub choices: Vec<String>,
    pub required: bool,
    pub secret: bool,
    pub position: i32,
    pub archived_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`FieldRow`] from [`FROM`].
pub(super) const COLUMNS: &str = "f.id, f.entity, f.key, f.label, f.kind, f.choices, f.required, f.secret, f.position, f.archived_at, f.version, f.created_at, f.updated_at";

/// Where they come from.
pub(super) const FROM: &str = "custom_fields f";

pub(super) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &FieldRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into custom_fields (organization_id, id, entity, key, label, kind, choices, required, secret, position, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        organization,
        row.id,
        row.entity,
        row.key,
        row.label,
        row.kind,
        &row.choices,
        row.required,
        row.secret,
        row.position,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &FieldRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update custom_fields set label = $3, choices = $4, required = $5, position = $6, archived_at = $7, version = $8, updated_at = $9
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.label,
        &row.choices,
        row.required,
        row.position,
        row.archived_at,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<FieldRow>, sqlx::Error> {
    sqlx::query_as!(
        FieldRow,
        "select id, entity, key, label, kind, choices, required, secret, position, archived_at, version, created_at, updated_at
           from custom_fields where organization_id = $1 and id = $2 for update",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<FieldRow>, sqlx::Error> {
    sqlx::query_as!(
        FieldRow,
        "select id, entity, key, label, kind, choices, required, secret, position, archived_at, version, created_at, updated_at
           from custom_fields where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

/// The definitions in use, in their order.
pub(super) async fn in_use(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
) -> Result<Vec<FieldRow>, sqlx::Error> {
    sqlx::query_as!(
        FieldRow,
        "select id, entity, key, label, kind, choices, required, secret, position, archived_at, version, created_at, updated_at
           from custom_fields where organization_id = $1 and entity = $2 and archived_at is null order by position, key",
        organization,
        entity,
    )
    .fetch_all(db)
    .await
}

/// How many definitions an entity has, archived ones too.
pub(super) async fn count(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from custom_fields where organization_id = $1 and entity = $2"#, organization, entity)
        .fetch_one(db)
        .await
}
