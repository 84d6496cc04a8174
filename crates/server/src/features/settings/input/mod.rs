//! What can be sent about settings.

mod groups;
mod terms;

pub use groups::{CustomerGroupPatch, NewCustomerGroup};
pub use terms::{NewPaymentTerm, PaymentTermPatch};
