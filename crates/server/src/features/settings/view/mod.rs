//! How settings are shown.

mod groups;
mod organization;
mod series;
mod terms;

pub use groups::CustomerGroupView;
pub use organization::OrganizationView;
pub use series::NumberSeriesView;
pub use terms::PaymentTermView;
