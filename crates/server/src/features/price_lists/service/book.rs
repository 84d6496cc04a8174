//! The prices in reach of a document, ready to price its lines with the domain's rules.

use chrono::NaiveDate;
use som_domain::currency::Currency;
use som_domain::price_candidates::{PriceRule, PricedLine, candidates};
use som_domain::pricing::{NoPrice, PriceRequest, ResolvedPrice, resolve};
use som_domain::{CategoryId, ProductId, Quantity, UnitId, UnitPrice};
use sqlx::PgConnection;
use uuid::Uuid;

use super::rule::rules;
use crate::caller::Organization;
use crate::features::price_lists::store::candidates::{self as rows, Buyer};
use crate::features::products::service::{FoundProduct, SoldUnit};
use crate::http::ApiResult;

/// Who buys.
#[derive(Debug, Clone, Copy, Default)]
pub struct PriceBuyer {
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// The customer's group.
    pub group_id: Option<Uuid>,
    /// The list assigned to the customer.
    pub price_list_id: Option<Uuid>,
}

/// A line to price.
#[derive(Debug, Clone, Copy)]
pub struct PriceLine<'a> {
    /// What is bought.
    pub product: &'a FoundProduct,
    /// The unit it is bought in.
    pub unit: &'a SoldUnit,
    /// How many of that unit.
    pub quantity: Quantity,
}

/// Prices many lines with one read. The results stand in the order of `lines`.
pub async fn resolve_lines(
    db: &mut PgConnection,
    organization: &Organization,
    buyer: PriceBuyer,
    currency: Currency,
    date: NaiveDate,
    lines: &[PriceLine<'_>],
) -> ApiResult<Vec<Result<ResolvedPrice, NoPrice>>> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.product.id).collect();
    let who = Buyer {
        customer_id: buyer.customer_id,
        group_id: buyer.group_id,
        price_list_id: buyer.price_list_id,
    };
    let rows = rows::candidates(db, organization.id.uuid(), &who, &ids).await?;
    let rules = rules(&rows)?;
    Ok(lines
        .iter()
        .map(|line| price(&rules, organization, line, currency, date))
        .collect())
}

fn price(
    rules: &[PriceRule],
    organization: &Organization,
    line: &PriceLine<'_>,
    currency: Currency,
    date: NaiveDate,
) -> Result<ResolvedPrice, NoPrice> {
    let request = PriceRequest {
        quantity: line.quantity,
        step: Quantity::from_decimal(line.unit.step).unwrap_or_default(),
        date,
        currency,
    };
    let list_price = line.product.list_price;
    let priced = PricedLine {
        product: ProductId::from_uuid(line.product.id),
        category: line.product.category_id.map(CategoryId::from_uuid),
        own_unit: UnitId::from_uuid(line.product.units.first().unwrap_or(line.unit).id),
        unit: UnitId::from_uuid(line.unit.id),
        numerator: line.unit.numerator,
        denominator: line.unit.denominator,
        list_price: list_price.and_then(|price| UnitPrice::from_decimal(price).ok()),
        base: organization.currency,
        base_includes_tax: organization.prices_include_tax,
    };
    resolve(request, &candidates(rules, &priced, date))
}
