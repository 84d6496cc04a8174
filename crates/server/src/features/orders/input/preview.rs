//! A document to be computed.

use super::{AddressInput, CustomerPo, DiscountInput, NewOrder, NewOrderLine, Reference, Source};
use crate::http::{InputErrors, Patch};
use deserr::Deserr;
use serde_json::Value;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::document::TaxMode;
use som_domain::ids::{AddressId, CustomerId, PaymentTermId, PriceListId, UserId};
use som_domain::money::Amount;
use som_domain::rounding::RoundingMode;
use som_domain::text::{LongText, Text};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A document to be computed; nothing is saved. Everything of a new order, and the rules of rounding.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "currency": "EUR", "discount": { "amount": "10.00" },
    "lines": [{ "quantity": { "value": "16" }, "unit_price": { "amount": "348.35" }, "discounts": [{ "percent": "4" }], "taxes": [{ "code": "VAT", "rate": "22" }] }] }))]
pub struct PreviewOrder {
    /// A customer, for prices, taxes, terms and credit.
    #[deserr(default)]
    pub customer_id: Option<CustomerId>,
    /// A customer by code.
    #[deserr(default)]
    pub customer_code: Option<Text<1, 60>>,
    /// The customer's, else the organization's when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// How halves round; the organization's when absent.
    #[deserr(default)]
    pub rounding: Option<RoundingMode>,
    /// Where tax is rounded; the organization's when absent.
    #[deserr(default)]
    pub tax_mode: Option<TaxMode>,
    /// Step of the payable amount.
    #[deserr(default)]
    #[schema(required = false)]
    pub cash_rounding: Patch<Amount>,
    /// The customer's own number for this order.
    #[deserr(default)]
    pub customer_po: Option<CustomerPo>,
    /// Today when absent.
    #[deserr(default)]
    pub order_date: Option<Date>,
    /// When the customer wants it.
    #[deserr(default)]
    pub requested_date: Option<Date>,
    /// How long the offer stands.
    #[deserr(default)]
    pub valid_until: Option<Date>,
    /// Billing address.
    #[deserr(default)]
    pub bill_to: Option<AddressInput>,
    /// Shipping address; taxes depend on its country.
    #[deserr(default)]
    pub ship_to: Option<AddressInput>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub bill_to_address_id: Option<AddressId>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub ship_to_address_id: Option<AddressId>,
    /// Payment term.
    #[deserr(default)]
    pub payment_term_id: Option<PaymentTermId>,
    /// A price list that goes before all others.
    #[deserr(default)]
    pub price_list_id: Option<PriceListId>,
    /// Discount on the whole order.
    #[deserr(default)]
    pub discount: Option<DiscountInput>,
    /// At most 500.
    #[deserr(default)]
    #[schema(required = false)]
    pub lines: Vec<NewOrderLine>,
    /// Not looked at.
    #[deserr(default)]
    pub notes: Option<LongText<4000>>,
    /// Custom fields by key.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// Not looked at.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<std::collections::HashMap<String, String>>)]
    pub external_refs: BTreeMap<Source, Reference>,
    /// Whose order it would be.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
    /// Not looked at.
    #[deserr(default)]
    #[schema(required = false)]
    pub place: bool,
}

impl PreviewOrder {
    /// The order it would be, and the rules it is computed by.
    pub fn split(self) -> (NewOrder, Rules) {
        let rules = Rules {
            rounding: self.rounding,
            tax_mode: self.tax_mode,
            cash_rounding: self.cash_rounding,
        };
        let order = NewOrder {
            customer_id: self.customer_id,
            customer_code: self.customer_code,
            currency: self.currency,
            customer_po: self.customer_po,
            order_date: self.order_date,
            requested_date: self.requested_date,
            valid_until: self.valid_until,
            bill_to: self.bill_to,
            ship_to: self.ship_to,
            bill_to_address_id: self.bill_to_address_id,
            ship_to_address_id: self.ship_to_address_id,
            payment_term_id: self.payment_term_id,
            price_list_id: self.price_list_id,
            discount: self.discount,
            lines: self.lines,
            notes: self.notes,
            custom: self.custom,
            external_refs: self.external_refs,
            owner_id: self.owner_id,
            place: self.place,
        };
        (order, rules)
    }
}

/// Rules of computation a preview may set; an order takes the organization's.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// How halves round.
    pub rounding: Option<RoundingMode>,
    /// Where tax is rounded.
    pub tax_mode: Option<TaxMode>,
    /// Step of the payable amount.
    pub cash_rounding: Patch<Amount>,
}
