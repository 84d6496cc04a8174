//! Lines as they can be sent.

use super::super::kind::OrderLineKind;
use crate::http::{InputErrors, Patch};
use crate::quantity::QuantityInput;
use deserr::Deserr;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::document::LineTax;
use som_domain::ids::ProductId;
use som_domain::money::{Amount, Rate, UnitPrice};
use som_domain::orders::InvoicePolicy;
use som_domain::text::{Code, Sku, Text};
use utoipa::ToSchema;

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
    #[schema(required = false)]
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
    #[schema(required = false)]
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
    #[schema(required = false)]
    pub unit_price: Patch<PriceInput>,
    /// Whether the price contains the taxes.
    #[deserr(default)]
    pub price_includes_tax: Option<bool>,
    /// All discounts of the line.
    #[deserr(default)]
    pub discounts: Option<Vec<DiscountInput>>,
    /// All taxes of the line; `null` goes back to those of its tax class.
    #[deserr(default)]
    #[schema(required = false)]
    pub taxes: Patch<Vec<TaxInput>>,
    /// Code of the tax class.
    #[deserr(default)]
    pub tax_class: Option<Code>,
    /// Why no tax is due.
    #[deserr(default)]
    #[schema(required = false)]
    pub exemption_reason: Patch<Text<1, 200>>,
    /// Whether the order discount reaches it.
    #[deserr(default)]
    pub discountable: Option<bool>,
    /// When it is wanted.
    #[deserr(default)]
    #[schema(required = false)]
    pub requested_date: Patch<Date>,
    /// What may be invoiced.
    #[deserr(default)]
    pub invoice_policy: Option<InvoicePolicy>,
    /// Its place among the lines, from 1.
    #[deserr(default)]
    pub position: Option<u32>,
}
