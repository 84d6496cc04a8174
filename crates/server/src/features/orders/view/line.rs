//! Lines and totals of an order's view.

use super::super::kind::OrderLineKind;
use super::parts::{DiscountView, QuantityView, UnitPriceView};
use serde::Serialize;
use serde_json::Value;
use som_domain::dates::Date;
use som_domain::ids::{OrderLineId, ProductId};
use som_domain::money::Money;
use utoipa::ToSchema;

/// One tax of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineTaxView {
    /// Code.
    pub code: String,
    /// Per cent.
    #[schema(example = "19.00")]
    pub rate: String,
    /// Whether it is also levied on the taxes before it.
    pub compound: bool,
    /// The line's part of the tax.
    pub amount: String,
}

/// A line's content and amounts (amounts in the order's currency).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineView {
    /// From 1.
    pub position: i32,
    /// What it is.
    pub kind: OrderLineKind,
    /// The product, unless it is ad hoc.
    pub product_id: Option<ProductId>,
    /// The product's SKU when it was added.
    pub sku: Option<String>,
    /// What is printed.
    pub description: String,
    /// How many.
    pub quantity: QuantityView,
    /// Price of one.
    pub unit_price: Option<UnitPriceView>,
    /// Whether the price contains the taxes.
    pub price_includes_tax: bool,
    /// The price that was found, when another was set by hand.
    pub system_price: Option<UnitPriceView>,
    /// Whether the price was set by hand and stays.
    pub price_locked: bool,
    /// How the price came about.
    #[schema(value_type = Option<Vec<Object>>)]
    pub price_source: Option<Value>,
    /// Applied one after another.
    pub discounts: Vec<DiscountView>,
    /// Quantity × price.
    pub gross: String,
    /// All discounts of the line.
    pub discount: String,
    /// `gross − discount`.
    pub net: String,
    /// Its share of the order discount.
    pub order_discount_share: String,
    /// What tax is levied on, without tax.
    pub base: String,
    /// All its taxes.
    pub tax: String,
    /// The same by tax.
    pub taxes: Vec<LineTaxView>,
    /// Why no tax is due.
    pub exemption_reason: Option<String>,
    /// Whether the order discount reaches it.
    pub discountable: bool,
    /// `ordered` or `delivered`.
    pub invoice_policy: String,
    /// Whether it has to be shipped.
    pub shippable: bool,
    /// When it is wanted.
    pub requested_date: Option<Date>,
}

/// What has happened to a line's quantity, in its unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs, reason = "the names of the ledger")]
pub struct LedgerView {
    pub ordered: String,
    pub cancelled: String,
    pub reserved: String,
    pub picked: String,
    pub shipped: String,
    pub delivered: String,
    pub returned: String,
    pub invoiced: String,
    pub credited: String,
    /// `ordered − cancelled − shipped`.
    pub open: String,
    /// Open and waiting for stock.
    pub backordered: String,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderLineView {
    /// Identity.
    pub id: OrderLineId,
    #[serde(flatten)]
    #[allow(missing_docs, reason = "flattened")]
    pub line: LineView,
    /// What has happened to it.
    pub ledger: LedgerView,
}

/// One tax of the order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaxTotalView {
    /// Code.
    pub code: String,
    /// Per cent.
    #[schema(example = "19.00")]
    pub rate: String,
    /// What it is levied on.
    pub base: Money,
    /// The tax.
    pub tax: Money,
}

/// The totals. `net + tax = total`, `total + rounding_adjustment = payable`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TotalsView {
    /// Lines after their own discounts.
    pub subtotal: Money,
    /// All line discounts.
    pub line_discount_total: Money,
    /// The order discount.
    pub order_discount: Money,
    /// Without tax.
    pub net: Money,
    /// All taxes.
    pub tax: Money,
    /// `net + tax`.
    pub total: Money,
    /// What cash rounding adds or takes.
    pub rounding_adjustment: Money,
    /// What is to be paid.
    pub payable: Money,
    /// By tax and rate.
    pub taxes: Vec<TaxTotalView>,
    /// Cost of what is sold (`cost.read`), when all of it is known.
    pub cost: Option<Money>,
    /// `net − cost` (`cost.read`).
    pub margin: Option<Money>,
    /// Margin in per cent of the net (`cost.read`).
    #[schema(example = "32.5")]
    pub margin_percent: Option<String>,
}
