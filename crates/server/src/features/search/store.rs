//! One statement: what begins with the words first, then what contains them. The parts are lazy: as soon as enough is found,
//! the costlier ones do not run.

#![expect(
    clippy::disallowed_methods,
    reason = "three lists as JSON documents in one statement"
)]

use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::search::{SearchQuery, prefix_end};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::permission::RowScope;

/// Texts shorter than this are looked for at the beginning only: a trigram index needs three letters.
const TRIGRAM_MIN: usize = 3;

#[derive(Debug, Deserialize)]
pub(super) struct OrderHit {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) customer_name: String,
    pub(super) currency: String,
    pub(super) total: Decimal,
    pub(super) lifecycle: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerHit {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProductHit {
    pub(super) id: Uuid,
    pub(super) sku: String,
    pub(super) name: String,
}

#[derive(Debug, Default)]
pub(super) struct Hits {
    pub(super) orders: Vec<OrderHit>,
    pub(super) customers: Vec<CustomerHit>,
    pub(super) products: Vec<ProductHit>,
}

/// What begins with the words is a range of a `text_pattern_ops` index, what contains them goes through trigrams. `$9` turns the latter on.
const SEARCH: &str = "
with found as (
    select * from (
        (select o.id from orders o where o.organization_id = $1 and o.number ~>=~ $5 and o.number ~<~ $13 and ($2 or o.owner_id = $3 or o.team_id = $4) limit 8)
        union all
        (select o.id from orders o where $9 and o.organization_id = $1 and o.search ilike $7 and not starts_with(o.number, $5) and ($2 or o.owner_id = $3 or o.team_id = $4) limit 8)
        union all
        (select distinct o.id from (select l.order_id from order_lines l where l.organization_id = $1 and upper(l.sku) ~>=~ $5 and upper(l.sku) ~<~ $13 limit 200) s
           join orders o on o.organization_id = $1 and o.id = s.order_id where $2 or o.owner_id = $3 or o.team_id = $4 limit 8)
    ) hit limit 16
)
select
  case when $10 then (select json_agg(json_build_object('id', o.id, 'number', o.number, 'customer_name', o.customer_name, 'currency', o.currency,
          'total', o.grand_total::text, 'lifecycle', o.lifecycle) order by o.created_at desc) from orders o
     where o.organization_id = $1 and o.id in (select id from found)) end as orders,
  case when $11 then (select json_agg(json_build_object('id', c.id, 'code', c.code, 'name', c.name)) from (
        (select c.id, c.code, c.name from customers c where c.organization_id = $1 and c.search ~>=~ $6 and c.search ~<~ $14 and c.status <> 'archived' and ($2 or c.owner_id = $3 or c.team_id = $4) limit 8)
        union all
        (select c.id, c.code, c.name from customers c where $9 and c.organization_id = $1 and c.search ilike $7 and not starts_with(c.search, $6) and c.status <> 'archived'
            and ($2 or c.owner_id = $3 or c.team_id = $4) limit 8)
        union all
        (select c.id, c.code, c.name from customers c where not $9 and c.organization_id = $1 and c.name ilike $8 and not starts_with(c.search, $6) and c.status <> 'archived'
            and ($2 or c.owner_id = $3 or c.team_id = $4) limit 8)
        limit 8) c) end as customers,
  case when $12 then (select json_agg(json_build_object('id', p.id, 'sku', p.sku, 'name', p.name)) from (
        (select p.id, p.sku, p.name from products p where p.organization_id = $1 and upper(p.sku) ~>=~ $5 and upper(p.sku) ~<~ $13 and p.status <> 'archived' limit 8)
        union all
        (select p.id, p.sku, p.name from products p where $9 and p.organization_id = $1 and p.search ilike $7 and not starts_with(upper(p.sku), $5) and p.status <> 'archived' limit 8)
        limit 8) p) end as products";

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) orders: bool,
    pub(super) customers: bool,
    pub(super) products: bool,
}

pub(super) async fn search(
    db: &mut PgConnection,
    organization: Uuid,
    scope: &RowScope,
    query: &SearchQuery,
    wanted: Wanted,
) -> Result<Hits, sqlx::Error> {
    let (upper, lower) = (query.as_str().to_uppercase(), query.as_str().to_lowercase());
    // Planned anew each time: whether a word is rare or common decides how to look for it.
    let row = sqlx::query(SEARCH)
        .persistent(false)
        .bind(organization)
        .bind(scope.all)
        .bind(scope.user.uuid())
        .bind(scope.team.map(|team| team.uuid()))
        .bind(&upper)
        .bind(&lower)
        .bind(query.contains_pattern())
        .bind(query.prefix_pattern())
        .bind(query.as_str().chars().count() >= TRIGRAM_MIN)
        .bind(wanted.orders)
        .bind(wanted.customers)
        .bind(wanted.products)
        .bind(prefix_end(&upper))
        .bind(prefix_end(&lower))
        .fetch_one(db)
        .await?;
    let mut hits = Hits {
        orders: row
            .try_get::<Option<Json<Vec<OrderHit>>>, _>("orders")?
            .map(|json| json.0)
            .unwrap_or_default(),
        customers: row
            .try_get::<Option<Json<Vec<CustomerHit>>>, _>("customers")?
            .map(|json| json.0)
            .unwrap_or_default(),
        products: row
            .try_get::<Option<Json<Vec<ProductHit>>>, _>("products")?
            .map(|json| json.0)
            .unwrap_or_default(),
    };
    hits.orders.truncate(8);
    Ok(hits)
}
