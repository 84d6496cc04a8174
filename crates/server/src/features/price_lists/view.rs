//! How price lists, prices and explanations are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use som_domain::currency::Currency;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{CustomerGroupId, CustomerId, PriceId, PriceListId, ProductId};
use som_domain::pricing::{PriceTrace, Rejected};
use utoipa::ToSchema;

use super::store::ListRow;
use super::store::prices::PriceRow;
use crate::features::products::service::ProductListItem;
use crate::http::FieldProblem;
use crate::wire;

/// A price list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceListView {
    /// Identity.
    pub id: PriceListId,
    /// Unique code.
    #[schema(example = "EUR-2027")]
    pub code: String,
    /// For people.
    pub name: String,
    /// Currency of its prices.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Whether its prices contain tax.
    pub includes_tax: bool,
    /// `organization`, `group` or `customer`.
    #[schema(example = "organization")]
    pub scope: String,
    /// Only for this customer.
    pub customer_id: Option<CustomerId>,
    /// Only for customers of this group.
    pub group_id: Option<CustomerGroupId>,
    /// The higher one wins among lists of the same reach.
    pub priority: i32,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// `draft`, `active` or `archived`.
    #[schema(example = "active")]
    pub status: String,
    /// Ids in other systems.
    pub external_refs: BTreeMap<String, String>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl From<ListRow> for PriceListView {
    fn from(row: ListRow) -> Self {
        Self {
            id: PriceListId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            currency: row.currency,
            includes_tax: row.includes_tax,
            scope: row.scope,
            customer_id: row.customer_id.map(CustomerId::from_uuid),
            group_id: row.group_id.map(CustomerGroupId::from_uuid),
            priority: row.priority,
            valid_from: row.valid_from.and_then(Date::new),
            valid_to: row.valid_to.and_then(Date::new),
            status: row.status,
            external_refs: row.external_refs.0,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A price in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceView {
    /// Identity.
    pub id: PriceId,
    /// Its list.
    pub price_list_id: PriceListId,
    /// Its product.
    pub product_id: Option<ProductId>,
    /// SKU of the product.
    #[schema(example = "HX-1020")]
    pub sku: Option<String>,
    /// Name of the product.
    pub product_name: Option<String>,
    /// Code of its category.
    pub category: Option<String>,
    /// Code of the unit it is per; the product's own when `null`.
    pub unit: Option<String>,
    /// From this quantity on.
    #[schema(example = "1000")]
    pub min_quantity: String,
    /// `volume` or `graduated`.
    #[schema(example = "volume")]
    pub tier_mode: String,
    /// Price of one unit in the list's currency.
    #[schema(example = "0.035")]
    pub unit_price: Option<String>,
    /// Per cent off the product's list price.
    pub discount_percent: Option<String>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl PriceView {
    /// The view in the currency of its list.
    pub(super) fn new(row: PriceRow, currency: Currency) -> Self {
        Self {
            id: PriceId::from_uuid(row.id),
            price_list_id: PriceListId::from_uuid(row.price_list_id),
            product_id: row.product_id.map(ProductId::from_uuid),
            sku: row.sku,
            product_name: row.product_name,
            category: row.category,
            unit: row.unit,
            min_quantity: wire::quantity(row.min_quantity),
            tier_mode: row.tier_mode,
            unit_price: row.unit_price.map(|price| wire::price(price, currency)),
            discount_percent: row.discount_percent.map(wire::rate),
            valid_from: row.valid_from.and_then(Date::new),
            valid_to: row.valid_to.and_then(Date::new),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            etag: format!("\"{}\"", row.version),
        }
    }
}

/// A price that was considered and did not apply.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedPrice {
    /// The price row; `null` for the product's own list price.
    pub rule_id: Option<PriceId>,
    /// Its list.
    pub price_list_id: Option<PriceListId>,
    /// Where it comes from.
    #[schema(example = "organization")]
    pub source: &'static str,
    /// What it would have been.
    #[schema(example = "0.0375")]
    pub unit_price: String,
    /// Why not.
    #[schema(example = "below_min_quantity")]
    pub reason: &'static str,
}

/// One step to the price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceStepView {
    /// The price row; `null` for the product's own list price.
    pub rule_id: Option<PriceId>,
    /// Its list.
    pub price_list_id: Option<PriceListId>,
    /// Where it comes from.
    #[schema(example = "customer")]
    pub source: &'static str,
    /// The price before this step.
    pub before: Option<String>,
    /// The price after it.
    #[schema(example = "0.035")]
    pub after: String,
    /// Why.
    #[schema(example = "chosen")]
    pub reason: &'static str,
    /// What lost against it, and why.
    pub rejected: Vec<RejectedPrice>,
}

/// Why a price is what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceExplanation {
    /// The price of one unit; `null` when no price applies.
    #[schema(example = "0.035")]
    pub unit_price: Option<String>,
    /// Currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The unit it is per.
    #[schema(example = "pcs")]
    pub unit: String,
    /// Whether it contains tax.
    pub includes_tax: bool,
    /// Where it comes from; `no_price` when none applies.
    #[schema(example = "customer")]
    pub source: &'static str,
    /// The steps.
    pub steps: Vec<PriceStepView>,
    /// What was considered when no price applies.
    pub rejected: Vec<RejectedPrice>,
}

/// What an entry stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResolvedEntry {
    /// The text as it was asked for.
    #[schema(example = "HX-1020")]
    pub text: String,
    /// The one product it stands for.
    pub product: Option<ProductListItem>,
    /// The price and why it is that; `null` without a product, a unit or a quantity it is sold in.
    pub price: Option<PriceExplanation>,
    /// What stands in the way of ordering it: `unknown_product`, `ambiguous_product`, `product_blocked`, `unknown_unit`, `not_a_multiple`,
    /// `no_price`, or that the text is none (`empty`, `too_long`, `control_character`).
    pub problem: Option<FieldProblem>,
    /// What it may be, when it is ambiguous: at most eight.
    pub candidates: Vec<ProductListItem>,
}

/// What the entries stand for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResolvedEntries {
    /// The currency of the prices.
    #[schema(example = "EUR")]
    pub currency: String,
    /// In the order of the entries.
    pub data: Vec<ResolvedEntry>,
}

/// A rejected candidate as shown.
pub(super) fn rejected(one: &Rejected, currency: Currency) -> RejectedPrice {
    RejectedPrice {
        rule_id: one.rule_id,
        price_list_id: one.price_list_id,
        source: one.source.as_str(),
        unit_price: wire::price(one.unit_price.decimal(), currency),
        reason: one.reason.as_str(),
    }
}

/// A step as shown.
pub(super) fn step(trace: &PriceTrace, currency: Currency) -> PriceStepView {
    PriceStepView {
        rule_id: trace.rule_id,
        price_list_id: trace.price_list_id,
        source: trace.source.as_str(),
        before: trace
            .before
            .map(|price| wire::price(price.decimal(), currency)),
        after: wire::price(trace.after.decimal(), currency),
        reason: trace.reason.as_str(),
        rejected: trace
            .rejected
            .iter()
            .map(|one| rejected(one, currency))
            .collect(),
    }
}
