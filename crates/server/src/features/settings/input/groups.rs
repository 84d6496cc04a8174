//! What can be sent about customer groups.

use deserr::Deserr;
use som_domain::text::{Code, Name};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};

/// A new customer group.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "wholesale", "name": "Wholesale" }))]
pub struct NewCustomerGroup {
    /// Unique code.
    pub code: Code,
    /// What people read.
    pub name: Name,
}

/// Changes of a customer group (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Wholesale and resale" }))]
pub struct CustomerGroupPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// What people read.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
}
