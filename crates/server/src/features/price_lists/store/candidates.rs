//! Every price that may apply to some products for a customer, in one read.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

/// A row of `som_prices_in_reach`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the columns of the function")]
pub struct PriceRow {
    pub id: Uuid,
    pub list_id: Uuid,
    pub source: String,
    pub priority: i32,
    pub currency: String,
    pub includes_tax: bool,
    pub product_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub distance: i32,
    pub unit_id: Option<Uuid>,
    pub min_quantity: Decimal,
    pub tier_mode: String,
    pub unit_price: Option<Decimal>,
    pub discount_percent: Option<Decimal>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// Whose prices.
#[derive(Debug, Clone, Default)]
pub(in crate::features::price_lists) struct Buyer {
    pub customer_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    /// The list assigned to the customer.
    pub price_list_id: Option<Uuid>,
}

/// The prices of the lists in reach for these products, their categories and those above, and for everything.
///
/// Of every currency and day: an explanation says why they do not apply.
pub(in crate::features::price_lists) async fn candidates(
    db: &mut PgConnection,
    organization: Uuid,
    buyer: &Buyer,
    products: &[Uuid],
) -> Result<Vec<PriceRow>, sqlx::Error> {
    sqlx::query_as!(
        PriceRow,
        r#"select price_id as "id!", list_id as "list_id!", source as "source!", priority as "priority!", currency as "currency!",
                  includes_tax as "includes_tax!", product_id, category_id, distance as "distance!", unit_id, min_quantity as "min_quantity!",
                  tier_mode as "tier_mode!", unit_price, discount_percent, valid_from, valid_to
             from som_prices_in_reach($1, $2, $3, $4, null, $5, null, null)"#,
        organization,
        buyer.customer_id,
        buyer.group_id,
        buyer.price_list_id,
        products,
    )
    .fetch_all(db)
    .await
}
