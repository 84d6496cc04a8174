//! What an order looks like from outside.

mod delivery;
mod line;
mod parts;

pub use delivery::{DeliveredLineView, Deliveries, DeliveryView};
pub use line::{LedgerView, LineTaxView, LineView, OrderLineView, TaxTotalView, TotalsView};
pub use parts::{
    ActionView, AddressSnapshot, ApprovalNeeded, ApprovalView, CreditView, CustomerBrief,
    DiscountView, HoldView, PersonBrief, QuantityView, UnitPriceView, Warning,
};

use serde::Serialize;
use serde_json::Value;
use som_domain::currency::Currency;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{OrderId, PaymentTermId, PriceListId, TeamId};
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
