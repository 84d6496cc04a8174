//! What can be sent about the organization.

use deserr::Deserr;
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::document::TaxMode;
use som_domain::money::{Amount, Rate};
use som_domain::rounding::RoundingMode;
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};

/// What happens when a customer's order number is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum CustomerPoPolicy {
    /// Nothing.
    Allow,
    /// The order says so.
    Warn,
    /// The order is not confirmed.
    Refuse,
}

impl CustomerPoPolicy {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }
}

/// Changes of the organization (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "rounding_mode": "half_even", "discount_limits": { "rep": "15", "manager": null }, "approval_limits": { "manager": "10000.00" } }))]
pub struct OrganizationPatch {
    /// Name of the company.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Home country.
    #[deserr(default)]
    #[schema(required = false)]
    pub country: Patch<CountryCode>,
    /// Base currency; fixed once there is an order.
    #[deserr(default)]
    #[schema(required = false)]
    pub currency: Patch<Currency>,
    /// IANA time zone of business days.
    #[deserr(default)]
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    pub time_zone: Patch<Text<1, 60>>,
    /// Language of documents: `de`, `en-GB`, `zh-Hant-TW`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, example = "en-GB")]
    pub locale: Patch<Text<1, 35>>,
    /// How a half is rounded, in new orders.
    #[deserr(default)]
    #[schema(required = false)]
    pub rounding_mode: Patch<RoundingMode>,
    /// Where tax is rounded, in new orders.
    #[deserr(default)]
    #[schema(required = false)]
    pub tax_mode: Patch<TaxMode>,
    /// Step of the payable amount, in new orders; `null`: none.
    #[deserr(default)]
    #[schema(required = false)]
    pub cash_rounding: Patch<Amount>,
    /// Whether prices typed by hand include tax unless said otherwise.
    #[deserr(default)]
    #[schema(required = false)]
    pub prices_include_tax: Patch<bool>,
    /// What happens when a customer's order number is used twice.
    #[deserr(default)]
    #[schema(required = false)]
    pub customer_po_policy: Patch<CustomerPoPolicy>,
    /// Whether an approver must be another person than the one who submitted.
    #[deserr(default)]
    #[schema(required = false)]
    pub four_eyes: Patch<bool>,
    /// Highest manual discount per role in per cent; `null` lifts the limit of a role, or all of them.
    #[deserr(default)]
    #[schema(required = false)]
    pub discount_limits: Patch<DiscountLimitsPatch>,
    /// Up to which total, in the base currency, a role may approve; `null` lifts the limit of a role, or all of them. An order in another
    /// currency is beyond every limit: there is no rate to compare it by.
    #[deserr(default)]
    #[schema(required = false)]
    pub approval_limits: Patch<ApprovalLimitsPatch>,
    /// The roles that must have a second factor; `null` or empty: it is offered to everybody and asked of nobody. Who has such a role
    /// and no second factor can do nothing but set one up.
    #[deserr(default)]
    #[schema(required = false)]
    pub second_factor_roles: Patch<Vec<String>>,
}

/// Changes of the limits of approval (merge patch), of the roles that approve.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub struct ApprovalLimitsPatch {
    /// Of owners.
    #[deserr(default)]
    #[schema(required = false)]
    pub owner: Patch<Amount>,
    /// Of administrators.
    #[deserr(default)]
    #[schema(required = false)]
    pub admin: Patch<Amount>,
    /// Of managers.
    #[deserr(default)]
    #[schema(required = false)]
    pub manager: Patch<Amount>,
}

impl ApprovalLimitsPatch {
    /// Every role with its change.
    pub fn roles(self) -> [(&'static str, Patch<Amount>); 3] {
        [
            ("owner", self.owner),
            ("admin", self.admin),
            ("manager", self.manager),
        ]
    }

    /// Every limit lifted.
    pub const fn none() -> Self {
        Self {
            owner: Patch::Null,
            admin: Patch::Null,
            manager: Patch::Null,
        }
    }
}

/// Changes of the highest manual discounts (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub struct DiscountLimitsPatch {
    /// Of owners.
    #[deserr(default)]
    #[schema(required = false)]
    pub owner: Patch<Rate>,
    /// Of administrators.
    #[deserr(default)]
    #[schema(required = false)]
    pub admin: Patch<Rate>,
    /// Of managers.
    #[deserr(default)]
    #[schema(required = false)]
    pub manager: Patch<Rate>,
    /// Of sales representatives.
    #[deserr(default)]
    #[schema(required = false)]
    pub rep: Patch<Rate>,
    /// Of the finance role.
    #[deserr(default)]
    #[schema(required = false)]
    pub finance: Patch<Rate>,
    /// Of the warehouse role.
    #[deserr(default)]
    #[schema(required = false)]
    pub warehouse: Patch<Rate>,
    /// Of viewers.
    #[deserr(default)]
    #[schema(required = false)]
    pub viewer: Patch<Rate>,
}

impl DiscountLimitsPatch {
    /// Every role with its change.
    pub fn roles(self) -> [(&'static str, Patch<Rate>); 7] {
        [
            ("owner", self.owner),
            ("admin", self.admin),
            ("manager", self.manager),
            ("rep", self.rep),
            ("finance", self.finance),
            ("warehouse", self.warehouse),
            ("viewer", self.viewer),
        ]
    }

    /// Every limit lifted.
    pub const fn none() -> Self {
        Self {
            owner: Patch::Null,
            admin: Patch::Null,
            manager: Patch::Null,
            rep: Patch::Null,
            finance: Patch::Null,
            warehouse: Patch::Null,
            viewer: Patch::Null,
        }
    }
}
