//! A quantity with its unit, as it can be sent.

use deserr::Deserr;
use som_domain::money::Quantity;
use som_domain::text::Code;
use utoipa::ToSchema;

use crate::http::InputErrors;

/// A quantity in a unit; the product's own unit when none is named.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "value": "2", "unit": "pcs" }))]
pub struct QuantityInput {
    /// How many.
    pub value: Quantity,
    /// Code of the unit.
    #[deserr(default)]
    pub unit: Option<Code>,
}
