//! What can be sent about payment terms.

use deserr::Deserr;
use som_domain::text::{Code, Name};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};

/// A new payment term.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "NET45", "name": "45 days net", "due_days": 45 }))]
pub struct NewPaymentTerm {
    /// Unique code.
    pub code: Code,
    /// What people read.
    pub name: Name,
    /// Days from the invoice to the day it is due; at most 3650.
    #[schema(minimum = 0, maximum = 3650)]
    pub due_days: i32,
}

/// Changes of a payment term (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Net 45 days" }))]
pub struct PaymentTermPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// What people read.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Days from the invoice to the day it is due; at most 3650.
    #[deserr(default)]
    #[schema(required = false)]
    pub due_days: Patch<i32>,
}
