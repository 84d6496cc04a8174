//! Reads that find products: many at once for documents, and one from what somebody types.

use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A product as a document needs it.
#[derive(Debug, Clone)]
pub(in crate::features::products) struct FoundRow {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub barcode: Option<String>,
    pub kind: String,
    pub unit_id: Uuid,
    pub unit: String,
    pub unit_step: Decimal,
    pub pack_multiple: Option<Decimal>,
    pub category_id: Option<Uuid>,
    pub tax_class_id: Option<Uuid>,
    pub tax_class: Option<String>,
    pub invoice_policy: String,
    pub list_price: Option<Decimal>,
    pub cost: Option<Decimal>,
    pub status: String,
    pub units: Json<Vec<FoundUnit>>,
}

/// Another unit of such a product.
#[derive(Debug, Clone, serde::Deserialize)]
pub(in crate::features::products) struct FoundUnit {
    pub id: Uuid,
    pub code: String,
    pub step: Decimal,
    pub numerator: i64,
    pub denominator: i64,
    pub barcode: Option<String>,
}

/// Products by id, SKU (without case) or barcode (theirs or one of a unit), in one read.
pub(in crate::features::products) async fn many(
    db: &mut PgConnection,
    organization: Uuid,
    ids: &[Uuid],
    upper_skus: &[String],
    barcodes: &[String],
) -> Result<Vec<FoundRow>, sqlx::Error> {
    sqlx::query_as!(
        FoundRow,
        r#"with wanted as (
               select id from products where organization_id = $1 and id = any($2)
               union select id from products where organization_id = $1 and upper(sku) = any($3)
               union select id from products where organization_id = $1 and barcode = any($4) and barcode is not null
               union select product_id from product_units where organization_id = $1 and barcode = any($4) and barcode is not null)
           select p.id, p.sku, p.name, p.barcode, p.kind, u.id as unit_id, u.code as unit, u.step as unit_step, p.pack_multiple, p.category_id,
                  t.id as "tax_class_id?", t.code as "tax_class?", p.invoice_policy, p.list_price, p.cost, p.status,
                  coalesce((select jsonb_agg(jsonb_build_object('id', w.id, 'code', w.code, 'step', w.step::text, 'numerator', k.numerator,
                                 'denominator', k.denominator, 'barcode', k.barcode) order by w.code)
                     from product_units k join units w on w.organization_id = k.organization_id and w.id = k.unit_id
                     where k.organization_id = p.organization_id and k.product_id = p.id), '[]') as "units!: Json<Vec<FoundUnit>>"
             from wanted
             join products p on p.organization_id = $1 and p.id = wanted.id
             join units u on u.organization_id = $1 and u.id = p.unit_id
             left join tax_classes t on t.organization_id = $1
                  and t.id = coalesce(p.tax_class_id, (select d.id from tax_classes d where d.organization_id = $1 and d.is_default))"#,
        organization,
        ids,
        upper_skus,
        barcodes,
    )
    .fetch_all(db)
    .await
}

/// A product in a list or a type-ahead.
#[derive(Debug, Clone, FromRow)]
pub(in crate::features::products) struct ItemRow {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub barcode: Option<String>,
    pub category: Option<String>,
    pub kind: String,
    pub unit: String,
    pub pack_multiple: Option<Decimal>,
    pub tax_class: Option<String>,
    pub list_price: Option<Decimal>,
    pub cost: Option<Decimal>,
    pub status: String,
    pub version: i32,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

/// The columns of [`ItemRow`] from [`ITEM_FROM`].
pub(in crate::features::products) const ITEM_COLUMNS: &str = "p.id, p.sku, p.name, p.barcode, c.code as category, p.kind, u.code as unit, p.pack_multiple, \
     t.code as tax_class, p.list_price, p.cost, p.status, p.version, p.created_at, p.updated_at";

/// Where they come from.
pub(in crate::features::products) const ITEM_FROM: &str = "products p join units u on u.organization_id = p.organization_id and u.id = p.unit_id \
     left join categories c on c.organization_id = p.organization_id and c.id = p.category_id \
     left join tax_classes t on t.organization_id = p.organization_id and t.id = p.tax_class_id";

/// The ids of at most `limit` products whose SKU begins with `prefix` (upper case), in the order of SKUs.
///
/// As a range from the prefix to the prefix with the last character there is: `like` may not use the index under row level security.
pub(in crate::features::products) async fn by_sku_prefix(
    db: &mut PgConnection,
    organization: Uuid,
    prefix: &str,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r"select id from products where organization_id = $1 and upper(sku) ~>=~ $2 and upper(sku) ~<~ ($2 || U&'\+10FFFF')
             and status in ('active', 'phase_out')
           order by upper(sku) using ~<~ limit $3",
        organization,
        prefix,
        limit,
    )
    .fetch_all(db)
    .await
}

/// The ids of at most `limit` products that contain every word (patterns), those whose SKU or name begins with the first word before the rest.
///
/// At most 200 matches are looked at before ranking, so that a common word costs no more than a rare one.
pub(in crate::features::products) async fn by_words(
    db: &mut PgConnection,
    organization: Uuid,
    patterns: &[String],
    first: &str,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from (
             select id, search, name from products where organization_id = $1 and search like all($2) and status in ('active', 'phase_out') limit 200) found
          order by (search like $3 || '%') desc, (lower(name) like $3 || '%') desc, length(name), id limit $4",
        organization,
        patterns,
        first,
        limit,
    )
    .fetch_all(db)
    .await
}

/// The products with these barcodes or references, exact: barcode, barcode of a unit, external reference, in this order.
pub(in crate::features::products) async fn by_exact(
    db: &mut PgConnection,
    organization: Uuid,
    text: &str,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select id as "id!" from (
             select 1 as rank, id from products where organization_id = $1 and sku = $2
             union all select 2, id from products where organization_id = $1 and upper(sku) = upper($2)
             union all select 3, id from products where organization_id = $1 and barcode = $2 and barcode is not null
             union all select 4, product_id from product_units where organization_id = $1 and barcode = $2 and barcode is not null
             union all (select 5, entity_id from external_refs where organization_id = $1 and entity = 'product' and ref = $2 limit 8)) found
          order by rank limit 8"#,
        organization,
        text,
    )
    .fetch_all(db)
    .await
}

/// Products in the order of `ids`.
pub(in crate::features::products) async fn items(
    db: &mut PgConnection,
    organization: Uuid,
    ids: &[Uuid],
) -> Result<Vec<ItemRow>, sqlx::Error> {
    sqlx::query_as!(
        ItemRow,
        r#"select p.id, p.sku, p.name, p.barcode, c.code as "category?", p.kind, u.code as unit, p.pack_multiple, t.code as "tax_class?", p.list_price,
                  p.cost, p.status, p.version, p.created_at, p.updated_at
             from unnest($2::uuid[]) with ordinality as wanted (id, place)
             join products p on p.organization_id = $1 and p.id = wanted.id
             join units u on u.organization_id = p.organization_id and u.id = p.unit_id
             left join categories c on c.organization_id = p.organization_id and c.id = p.category_id
             left join tax_classes t on t.organization_id = p.organization_id and t.id = p.tax_class_id
            order by wanted.place"#,
        organization,
        ids,
    )
    .fetch_all(db)
    .await
}
