//! Everything an order is priced with, in one read: customer, addresses, products with units, prices, tax rules, policies, fields.

#![expect(
    clippy::disallowed_methods,
    reason = "one statement of many parts, each a JSON document"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::price_candidates::PriceRule;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::sealed;
use crate::db::TenantTx;
use crate::features::custom_fields::service::Field;
use crate::features::orders::rows::PolicyRow;
use crate::features::price_lists::service::{PriceRow, rules};
use crate::permission::RowScope;

/// What to look up.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the parameters of one query")]
pub struct Keys {
    pub organization: Uuid,
    pub customer_id: Option<Uuid>,
    pub customer_code: Option<String>,
    pub product_ids: Vec<Uuid>,
    /// Upper case.
    pub skus: Vec<String>,
    pub barcodes: Vec<String>,
    pub tax_classes: Vec<String>,
    pub price_list_id: Option<Uuid>,
    pub payment_term_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
    pub caller_id: Uuid,
    pub date: NaiveDate,
    /// The document's currency, when it is not the customer's.
    pub currency: Option<String>,
    pub base_currency: String,
    pub countries: Vec<String>,
    pub customer_po: Option<String>,
    /// The order itself, when it exists already.
    pub order_id: Option<Uuid>,
    pub with_exposure: bool,
    /// Under the customer's lock, kept until the transaction ends.
    pub lock_exposure: bool,
}

