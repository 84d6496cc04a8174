//! What can be sent about settings.

mod groups;
mod organization;
mod series;
mod terms;

pub use groups::{CustomerGroupPatch, NewCustomerGroup};
pub use organization::{ApprovalLimitsPatch, DiscountLimitsPatch, OrganizationPatch};
pub use series::NumberSeriesPatch;
pub use terms::{NewPaymentTerm, PaymentTermPatch};
