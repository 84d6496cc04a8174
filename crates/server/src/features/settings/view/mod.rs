//! How settings are shown.

mod groups;
mod terms;

pub use groups::CustomerGroupView;
pub use terms::PaymentTermView;
