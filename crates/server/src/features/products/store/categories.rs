//! The SQL of categories.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `categories` with the code of its parent.
#[derive(Debug, Clone, FromRow)]
pub(in crate::features::products) struct CategoryRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub parent_id: Option<Uuid>,
    pub parent: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`CategoryRow`] from [`FROM`].
pub(in crate::features::products) const COLUMNS: &str =
    "c.id, c.code, c.name, c.parent_id, p.code as parent, c.version, c.created_at, c.updated_at";

/// Where they come from.
pub(in crate::features::products) const FROM: &str = "categories c left join categories p on p.organization_id = c.organization_id and p.id = c.parent_id";

pub(in crate::features::products) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<CategoryRow>, sqlx::Error> {
    sqlx::query_as!(
        CategoryRow,
        r#"select c.id, c.code, c.name, c.parent_id, p.code as "parent?", c.version, c.created_at, c.updated_at
             from categories c left join categories p on p.organization_id = c.organization_id and p.id = c.parent_id
            where c.organization_id = $1 and c.id = $2"#,
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
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select 1 from categories where organization_id = $1 and id = $2 for update",
        organization,
        id
    );
    Ok(found.fetch_optional(db).await?.is_some())
}

/// Id and name by code.
pub(in crate::features::products) async fn by_code(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> Result<Option<(Uuid, String)>, sqlx::Error> {
    let row = sqlx::query!(
        "select id, name from categories where organization_id = $1 and code = $2",
        organization,
        code
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.id, row.name)))
}

/// Whether `below` is `id` itself or anywhere below it.
pub(in crate::features::products) async fn is_within(
    db: &mut PgConnection,
    organization: Uuid,
    below: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with recursive up as (
               select id, parent_id from categories where organization_id = $1 and id = $2
               union select c.id, c.parent_id from categories c join up on c.organization_id = $1 and c.id = up.parent_id)
           select exists (select from up where id = $3) as "within!""#,
        organization,
        below,
        id,
    )
    .fetch_one(db)
    .await
}

pub(in crate::features::products) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &CategoryRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into categories (organization_id, id, parent_id, code, name, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $7)",
        organization,
        row.id,
        row.parent_id,
        row.code,
        row.name,
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
    row: &CategoryRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update categories set parent_id = $3, code = $4, name = $5, version = $6, updated_at = $7 where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.parent_id,
        row.code,
        row.name,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}
