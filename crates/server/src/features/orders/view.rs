//! What an order looks like from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use som_domain::currency::Currency;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{
    ApprovalId, ApprovalPolicyId, CustomerId, HoldId, OrderId, OrderLineId, PaymentTermId,
    PriceListId, ProductId, TeamId, UserId,
};
use som_domain::money::Money;
use utoipa::ToSchema;

use super::kind::OrderLineKind;

/// Something to look at that does not stand in the way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Warning {
    /// Stable code.
    #[schema(example = "duplicate_customer_po")]
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
    /// The place in the body it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Warning {
    /// A warning about the whole order.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            detail: detail.into(),
            pointer: None,
        }
    }

    /// The same about a place (`/lines/3`).
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        self.pointer = Some(format!("#{pointer}"));
        self
    }
}

/// An address as printed; a copy, not a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddressSnapshot {
    /// Who it is for.
    pub recipient: Option<String>,
    /// Street and further lines.
    pub lines: Vec<String>,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country.
    #[schema(example = "DE")]
    pub country: String,
}

/// A discount: one of per cent and amount.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiscountView {
    /// Per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "10")]
    pub percent: Option<String>,
    /// Amount of the order's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// A price of one unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceView {
    /// At most six decimals.
    #[schema(example = "0.0375")]
    pub amount: String,
    /// The order's currency.
    pub currency: Currency,
}

/// A quantity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuantityView {
    /// How many.
    #[schema(example = "2.5")]
    pub value: String,
    /// Code of the unit.
    pub unit: Option<String>,
}

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
    pub unit_price: Option<PriceView>,
    /// Whether the price contains the taxes.
    pub price_includes_tax: bool,
    /// The price that was found, when another was set by hand.
    pub system_price: Option<PriceView>,
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

/// A customer in brief.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerBrief {
    /// Identity.
    pub id: CustomerId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A person in brief.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonBrief {
    /// Identity.
    pub id: UserId,
    /// Name.
    pub name: String,
}

/// A hold.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldView {
    /// Identity.
    pub id: HoldId,
    /// The line it is on; none: the whole order.
    pub line_id: Option<OrderLineId>,
    /// Why.
    #[schema(example = "credit")]
    pub r#type: String,
    /// `ship`, `invoice` or `both`.
    pub blocks: String,
    /// In words.
    pub reason: String,
    /// Whether it is in force.
    pub active: bool,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// Why it was released.
    pub release_reason: Option<String>,
}

/// An approval that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Identity.
    pub id: ApprovalId,
    /// The policy that asked.
    pub policy_id: ApprovalPolicyId,
    /// Its name then.
    pub policy: String,
    /// What was measured.
    pub measured: String,
    /// `pending`, `approved`, `rejected` or `superseded`.
    pub state: String,
    /// Roles that may decide.
    pub approver_roles: Vec<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Who submitted.
    pub requested_by: Option<UserId>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Why, in words.
    pub reason: Option<String>,
}

/// Something that can be done with the order, or why not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActionView {
    /// The action.
    #[schema(example = "confirm")]
    pub action: String,
    /// Whether it is possible now.
    pub allowed: bool,
    /// Code of what stands in the way.
    pub reason: Option<String>,
    /// The same for a person.
    pub detail: Option<String>,
}

/// A sales order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderView {
    /// Identity.
    pub id: OrderId,
    /// Human number.
    #[schema(example = "SO-2026-000042")]
    pub number: String,
    /// Version, as in the ETag.
    pub version: i32,
    /// `draft`, `pending_approval`, `confirmed`, `completed`, `closed` or `cancelled`.
    pub lifecycle: String,
    /// Derived from the lines.
    pub fulfilment_status: String,
    /// Derived from the lines.
    pub invoice_status: String,
    /// Derived from invoices and payments.
    pub payment_status: String,
    /// Derived from the lines.
    pub return_status: String,
    /// Some line waits for stock.
    pub has_backorder: bool,
    /// Holds in force.
    pub hold_count: i32,
    /// Who buys.
    pub customer: CustomerBrief,
    /// The customer's own number for it.
    pub customer_po: Option<String>,
    /// Whose order it is.
    pub owner: Option<PersonBrief>,
    /// Whose team's.
    pub team_id: Option<TeamId>,
    /// Currency of all amounts.
    pub currency: Currency,
    /// A price list set for this order.
    pub price_list_id: Option<PriceListId>,
    /// Payment term.
    pub payment_term_id: Option<PaymentTermId>,
    /// Day of the order, its prices and taxes.
    pub order_date: Date,
    /// When the customer wants it.
    pub requested_date: Option<Date>,
    /// How long a draft's offer stands.
    pub valid_until: Option<Date>,
    /// Billing address.
    pub bill_to: Option<AddressSnapshot>,
    /// Shipping address.
    pub ship_to: Option<AddressSnapshot>,
    /// `half_up` or `half_even`.
    pub rounding: String,
    /// `document` or `line`.
    pub tax_mode: String,
    /// Step of the payable amount.
    pub cash_rounding: Option<String>,
    /// Discount on the whole order.
    pub discount: Option<DiscountView>,
    /// Amounts.
    pub totals: TotalsView,
    /// Lines.
    pub lines: Vec<OrderLineView>,
    /// Holds, released ones too.
    pub holds: Vec<HoldView>,
    /// Approvals, old ones too.
    pub approvals: Vec<ApprovalView>,
    /// For colleagues.
    pub notes: String,
    /// Custom fields.
    #[schema(value_type = Object)]
    pub custom: Value,
    /// What other systems call it.
    pub external_refs: BTreeMap<String, String>,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
    /// Why it was cancelled or closed.
    pub cancel_reason: Option<String>,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When everything was settled.
    pub completed_at: Option<Timestamp>,
    /// When the rest was given up.
    pub closed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What can be done now.
    pub actions: Vec<ActionView>,
}

/// A policy that would ask for approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalNeeded {
    /// The policy's name.
    pub policy: String,
    /// `amount`, `discount_percent` or `margin_percent`.
    pub measure: String,
    /// What the order comes to.
    pub measured: String,
    /// From where on it asks.
    pub threshold: String,
}

/// The customer's credit with this order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditView {
    /// The limit.
    pub limit: Money,
    /// Open value of the customer's other orders.
    pub exposure: Money,
    /// What is left before this order; negative when there is none.
    pub available: Money,
    /// Whether this order goes beyond the limit.
    pub exceeded: bool,
}

/// A computed document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewView {
    /// Currency of all amounts.
    pub currency: Currency,
    /// `half_up` or `half_even`.
    pub rounding: String,
    /// `document` or `line`.
    pub tax_mode: String,
    /// Lines.
    pub lines: Vec<LineView>,
    /// Amounts.
    pub totals: TotalsView,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
    /// Policies that would ask for approval.
    pub approvals_needed: Vec<ApprovalNeeded>,
    /// Credit, when the customer has a limit.
    pub credit: Option<CreditView>,
}
