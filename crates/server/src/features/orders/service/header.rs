//! The header of an order being written: what its lines are read and computed under.

use chrono::{DateTime, NaiveDate, Utc};
use som_domain::currency::Currency;
use uuid::Uuid;

/// What every line depends on.
#[derive(Debug, Clone)]
pub struct Header {
    /// The organization.
    pub organization: Uuid,
    /// The order; nil in a preview.
    pub order_id: Uuid,
    /// When it is written.
    pub now: DateTime<Utc>,
    /// Day of prices and taxes.
    pub order_date: NaiveDate,
    /// Currency of the document.
    pub currency: Currency,
    /// Currency of the organization.
    pub base_currency: Currency,
    /// Whether prices contain tax unless said otherwise.
    pub prices_include_tax: bool,
    /// Country of delivery.
    pub country: String,
    /// Region of delivery.
    pub region: String,
    /// The customer's tax status.
    pub tax_status: String,
    /// Nothing is saved: a description may be missing.
    pub preview: bool,
}
