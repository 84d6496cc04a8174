//! The SQL of price lists.

pub(super) mod candidates;
pub(super) mod prices;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `price_lists`.
#[derive(Debug, Clone, FromRow)]
pub(super) struct ListRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub currency: String,
    pub includes_tax: bool,
    pub scope: String,
    pub customer_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    pub priority: i32,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub status: String,
    pub external_refs: Json<BTreeMap<String, String>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`ListRow`] from [`LIST_FROM`].
pub(super) const LIST_COLUMNS: &str = "l.id, l.code, l.name, l.currency, l.includes_tax, l.scope, l.customer_id, l.group_id, l.priority, l.valid_from, l.valid_to, \
     l.status, coalesce((select jsonb_object_agg(x.source, x.ref) from external_refs x \
     where x.organization_id = l.organization_id and x.entity = 'price_list' and x.entity_id = l.id), '{}') as external_refs, \
     l.version, l.created_at, l.updated_at";

/// Where they come from.
pub(super) const LIST_FROM: &str = "price_lists l";

pub(super) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<ListRow>, sqlx::Error> {
    sqlx::query_as!(
        ListRow,
        r#"select l.id, l.code, l.name, l.currency, l.includes_tax, l.scope, l.customer_id, l.group_id, l.priority, l.valid_from, l.valid_to, l.status,
                  coalesce((select jsonb_object_agg(r.source, r.ref) from external_refs r
                     where r.organization_id = l.organization_id and r.entity = 'price_list' and r.entity_id = l.id), '{}') as "external_refs!: Json<BTreeMap<String, String>>",
                  l.version, l.created_at, l.updated_at
             from price_lists l where l.organization_id = $1 and l.id = $2"#,
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select 1 from price_lists where organization_id = $1 and id = $2 for update",
        organization,
        id
    );
    Ok(found.fetch_optional(db).await?.is_some())
}

pub(super) async fn id_of(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from price_lists where organization_id = $1 and code = $2",
        organization,
        code
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ListRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into price_lists (organization_id, id, code, name, currency, includes_tax, scope, customer_id, group_id, priority, valid_from, valid_to,
                status, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        organization,
        row.id,
        row.code,
        row.name,
        row.currency,
        row.includes_tax,
        row.scope,
        row.customer_id,
        row.group_id,
        row.priority,
        row.valid_from,
        row.valid_to,
        row.status,
        row.version,
        row.created_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ListRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update price_lists set code = $3, name = $4, includes_tax = $5, priority = $6, valid_from = $7, valid_to = $8, status = $9, version = $10, updated_at = $11
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.includes_tax,
        row.priority,
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
