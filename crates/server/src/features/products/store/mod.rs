//! The SQL of products.

pub(super) mod categories;
pub(super) mod find;
pub(super) mod recognize;
pub(super) mod resealing;
pub(super) mod units;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

pub(super) use categories::CategoryRow;
pub(super) use units::UnitRow;

use super::view::UnitConversionView;
use crate::db::{DataKeys, TenantTx};
use crate::security::seal::SealError;

/// A row of `products` with what it refers to.
#[derive(Debug, Clone)]
pub(super) struct ProductRow {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub barcode: Option<String>,
    pub category_id: Option<Uuid>,
    pub category_code: Option<String>,
    pub category_name: Option<String>,
    pub kind: String,
    pub unit_id: Uuid,
    pub unit: String,
    pub pack_multiple: Option<Decimal>,
    pub tax_class_id: Option<Uuid>,
    pub tax_class: Option<String>,
    pub invoice_policy: String,
    pub list_price: Option<Decimal>,
    pub cost: Option<Decimal>,
    pub status: String,
    pub description: String,
    pub custom: Value,
    pub external_refs: Json<BTreeMap<String, String>>,
    pub units: Json<Vec<UnitConversionView>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// One product with everything that is shown.
pub(super) async fn product(
    db: &mut TenantTx,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<ProductRow>, sqlx::Error> {
    let mut found = sqlx::query_as!(
        ProductRow,
        r#"select p.id, p.sku, p.name, p.barcode, p.category_id, c.code as "category_code?", c.name as "category_name?", p.kind, p.unit_id, u.code as unit,
                  p.pack_multiple, p.tax_class_id, t.code as "tax_class?", p.invoice_policy, p.list_price, p.cost, p.status, p.description, p.custom,
                  coalesce((select jsonb_object_agg(r.source, r.ref) from external_refs r
                     where r.organization_id = p.organization_id and r.entity = 'product' and r.entity_id = p.id), '{}') as "external_refs!: Json<BTreeMap<String, String>>",
                  coalesce((select jsonb_agg(jsonb_build_object('unit', w.code, 'numerator', k.numerator, 'denominator', k.denominator, 'barcode', k.barcode) order by w.code)
                     from product_units k join units w on w.organization_id = k.organization_id and w.id = k.unit_id
                     where k.organization_id = p.organization_id and k.product_id = p.id), '[]') as "units!: Json<Vec<UnitConversionView>>",
                  p.version, p.created_at, p.updated_at
             from products p
             join units u on u.organization_id = p.organization_id and u.id = p.unit_id
             left join categories c on c.organization_id = p.organization_id and c.id = p.category_id
             left join tax_classes t on t.organization_id = p.organization_id and t.id = p.tax_class_id
            where p.organization_id = $1 and p.id = $2"#,
        organization,
        id,
    )
    .fetch_optional(&mut **db)
    .await?;
    if let Some(row) = &mut found {
        db.keys()
            .open_secrets("products", row.id, "custom", &mut row.custom)?;
    }
    Ok(found)
}

/// Custom fields as stored: secret ones sealed.
fn sealed(keys: &DataKeys, row: &ProductRow) -> Result<Value, SealError> {
    let mut custom = row.custom.clone();
    keys.seal_secrets("products", row.id, "custom", &mut custom)?;
    Ok(custom)
}

/// Locks a product for a change and tells its version.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from products where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(db)
    .await
}

/// What a search looks through: lower case, SKU first.
fn search_text(row: &ProductRow) -> String {
    let mut text = format!("{} {}", row.sku, row.name);
    if let Some(barcode) = &row.barcode {
        text.push(' ');
        text.push_str(barcode);
    }
    text.to_lowercase()
}

pub(super) async fn insert(
    db: &mut TenantTx,
    organization: Uuid,
    row: &ProductRow,
    by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    let custom = sealed(db.keys(), row)?;
    sqlx::query!(
        "insert into products (organization_id, id, sku, name, barcode, category_id, kind, unit_id, pack_multiple, tax_class_id, invoice_policy, list_price,
                cost, status, description, custom, search, version, created_at, created_by, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $19, $20)",
        organization,
        row.id,
        row.sku,
        row.name,
        row.barcode,
        row.category_id,
        row.kind,
        row.unit_id,
        row.pack_multiple,
        row.tax_class_id,
        row.invoice_policy,
        row.list_price,
        row.cost,
        row.status,
        row.description,
        custom,
        search_text(row),
        row.version,
        row.created_at,
        by,
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    db: &mut TenantTx,
    organization: Uuid,
    row: &ProductRow,
    by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    let custom = sealed(db.keys(), row)?;
    sqlx::query!(
        "update products set sku = $3, name = $4, barcode = $5, category_id = $6, kind = $7, unit_id = $8, pack_multiple = $9, tax_class_id = $10,
                invoice_policy = $11, list_price = $12, cost = $13, status = $14, description = $15, custom = $16, search = $17, version = $18,
                updated_at = $19, updated_by = $20
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.sku,
        row.name,
        row.barcode,
        row.category_id,
        row.kind,
        row.unit_id,
        row.pack_multiple,
        row.tax_class_id,
        row.invoice_policy,
        row.list_price,
        row.cost,
        row.status,
        row.description,
        custom,
        search_text(row),
        row.version,
        row.updated_at,
        by,
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

/// A conversion to store.
#[derive(Debug, Clone)]
pub(super) struct ConversionRow {
    pub unit_id: Uuid,
    pub numerator: i64,
    pub denominator: i64,
    pub barcode: Option<String>,
}

/// Replaces the other units of a product.
pub(super) async fn replace_conversions(
    db: &mut PgConnection,
    organization: Uuid,
    product: Uuid,
    rows: &[ConversionRow],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from product_units where organization_id = $1 and product_id = $2",
        organization,
        product
    )
    .execute(&mut *db)
    .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let units: Vec<Uuid> = rows.iter().map(|row| row.unit_id).collect();
    let numerators: Vec<i64> = rows.iter().map(|row| row.numerator).collect();
    let denominators: Vec<i64> = rows.iter().map(|row| row.denominator).collect();
    let barcodes: Vec<Option<String>> = rows.iter().map(|row| row.barcode.clone()).collect();
    sqlx::query!(
        "insert into product_units (organization_id, product_id, unit_id, numerator, denominator, barcode)
         select $1, $2, k.* from unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::text[]) as k",
        organization,
        product,
        &units,
        &numerators,
        &denominators,
        &barcodes as &[Option<String>],
    )
    .execute(db)
    .await
    .map(|_| ())
}