/// What was found.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the columns of one query")]
pub struct Reference {
    pub customer: Option<Customer>,
    pub addresses: Vec<Address>,
    pub products: Vec<Product>,
    pub prices: Vec<PriceRule>,
    pub tax_classes: Vec<TaxClass>,
    pub rules: Vec<Rule>,
    pub policies: Vec<PolicyRow>,
    pub fields: Vec<Field>,
    pub people: Vec<Person>,
    pub po_duplicate: Option<String>,
    pub price_list_found: bool,
    pub payment_term_found: bool,
    pub exposure: Option<Decimal>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Customer {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub status: String,
    pub payment_term_id: Option<Uuid>,
    pub currency: String,
    pub tax_status: String,
    pub credit_limit: Option<Decimal>,
    pub owner_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Address {
    pub id: Uuid,
    pub kind: String,
    pub recipient: Option<String>,
    /// A JSON list of texts.
    pub lines: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub is_default: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Product {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub barcode: Option<String>,
    pub category_id: Option<Uuid>,
    pub kind: String,
    pub unit_id: Uuid,
    pub unit: String,
    pub step: Decimal,
    pub pack_multiple: Option<Decimal>,
    pub tax_class_id: Option<Uuid>,
    pub invoice_policy: String,
    pub list_price: Option<Decimal>,
    pub cost: Option<Decimal>,
    pub status: String,
    pub units: Vec<ProductUnit>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct ProductUnit {
    pub id: Uuid,
    pub code: String,
    pub step: Decimal,
    pub numerator: i64,
    pub denominator: i64,
    pub barcode: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct TaxClass {
    pub id: Uuid,
    pub code: String,
    pub is_default: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Rule {
    pub tax_class_id: Uuid,
    pub country: Option<String>,
    pub region: Option<String>,
    pub exemption_reason: Option<String>,
    pub taxes: Vec<RuleTax>,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct RuleTax {
    pub code: String,
    pub rate: Decimal,
    pub compound: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Person {
    pub user_id: Uuid,
    pub name: String,
    pub team_id: Option<Uuid>,
}

/// Decimals travel as text inside JSON, so that no digit is lost. `offset 0` keeps each look-up of a product one walk down its own index: in a
/// table that is just being filled the planner would otherwise read all of it for every order. `case`, not `coalesce`, chooses the customer's
/// id: under row security only the former may become an index condition, and a kept plan without it would read all customers.
const READ: &str = r#"
with customer as (
    select c.* from customers c
     where c.organization_id = $1 and c.id = case when $2::uuid is not null then $2 else (select k.id from customers k where k.organization_id = $1 and k.code = $3) end
       and ($4 or c.owner_id = $5 or c.team_id = $6)
), product as (
    select p.* from (
           select id from unnest($7::uuid[]) id
           union select k.id from unnest($8::text[]) s (sku)
             cross join lateral (select id from products where organization_id = $1 and upper(sku) = s.sku offset 0) k
           union select k.id from unnest($9::text[]) s (barcode)
             cross join lateral (select id from products where organization_id = $1 and barcode = s.barcode offset 0) k
           union select k.id from unnest($9::text[]) s (barcode)
             cross join lateral (select product_id as id from product_units where organization_id = $1 and barcode = s.barcode offset 0) k) w
     cross join lateral (select * from products where organization_id = $1 and id = w.id offset 0) p
), want as materialized (
    select (select id from customer) as customer_id, (select group_id from customer) as group_id, (select price_list_id from customer) as list_id,
           array(select id from product) as products, coalesce($13, (select currency from customer), $14) as currency
), price as (
    select x.* from want w
     cross join lateral som_prices_in_reach($1, w.customer_id, w.group_id, w.list_id, $10, w.products, w.currency, $12) x
), class as (
    select t.id, t.code, t.is_default from tax_classes t
     where t.organization_id = $1 and (t.is_default or t.code = any($11) or t.id = any(array(select tax_class_id from product)))
), rule as (
    select r.*, (select coalesce(json_agg(json_build_object('code', t.code, 'rate', t.rate::text, 'compound', t.compound) order by k.n), '[]')
                   from unnest(r.tax_ids) with ordinality k (id, n)
                   join taxes t on t.organization_id = r.organization_id and t.id = k.id
                  where t.status = 'active' and (t.valid_from is null or t.valid_from <= $12) and (t.valid_to is null or t.valid_to >= $12)) as taxes
      from tax_rules r
     where r.organization_id = $1 and r.tax_class_id = any(array(select id from class))
       and r.customer_tax_status = coalesce((select tax_status from customer), 'taxable')
       and (r.country is null or r.country = any($15) or r.country in (select a.country from addresses a where a.organization_id = $1 and a.customer_id = (select id from customer)))
)
select
  (select json_build_object('id', id, 'code', code, 'name', name, 'status', status, 'payment_term_id', payment_term_id, 'currency', currency,
          'tax_status', tax_status, 'credit_limit', credit_limit::text, 'owner_id', owner_id, 'team_id', team_id) from customer) as customer,
  (select json_agg(json_build_object('id', a.id, 'kind', a.kind, 'recipient', a.recipient, 'lines', a.lines, 'city', a.city, 'region', a.region,
          'postal_code', a.postal_code, 'country', a.country, 'is_default', a.is_default) order by a.is_default desc, a.id desc)
     from addresses a where a.organization_id = $1 and a.customer_id = (select id from customer)
      and (a.valid_from is null or a.valid_from <= $12) and (a.valid_to is null or a.valid_to >= $12)) as addresses,
  (select json_agg(json_build_object('id', p.id, 'sku', p.sku, 'name', p.name, 'barcode', p.barcode, 'category_id', p.category_id, 'kind', p.kind,
          'unit_id', p.unit_id, 'unit', u.code, 'step', u.step::text, 'pack_multiple', p.pack_multiple::text, 'tax_class_id', p.tax_class_id,
          'invoice_policy', p.invoice_policy, 'list_price', p.list_price::text, 'cost', p.cost::text, 'status', p.status,
          'units', (select coalesce(json_agg(json_build_object('id', o.id, 'code', o.code, 'step', o.step::text, 'numerator', k.numerator,
                            'denominator', k.denominator, 'barcode', k.barcode)), '[]')
                      from product_units k join units o on o.organization_id = k.organization_id and o.id = k.unit_id
                     where k.organization_id = $1 and k.product_id = p.id)))
     from product p join units u on u.organization_id = p.organization_id and u.id = p.unit_id) as products,
  (select json_agg(json_build_object('id', price_id, 'list_id', list_id, 'source', source, 'priority', priority, 'currency', currency,
          'includes_tax', includes_tax, 'product_id', product_id, 'category_id', category_id, 'distance', distance, 'unit_id', unit_id,
          'min_quantity', min_quantity::text, 'tier_mode', tier_mode, 'unit_price', unit_price::text, 'discount_percent', discount_percent::text,
          'valid_from', valid_from, 'valid_to', valid_to)) from price) as prices,
  (select json_agg(class) from class) as classes,
  (select json_agg(json_build_object('tax_class_id', tax_class_id, 'country', country, 'region', region, 'exemption_reason', exemption_reason, 'taxes', taxes)) from rule) as rules,
  (select json_agg(json_build_object('id', id, 'name', name, 'measure', measure, 'threshold', threshold::text, 'currency', currency, 'approver_roles', approver_roles) order by id)
     from approval_policies where organization_id = $1 and active) as policies,
  (select json_agg(json_build_object('key', key, 'kind', kind, 'choices', choices, 'required', required, 'secret', secret) order by position, key)
     from custom_fields where organization_id = $1 and entity = 'order' and archived_at is null) as fields,
  (select json_agg(json_build_object('user_id', m.user_id, 'name', u.name, 'team_id', m.team_id))
     from memberships m join users u on u.id = m.user_id
    where m.organization_id = $1 and m.state = 'active' and m.user_id in ($16, $17, (select owner_id from customer))) as people,
  case when $18::text is not null then
      (select o.number from orders o where o.organization_id = $1 and o.customer_id = (select id from customer) and o.customer_po = $18
          and o.lifecycle <> 'cancelled' and o.id is distinct from $19 limit 1) end as po_duplicate,
  $10::uuid is null or exists (select from price_lists l where l.organization_id = $1 and l.id = $10 and l.status = 'active') as price_list_found,
  $20::uuid is null or exists (select from payment_terms t where t.organization_id = $1 and t.id = $20) as payment_term_found,
  case when not $21 or (select credit_limit from customer) is null then null
       when $22 then som_exposure_locked($1, (select id from customer), $19)
       else som_exposure($1, (select id from customer), $19) end as exposure
"#;

/// Reads everything at once.
pub async fn read(
    db: &mut TenantTx,
    keys: &Keys,
    scope: &RowScope,
) -> Result<Reference, sqlx::Error> {
    let row = sqlx::query(READ)
        .bind(keys.organization)
        .bind(keys.customer_id)
        .bind(&keys.customer_code)
        .bind(scope.all)
        .bind(scope.user.uuid())
        .bind(scope.team.map(|team| team.uuid()))
        .bind(&keys.product_ids)
        .bind(&keys.skus)
        .bind(&keys.barcodes)
        .bind(keys.price_list_id)
        .bind(&keys.tax_classes)
        .bind(keys.date)
        .bind(&keys.currency)
        .bind(&keys.base_currency)
        .bind(&keys.countries)
        .bind(keys.owner_id)
        .bind(keys.caller_id)
        .bind(&keys.customer_po)
        .bind(keys.order_id)
        .bind(keys.payment_term_id)
        .bind(keys.with_exposure)
        .bind(keys.lock_exposure)
        .fetch_one(&mut **db)
        .await?;
    let mut addresses: Vec<Address> = list(&row, "addresses")?;
    for address in &mut addresses {
        sealed::open_address(db.keys(), address)?;
    }
    Ok(Reference {
        customer: row
            .try_get::<Option<Json<Customer>>, _>("customer")?
            .map(|json| json.0),
        addresses,
        products: list(&row, "products")?,
        prices: prices(&row)?,
        tax_classes: list(&row, "classes")?,
        rules: list(&row, "rules")?,
        policies: list(&row, "policies")?,
        fields: list(&row, "fields")?,
        people: list(&row, "people")?,
        po_duplicate: row.try_get("po_duplicate")?,
        price_list_found: row.try_get("price_list_found")?,
        payment_term_found: row.try_get("payment_term_found")?,
        exposure: row.try_get("exposure")?,
    })
}

fn list<T: serde::de::DeserializeOwned + Send + 'static>(
    row: &sqlx::postgres::PgRow,
    column: &str,
) -> Result<Vec<T>, sqlx::Error> {
    Ok(row
        .try_get::<Option<Json<Vec<T>>>, _>(column)?
        .map(|json| json.0)
        .unwrap_or_default())
}

fn prices(row: &sqlx::postgres::PgRow) -> Result<Vec<PriceRule>, sqlx::Error> {
    rules(&list::<PriceRow>(row, "prices")?).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// SKUs that look like one that was not found.
pub async fn similar_skus(
    db: &mut PgConnection,
    organization: Uuid,
    sku: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select sku from products
          where organization_id = $1 and status <> 'archived' and (search %> lower($2) or upper(sku) like upper(left($3, 3)) || '%')
          order by similarity(upper(sku), upper($2)) desc, sku limit 3",
        organization,
        sku,
        som_domain::search::escape_like(sku),
    )
    .fetch_all(db)
    .await
}

/// The customer's open value in its currency, other orders only. Takes the customer's lock: two orders cannot both slip under the limit.
pub async fn exposure_locked(
    db: &mut PgConnection,
    organization: Uuid,
    customer: Uuid,
    order: Uuid,
) -> Result<Decimal, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select som_exposure_locked($1, $2, $3) as "exposure!""#,
        organization,
        customer,
        order
    )
    .fetch_one(db)
    .await
}
