//! What can be sent about orders. A value that parsed is well-formed; whether it makes sense is the service's business.

use std::collections::BTreeMap;

use deserr::Deserr;
use serde_json::{Map, Value};
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::document::{LineTax, TaxMode};
use som_domain::ids::{AddressId, CustomerId, PaymentTermId, PriceListId, ProductId, UserId};
use som_domain::money::{Amount, Quantity, Rate, UnitPrice};
use som_domain::orders::InvoicePolicy;
use som_domain::rounding::RoundingMode;
use som_domain::text::{Code, LongText, Sku, Text};
use utoipa::ToSchema;

use super::kind::OrderLineKind;
use crate::http::{InputErrors, Patch};

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

/// A price of one unit; in the order's currency.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "amount": "12.50", "currency": "EUR" }))]
pub struct PriceInput {
    /// At most six decimals.
    pub amount: UnitPrice,
    /// Must be the order's currency when given.
    #[deserr(default)]
    pub currency: Option<Currency>,
}

/// A discount: exactly one of per cent and amount.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "percent": "10" }))]
pub struct DiscountInput {
    /// Per cent of what is left, 0 to 100.
    #[deserr(default)]
    pub percent: Option<Rate>,
    /// A fixed amount of the order's currency, capped at what it reduces.
    #[deserr(default)]
    pub amount: Option<Amount>,
}

/// A tax of an ad-hoc line.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "VAT19", "rate": "19" }))]
pub struct TaxInput {
    /// Code.
    pub code: Code,
    /// Per cent.
    pub rate: Rate,
    /// Whether it is also levied on the taxes before it.
    #[deserr(default)]
    pub compound: bool,
}

impl From<TaxInput> for LineTax {
    fn from(tax: TaxInput) -> Self {
        Self {
            code: tax.code,
            rate: tax.rate,
            compound: tax.compound,
        }
    }
}

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

/// A line to add. It names a product (by id, SKU or barcode), or it is ad hoc: then it has a description and a price.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "description": "Engraving", "kind": "service", "quantity": { "value": "2" }, "unit_price": { "amount": "12.50" },
    "discounts": [{ "percent": "5" }], "taxes": [{ "code": "VAT19", "rate": "19" }] }))]
pub struct NewOrderLine {
    /// What it is; from the product, else goods.
    #[deserr(default)]
    pub kind: Option<OrderLineKind>,
    /// The product's id.
    #[deserr(default)]
    pub product_id: Option<ProductId>,
    /// The product's SKU.
    #[deserr(default)]
    pub sku: Option<Sku>,
    /// The product's barcode, or that of one of its units.
    #[deserr(default)]
    pub barcode: Option<Text<1, 64>>,
    /// What is printed; from the product when absent.
    #[deserr(default)]
    pub description: Option<Text<1, 300>>,
    /// How many; not for lines of text.
    #[deserr(default)]
    pub quantity: Option<QuantityInput>,
    /// Price of one unit. For a product it replaces the price that would be found (`prices.override`).
    #[deserr(default)]
    pub unit_price: Option<PriceInput>,
    /// Whether the price contains the taxes.
    #[deserr(default)]
    pub price_includes_tax: Option<bool>,
    /// Applied one after another.
    #[deserr(default)]
    pub discounts: Vec<DiscountInput>,
    /// Taxes in the order they are levied; for a product they replace those of its tax class (`prices.override`).
    #[deserr(default)]
    pub taxes: Option<Vec<TaxInput>>,
    /// Code of the tax class whose rules apply.
    #[deserr(default)]
    pub tax_class: Option<Code>,
    /// Why no tax is due.
    #[deserr(default)]
    pub exemption_reason: Option<Text<1, 200>>,
    /// Whether the order discount reaches it; not for charges unless said so.
    #[deserr(default)]
    pub discountable: Option<bool>,
    /// When it is wanted.
    #[deserr(default)]
    pub requested_date: Option<Date>,
    /// What may be invoiced: what was ordered or what was delivered.
    #[deserr(default)]
    pub invoice_policy: Option<InvoicePolicy>,
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
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    pub external_refs: BTreeMap<Source, Reference>,
    /// Whose order it is; the caller's, or the customer's owner's.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
    /// Submit and, when nothing stops it, confirm at once.
    #[deserr(default)]
    pub place: bool,
}

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
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    pub external_refs: BTreeMap<Source, Reference>,
    /// Whose order it would be.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
    /// Not looked at.
    #[deserr(default)]
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
    pub customer_po: Patch<CustomerPo>,
    /// Prices and taxes follow.
    #[deserr(default)]
    pub order_date: Option<Date>,
    /// When the customer wants it.
    #[deserr(default)]
    pub requested_date: Patch<Date>,
    /// How long the offer stands.
    #[deserr(default)]
    pub valid_until: Patch<Date>,
    /// `null` takes the customer's default.
    #[deserr(default)]
    pub bill_to: Patch<AddressInput>,
    /// `null` takes the customer's default; taxes follow.
    #[deserr(default)]
    pub ship_to: Patch<AddressInput>,
    /// One of the customer's addresses.
    #[deserr(default)]
    pub bill_to_address_id: Option<AddressId>,
    /// One of the customer's addresses; taxes follow.
    #[deserr(default)]
    pub ship_to_address_id: Option<AddressId>,
    /// Payment term.
    #[deserr(default)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// A price list that goes before all others; prices follow.
    #[deserr(default)]
    pub price_list_id: Patch<PriceListId>,
    /// Discount on the whole order.
    #[deserr(default)]
    pub discount: Patch<DiscountInput>,
    /// For colleagues.
    #[deserr(default)]
    pub notes: Patch<LongText<4000>>,
    /// Custom fields to set; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// References to set; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<std::collections::HashMap<String, Option<String>>>)]
    pub external_refs: BTreeMap<Source, Option<Reference>>,
    /// Whose order it is.
    #[deserr(default)]
    pub owner_id: Option<UserId>,
}

