//! Every price that may apply to some products for a customer, in one read.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

/// A price with what its list says.
#[derive(Debug, Clone)]
pub(in crate::features::price_lists) struct CandidateRow {
    pub id: Uuid,
    pub price_list_id: Uuid,
    pub product_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub unit: Option<String>,
    pub min_quantity: Decimal,
    pub tier_mode: String,
    pub unit_price: Option<Decimal>,
    pub discount_percent: Option<Decimal>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub currency: String,
    pub includes_tax: bool,
    pub scope: String,
    pub priority: i32,
}

/// Whose prices.
#[derive(Debug, Clone, Default)]
pub(in crate::features::price_lists) struct Buyer {
    pub customer_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    /// Lists assigned to the customer or the document.
    pub lists: Vec<Uuid>,
}

/// The prices of the lists in reach for these products and categories, and those for everything.
pub(in crate::features::price_lists) async fn candidates(
    db: &mut PgConnection,
    organization: Uuid,
    buyer: &Buyer,
    products: &[Uuid],
    categories: &[Uuid],
) -> Result<Vec<CandidateRow>, sqlx::Error> {
    sqlx::query_as!(
        CandidateRow,
        r#"with reach as (
               select id, currency, includes_tax, scope, priority, valid_from, valid_to from price_lists
                where organization_id = $1 and status = 'active'
                  and (scope = 'organization' or customer_id = $2 or group_id = $3 or id = any($4)))
           select p.id as "id!", p.price_list_id as "price_list_id!", p.product_id, p.category_id, u.code as "unit?", p.min_quantity as "min_quantity!",
                  p.tier_mode as "tier_mode!", p.unit_price, p.discount_percent,
                  greatest(p.valid_from, l.valid_from) as valid_from, least(p.valid_to, l.valid_to) as valid_to, l.currency, l.includes_tax, l.scope, l.priority
             from reach l
             cross join lateral (
               select * from prices where organization_id = $1 and price_list_id = l.id and product_id = any($5)
               union all
               select * from prices where organization_id = $1 and price_list_id = l.id and product_id is null and (category_id is null or category_id = any($6))) p
             left join units u on u.organization_id = $1 and u.id = p.unit_id"#,
        organization,
        buyer.customer_id,
        buyer.group_id,
        &buyer.lists,
        products,
        categories,
    )
    .fetch_all(db)
    .await
}
