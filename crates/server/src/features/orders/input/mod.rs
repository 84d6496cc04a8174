//! What can be sent about orders. A value that parsed is well-formed; whether it makes sense is the service's business.

mod line;
mod preview;

pub use crate::quantity::QuantityInput;
pub use line::{DiscountInput, LinePatch, NewOrderLine, OrderLines, PriceInput, TaxInput};
pub use preview::{PreviewOrder, Rules};

use crate::http::{InputErrors, Patch};
use deserr::Deserr;
use serde_json::Value;
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::ids::{AddressId, CustomerId, PaymentTermId, PriceListId, UserId};
use som_domain::text::{LongText, Text};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Most lines of one order.
pub const LINES_MAX: usize = 500;

/// The customer's own order number.
pub type CustomerPo = Text<1, 60>;
/// Name of another system.
pub type Source = Text<1, 60>;
/// What another system calls the order.
pub type Reference = Text<1, 200>;
/// Why something is done.
pub type Reason = Text<1, 500>;

/// A postal address as it is printed on the order.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "recipient": "Acme Ltd, Goods In", "lines": ["1 Harbour Road"], "city": "Bristol", "postal_code": "BS1 5TY", "country": "GB" }))]
pub struct AddressInput {
    /// Who it is for.
    #[deserr(default)]
    pub recipient: Option<Text<1, 200>>,
    /// Street and further lines.
    #[deserr(default)]
    #[schema(required = false)]
    pub lines: Vec<Text<1, 200>>,
    /// City.
    #[deserr(default)]
    pub city: Option<Text<1, 100>>,
    /// State, province or canton.
    #[deserr(default)]
    pub region: Option<Text<1, 100>>,
    /// Postal code.
    #[deserr(default)]
    pub postal_code: Option<Text<1, 20>>,
    /// Country.
    pub country: CountryCode,
}

/// A new order.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "customer_code": "C-DEMO", "customer_po": "PO-7781", "requested_date": "2031-03-31",
    "lines": [{ "description": "Engraving", "kind": "service", "quantity": { "value": "2" }, "unit_price": { "amount": "12.50" }, "taxes": [{ "code": "VAT19", "rate": "19" }] }] }))]
pub struct NewOrder {
    /// The customer's id; or name the code.
    #[deserr(default)]
    pub customer_id: Option<CustomerId>,
    /// The customer's code.
    #[deserr(default)]
    pub customer_code: Option<Text<1, 60>>,
    /// The customer's currency when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// The customer's own number for this order.
    #[deserr(default)]
    pub customer_po: Option<CustomerPo>,
    /// Today when absent; prices and taxes are those of this day.
    #[deserr(default)]
    pub order_date: Option<Date>,
    /// When the customer wants it.
    #[deserr(default)]
    pub requested_date: Option<Date>,
    /// How long the offer of a draft stands.
    #[deserr(default)]
    pub valid_until: Option<Date>,
    /// The customer's default when absent.
    #[deserr(default)]
    pub bill_to: Option<AddressInput>,
    /// The customer's default when absent.
    #[deserr(default)]
    pub ship_to: Option<AddressInput>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub bill_to_address_id: Option<AddressId>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub ship_to_address_id: Option<AddressId>,
    /// The customer's when absent.
    #[deserr(default)]
    pub payment_term_id: Option<PaymentTermId>,
    /// A price list that goes before all others for this order.
    #[deserr(default)]
    pub price_list_id: Option<PriceListId>,
    /// Discount on the whole order.
    #[deserr(default)]
    pub discount: Option<DiscountInput>,
    /// At most 500.
    #[deserr(default)]
    #[schema(required = false)]
    pub lines: Vec<NewOrderLine>,
    /// For colleagues.
    #[deserr(default)]
    pub notes: Option<LongText<4000>>,
    /// Custom fields by key.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// What other systems call it, one each.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<std::collections::HashMap<String, String>>)]
    pub external_refs: BTreeMap<Source, Reference>,
    /// Whose order it is; the caller's, or the customer's owner's.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
    /// Submit and, when nothing stops it, confirm at once.
    #[deserr(default)]
    #[schema(required = false)]
    pub place: bool,
}

/// Changes of a draft (merge patch). Lines have addresses of their own.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "customer_po": "PO-7782", "discount": { "percent": "5" }, "notes": "Call before delivery" }))]
pub struct OrderPatch {
    /// Another customer; prices, taxes and terms follow.
    #[deserr(default)]
    pub customer_id: Option<CustomerId>,
    /// Another currency; prices follow.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// The customer's own number for this order.
    #[deserr(default)]
    #[schema(required = false)]
    pub customer_po: Patch<CustomerPo>,
    /// Prices and taxes follow.
    #[deserr(default)]
    pub order_date: Option<Date>,
    /// When the customer wants it.
    #[deserr(default)]
    #[schema(required = false)]
    pub requested_date: Patch<Date>,
    /// How long the offer stands.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_until: Patch<Date>,
    /// `null` takes the customer's default.
    #[deserr(default)]
    #[schema(required = false)]
    pub bill_to: Patch<AddressInput>,
    /// `null` takes the customer's default; taxes follow.
    #[deserr(default)]
    #[schema(required = false)]
    pub ship_to: Patch<AddressInput>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub bill_to_address_id: Option<AddressId>,
    /// One of the customer's addresses; taxes follow.
    #[deserr(default)]
    pub ship_to_address_id: Option<AddressId>,
    /// Payment term.
    #[deserr(default)]
    #[schema(required = false)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// A price list that goes before all others; prices follow.
    #[deserr(default)]
    #[schema(required = false)]
    pub price_list_id: Patch<PriceListId>,
    /// Discount on the whole order.
    #[deserr(default)]
    #[schema(required = false)]
    pub discount: Patch<DiscountInput>,
    /// For colleagues.
    #[deserr(default)]
    #[schema(required = false)]
    pub notes: Patch<LongText<4000>>,
    /// Custom fields to set; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// References to set; `null` removes one.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<std::collections::HashMap<String, Option<String>>>)]
    pub external_refs: BTreeMap<Source, Option<Reference>>,
    /// Whose order it is.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
}