/// Lines to add or to put in place of all lines.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "lines": [{ "description": "Engraving", "quantity": { "value": "2" }, "unit_price": { "amount": "12.50" } }] }))]
pub struct OrderLines {
    /// In order.
    pub lines: Vec<NewOrderLine>,
}

/// Changes of a line of a draft (merge patch).
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "quantity": { "value": "3" }, "discounts": [{ "percent": "5" }] }))]
pub struct LinePatch {
    /// Another product.
    #[deserr(default)]
    pub product_id: Option<ProductId>,
    /// Another product by SKU.
    #[deserr(default)]
    pub sku: Option<Sku>,
    /// What is printed.
    #[deserr(default)]
    pub description: Option<Text<1, 300>>,
    /// How many; the price follows unless it was set by hand.
    #[deserr(default)]
    pub quantity: Option<QuantityInput>,
    /// A price by hand (`prices.override`); `null` goes back to the price that is found.
    #[deserr(default)]
    pub unit_price: Patch<PriceInput>,
    /// Whether the price contains the taxes.
    #[deserr(default)]
    pub price_includes_tax: Option<bool>,
    /// All discounts of the line.
    #[deserr(default)]
    pub discounts: Option<Vec<DiscountInput>>,
    /// All taxes of the line; `null` goes back to those of its tax class.
    #[deserr(default)]
    pub taxes: Patch<Vec<TaxInput>>,
    /// Code of the tax class.
    #[deserr(default)]
    pub tax_class: Option<Code>,
    /// Why no tax is due.
    #[deserr(default)]
    pub exemption_reason: Patch<Text<1, 200>>,
    /// Whether the order discount reaches it.
    #[deserr(default)]
    pub discountable: Option<bool>,
    /// When it is wanted.
    #[deserr(default)]
    pub requested_date: Patch<Date>,
    /// What may be invoiced.
    #[deserr(default)]
    pub invoice_policy: Option<InvoicePolicy>,
    /// Its place among the lines, from 1.
    #[deserr(default)]
    pub position: Option<u32>,
}

/// The whole of `custom` as JSON.
pub fn custom_map(custom: Option<BTreeMap<String, Value>>) -> Map<String, Value> {
    custom.unwrap_or_default().into_iter().collect()
}
