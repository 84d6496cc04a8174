//! The prices in reach of a document, ready to price its lines with the domain's rules.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use som_domain::currency::Currency;
use som_domain::pricing::{
    Candidate, NoPrice, PriceRequest, PriceStep, ResolvedPrice, Specificity, resolve,
};
use som_domain::{PriceId, PriceListId, Quantity, UnitPrice};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::caller::Organization;
use crate::features::price_lists::store::candidates::{self as rows, Buyer, CandidateRow};
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

/// Everything that may price the lines of a document.
#[derive(Debug, Clone)]
pub struct PriceBook {
    rows: Vec<CandidateRow>,
    assigned: Option<Uuid>,
    base: Currency,
    prices_include_tax: bool,
}

/// Reads the prices in reach for many products in one round trip.
pub async fn candidates(
    db: &mut PgConnection,
    organization: &Organization,
    buyer: PriceBuyer,
    products: &[&FoundProduct],
) -> ApiResult<PriceBook> {
    let ids: Vec<Uuid> = products.iter().map(|product| product.id).collect();
    let categories: Vec<Uuid> = products
        .iter()
        .filter_map(|product| product.category_id)
        .collect();
    let who = Buyer {
        customer_id: buyer.customer_id,
        group_id: buyer.group_id,
        lists: buyer.price_list_id.into_iter().collect(),
    };
    let rows = rows::candidates(db, organization.id.uuid(), &who, &ids, &categories).await?;
    Ok(PriceBook {
        rows,
        assigned: buyer.price_list_id,
        base: organization.currency,
        prices_include_tax: organization.prices_include_tax,
    })
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
    let products: Vec<&FoundProduct> = lines.iter().map(|line| line.product).collect();
    let book = candidates(db, organization, buyer, &products).await?;
    Ok(lines
        .iter()
        .map(|line| book.price(line, currency, date))
        .collect())
}

impl PriceBook {
    /// The price of a line, with the reasons.
    pub fn price(
        &self,
        line: &PriceLine<'_>,
        currency: Currency,
        date: NaiveDate,
    ) -> Result<ResolvedPrice, NoPrice> {
        let step = Quantity::from_decimal(line.unit.step).unwrap_or_default();
        resolve(
            PriceRequest {
                quantity: line.quantity,
                step,
                date,
                currency,
            },
            &self.candidates(line),
        )
    }

    fn candidates(&self, line: &PriceLine<'_>) -> Vec<Candidate> {
        let of_line = |row: &&CandidateRow| {
            row.product_id.is_none_or(|id| id == line.product.id)
                && (row.category_id.is_none() || row.category_id == line.product.category_id)
        };
        let rows: Vec<&CandidateRow> = self.rows.iter().filter(of_line).collect();
        let own_unit = line
            .product
            .units
            .first()
            .is_some_and(|own| own.code == line.unit.code);
        let exact = |row: &CandidateRow| row.unit.as_deref() == Some(line.unit.code.as_str());
        let target = |row: &CandidateRow| (row.price_list_id, row.product_id, row.category_id);
        let mut found: Vec<Candidate> = rows
            .iter()
            .filter(|row| match row.unit {
                // A price per box goes before twelve times the price per piece.
                None => {
                    own_unit
                        || !rows
                            .iter()
                            .any(|other| exact(other) && target(other) == target(row))
                }
                Some(_) => exact(row),
            })
            .filter_map(|row| self.candidate(row, line))
            .collect();
        found.extend(self.list_price(line));
        found
    }

    /// How many of the product's own unit one of the line's unit is.
    fn factor(line: &PriceLine<'_>) -> Option<Decimal> {
        Decimal::from(line.unit.numerator).checked_div(Decimal::from(line.unit.denominator))
    }

    fn per_unit(price: Decimal, line: &PriceLine<'_>) -> Option<UnitPrice> {
        let exact = price
            .checked_mul(Decimal::from(line.unit.numerator))?
            .checked_div(Decimal::from(line.unit.denominator))?;
        UnitPrice::from_decimal(
            exact.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero),
        )
        .ok()
    }

    fn candidate(&self, row: &CandidateRow, line: &PriceLine<'_>) -> Option<Candidate> {
        let currency: Currency = row.currency.parse().ok()?;
        let unit_price = match (row.unit_price, row.discount_percent) {
            (Some(price), _) if row.unit.is_some() => UnitPrice::from_decimal(price).ok()?,
            (Some(price), _) => Self::per_unit(price, line)?,
            // A per cent off the list price, which is in the organization's currency.
            (None, Some(percent)) if currency == self.base => {
                let off = Decimal::ONE_HUNDRED
                    .checked_sub(percent)?
                    .checked_div(Decimal::ONE_HUNDRED)?;
                Self::per_unit(line.product.list_price?.checked_mul(off)?, line)?
            }
            (None, _) => return None,
        };
        let min = if row.unit.is_some() {
            row.min_quantity
        } else {
            row.min_quantity.checked_div(Self::factor(line)?)?
        };
        let assigned = self.assigned == Some(row.price_list_id);
        Some(Candidate {
            id: Some(PriceId::from_uuid(row.id)),
            list: Some(PriceListId::from_uuid(row.price_list_id)),
            step: match row.scope.as_str() {
                _ if assigned => PriceStep::Customer,
                "customer" => PriceStep::Customer,
                "group" => PriceStep::Group,
                _ => PriceStep::Organization,
            },
            specificity: match (row.product_id, row.category_id) {
                (Some(_), _) => Specificity::Product,
                (None, Some(_)) => Specificity::Category,
                (None, None) => Specificity::All,
            },
            priority: row.priority,
            // Rounded up: what is below the least quantity stays below it.
            min_quantity: Quantity::from_decimal(
                min.round_dp_with_strategy(4, RoundingStrategy::AwayFromZero),
            )
            .ok()?,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            tier_mode: row.tier_mode.parse().ok()?,
            currency,
            unit_price,
            base_price: match row.discount_percent {
                Some(_) => Self::per_unit(line.product.list_price?, line),
                None => None,
            },
            includes_tax: row.includes_tax,
        })
    }

    fn list_price(&self, line: &PriceLine<'_>) -> Option<Candidate> {
        Some(Candidate {
            id: None,
            list: None,
            step: PriceStep::Product,
            specificity: Specificity::Product,
            priority: 0,
            min_quantity: Quantity::ZERO,
            valid_from: None,
            valid_to: None,
            tier_mode: som_domain::TierMode::Volume,
            currency: self.base,
            unit_price: Self::per_unit(line.product.list_price?, line)?,
            base_price: None,
            includes_tax: self.prices_include_tax,
        })
    }
}
