//! The smaller parts of an order's view.

use serde::{Deserialize, Serialize};
use som_domain::currency::Currency;
use som_domain::dates::Timestamp;
use som_domain::ids::{ApprovalId, ApprovalPolicyId, CustomerId, HoldId, OrderLineId, UserId};
use som_domain::money::Money;
use utoipa::ToSchema;

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
pub struct UnitPriceView {
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
    /// `total`, `discount_percent` or `margin_percent`.
    pub measure: String,
    /// What the order came to: an amount in its currency, or per cent.
    pub measured: String,
    /// From where on the policy asked then; unknown for approvals from before it was kept.
    pub threshold: Option<String>,
    /// Currency of the threshold of a policy by total. Another one than the order's means that no policy knew the order's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
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

/// A policy that would ask for approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalNeeded {
    /// The policy's name.
    pub policy: String,
    /// `total`, `discount_percent` or `margin_percent`.
    pub measure: String,
    /// What the order comes to.
    pub measured: String,
    /// From where on it asks.
    pub threshold: String,
    /// Currency of the threshold of a policy by total. Another one than the order's means that no policy knows the order's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
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
