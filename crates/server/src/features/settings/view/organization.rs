//! How the organization is shown.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::OrganizationId;
use utoipa::ToSchema;

use crate::features::settings::store::organization::OrganizationRow;
use crate::wire;

/// The organization and the rules its orders are made by.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Identity.
    pub id: OrganizationId,
    /// Name of the company.
    #[schema(example = "Example Trading")]
    pub name: String,
    /// Home country.
    #[schema(example = "DE")]
    pub country: String,
    /// Base currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Whether the currency can no longer be changed, because there are orders.
    pub currency_fixed: bool,
    /// IANA time zone of business days.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Language of documents.
    #[schema(example = "en")]
    pub locale: String,
    /// `half_up` or `half_even`.
    #[schema(example = "half_up")]
    pub rounding_mode: String,
    /// Tax is rounded per `document` or per `line`.
    #[schema(example = "document")]
    pub tax_mode: String,
    /// Step of the payable amount.
    #[schema(example = "0.05")]
    pub cash_rounding: Option<String>,
    /// Whether prices typed by hand include tax unless said otherwise.
    pub prices_include_tax: bool,
    /// `allow`, `warn` or `refuse` a customer's order number used twice.
    #[schema(example = "warn")]
    pub customer_po_policy: String,
    /// Whether an approver must be another person than the one who submitted.
    pub four_eyes: bool,
    /// Highest manual discount per role in per cent; a role that is not named has no limit.
    #[schema(value_type = std::collections::HashMap<String, String>, example = json!({ "rep": "10.00" }))]
    pub discount_limits: BTreeMap<String, String>,
    /// Up to which total, in the base currency, a role may approve; a role that is not named has no limit.
    #[schema(value_type = std::collections::HashMap<String, String>, example = json!({ "manager": "10000.00" }))]
    pub approval_limits: BTreeMap<String, String>,
    /// The roles that must have a second factor.
    #[schema(example = json!(["owner", "admin"]))]
    pub second_factor_roles: Vec<String>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<OrganizationRow> for OrganizationView {
    fn from(row: OrganizationRow) -> Self {
        let step = |step: Decimal| {
            row.currency.parse().map_or_else(
                |_| step.to_string(),
                |currency| wire::amount(step, currency),
            )
        };
        let limit = |(role, limit): (&String, &String)| {
            let shown = limit.parse().map_or_else(|_| limit.clone(), wire::rate);
            (role.clone(), shown)
        };
        let total = |(role, limit): (&String, &String)| {
            let shown = limit.parse().map_or_else(|_| limit.clone(), step);
            (role.clone(), shown)
        };
        Self {
            id: OrganizationId::from_uuid(row.id),
            cash_rounding: row.cash_rounding.map(step),
            discount_limits: row.discount_limits.iter().map(limit).collect(),
            approval_limits: row.approval_limits.iter().map(total).collect(),
            name: row.name,
            country: row.country,
            currency: row.currency,
            currency_fixed: row.has_orders,
            time_zone: row.time_zone,
            locale: row.locale,
            rounding_mode: row.rounding_mode,
            tax_mode: row.tax_mode,
            prices_include_tax: row.prices_include_tax,
            customer_po_policy: row.customer_po_policy,
            four_eyes: row.four_eyes,
            second_factor_roles: row.second_factor_roles,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}
