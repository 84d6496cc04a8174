//! The SQL of prices in a list.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `prices` with what it refers to.
#[derive(Debug, Clone, FromRow)]
pub(in crate::features::price_lists) struct PriceRow {
    pub id: Uuid,
    pub price_list_id: Uuid,
    pub product_id: Option<Uuid>,
    pub sku: Option<String>,
    pub product_name: Option<String>,
    pub category_id: Option<Uuid>,
    pub category: Option<String>,
    pub unit_id: Option<Uuid>,
    pub unit: Option<String>,
    pub min_quantity: Decimal,
    pub tier_mode: String,
    pub unit_price: Option<Decimal>,
    pub discount_percent: Option<Decimal>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`PriceRow`] from [`FROM`].
pub(in crate::features::price_lists) const COLUMNS: &str = "p.id, p.price_list_id, p.product_id, d.sku, d.name as product_name, p.category_id, \
     c.code as category, p.unit_id, u.code as unit, p.min_quantity, p.tier_mode, p.unit_price, p.discount_percent, p.valid_from, p.valid_to, p.version, \
     p.created_at, p.updated_at";

/// Where they come from.
pub(in crate::features::price_lists) const FROM: &str = "prices p left join products d on d.organization_id = p.organization_id and d.id = p.product_id \
     left join categories c on c.organization_id = p.organization_id and c.id = p.category_id \
     left join units u on u.organization_id = p.organization_id and u.id = p.unit_id";

pub(in crate::features::price_lists) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    list: Uuid,
    id: Uuid,
) -> Result<Option<PriceRow>, sqlx::Error> {
    sqlx::query_as!(
        PriceRow,
        r#"select p.id, p.price_list_id, p.product_id, d.sku as "sku?", d.name as "product_name?", p.category_id, c.code as "category?", p.unit_id,
                  u.code as "unit?", p.min_quantity, p.tier_mode, p.unit_price, p.discount_percent, p.valid_from, p.valid_to, p.version, p.created_at, p.updated_at
             from prices p left join products d on d.organization_id = p.organization_id and d.id = p.product_id
             left join categories c on c.organization_id = p.organization_id and c.id = p.category_id
             left join units u on u.organization_id = p.organization_id and u.id = p.unit_id
            where p.organization_id = $1 and p.price_list_id = $2 and p.id = $3"#,
        organization,
        list,
        id,
    )
    .fetch_optional(db)
    .await
}

/// Another price of the same target, unit and quantity whose validity meets this one's: what the exclusion constraint would refuse.
pub(in crate::features::price_lists) async fn overlapping(
    db: &mut PgConnection,
    organization: Uuid,
    row: &PriceRow,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from prices
          where organization_id = $1 and price_list_id = $2 and product_id is not distinct from $3 and category_id is not distinct from $4
            and unit_id is not distinct from $5 and min_quantity = $6 and daterange(valid_from, valid_to, '[]') && daterange($7, $8, '[]') and id <> $9
          limit 1",
        organization,
        row.price_list_id,
        row.product_id,
        row.category_id,
        row.unit_id,
        row.min_quantity,
        row.valid_from,
        row.valid_to,
        row.id,
    )
    .fetch_optional(db)
    .await
}

/// The tier mode other prices of the same target already have: tiers of one target apply in one way.
pub(in crate::features::price_lists) async fn other_tier_mode(
    db: &mut PgConnection,
    organization: Uuid,
    row: &PriceRow,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from prices
          where organization_id = $1 and price_list_id = $2 and product_id is not distinct from $3 and category_id is not distinct from $4
            and unit_id is not distinct from $5 and tier_mode <> $6 and daterange(valid_from, valid_to, '[]') && daterange($7, $8, '[]') and id <> $9) as "mixed!""#,
        organization,
        row.price_list_id,
        row.product_id,
        row.category_id,
        row.unit_id,
        row.tier_mode,
        row.valid_from,
        row.valid_to,
        row.id,
    )
    .fetch_one(db)
    .await
}

pub(in crate::features::price_lists) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &PriceRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into prices (organization_id, id, price_list_id, product_id, category_id, unit_id, min_quantity, tier_mode, unit_price, discount_percent,
                valid_from, valid_to, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        organization,
        row.id,
        row.price_list_id,
        row.product_id,
        row.category_id,
        row.unit_id,
        row.min_quantity,
        row.tier_mode,
        row.unit_price,
        row.discount_percent,
        row.valid_from,
        row.valid_to,
        row.version,
        row.created_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(in crate::features::price_lists) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &PriceRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update prices set min_quantity = $3, tier_mode = $4, unit_price = $5, discount_percent = $6, valid_from = $7, valid_to = $8, version = $9, updated_at = $10
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.min_quantity,
        row.tier_mode,
        row.unit_price,
        row.discount_percent,
        row.valid_from,
        row.valid_to,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(in crate::features::price_lists) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from prices where organization_id = $1 and id = $2",
        organization,
        id
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Locks a price for a change.
pub(in crate::features::price_lists) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!(
        "select 1 from prices where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(db)
    .await
    .map(|_| ())
}
