//! What can be sent about products, categories and units.

use std::collections::BTreeMap;

use deserr::Deserr;
use serde_json::Value;
use som_domain::money::{Quantity, UnitPrice};
use som_domain::text::{Code, LongText, Name, Sku, Text};
use som_domain::units::ProductKind;
use utoipa::ToSchema;

use crate::db::external_refs::{Reference, Source};
use crate::http::{InputErrors, Patch};

/// When a product becomes billable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum InvoicePolicy {
    /// As soon as it is ordered.
    Ordered,
    /// When it was delivered.
    Delivered,
}

impl InvoicePolicy {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Delivered => "delivered",
        }
    }
}

/// Another unit the product is sold in: one of it is `numerator ÷ denominator` of the product's own unit.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub struct UnitConversionInput {
    /// Code of the unit.
    pub unit: Code,
    /// Above zero.
    #[schema(example = 12)]
    pub numerator: i64,
    /// Above zero; 1 when absent.
    #[deserr(default = 1)]
    #[schema(required = false, example = 1)]
    pub denominator: i64,
    /// Its own barcode.
    #[deserr(default)]
    pub barcode: Option<Text<1, 64>>,
}

/// A new product.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "sku": "HX-1020", "name": "Hex bolt M10 × 20, zinc plated", "unit": "pcs", "list_price": "0.0375", "cost": "0.021",
    "pack_multiple": "100", "external_refs": { "shopify": "98123" } }))]
pub struct NewProduct {
    /// Stock keeping unit, unique.
    pub sku: Sku,
    /// What documents print.
    pub name: Text<1, 300>,
    /// EAN, UPC or any other barcode, unique.
    #[deserr(default)]
    pub barcode: Option<Text<1, 64>>,
    /// Code of the category.
    #[deserr(default)]
    pub category: Option<Code>,
    /// Goods when absent.
    #[deserr(default)]
    pub kind: Option<ProductKind>,
    /// Code of the unit it is kept and priced in; `pcs` when absent.
    #[deserr(default)]
    pub unit: Option<Code>,
    /// Sold in multiples of this.
    #[deserr(default)]
    pub pack_multiple: Option<Quantity>,
    /// Code of the tax class; the organization's default when absent.
    #[deserr(default)]
    pub tax_class: Option<Code>,
    /// When it becomes billable; goods when delivered, the rest when ordered.
    #[deserr(default)]
    pub invoice_policy: Option<InvoicePolicy>,
    /// Price of one unit in the organization's currency, when no price list says otherwise.
    #[deserr(default)]
    pub list_price: Option<UnitPrice>,
    /// What one unit costs, in the organization's currency; needs `cost.read`.
    #[deserr(default)]
    pub cost: Option<UnitPrice>,
    /// Text of several lines.
    #[deserr(default)]
    pub description: Option<LongText<10000>>,
    /// Values of custom fields.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// Ids in other systems, by system.
    #[deserr(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub external_refs: Option<BTreeMap<Source, Reference>>,
    /// Other units it is sold in.
    #[deserr(default)]
    #[schema(required = false)]
    pub units: Vec<UnitConversionInput>,
}

/// Changes of a product (merge patch); `units` replaces the whole list.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "list_price": "0.0415" }))]
pub struct ProductPatch {
    /// Stock keeping unit.
    #[deserr(default)]
    #[schema(required = false)]
    pub sku: Patch<Sku>,
    /// What documents print.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Text<1, 300>>,
    /// Barcode.
    #[deserr(default)]
    #[schema(required = false)]
    pub barcode: Patch<Text<1, 64>>,
    /// Code of the category.
    #[deserr(default)]
    #[schema(required = false)]
    pub category: Patch<Code>,
    /// Kind.
    #[deserr(default)]
    #[schema(required = false)]
    pub kind: Patch<ProductKind>,
    /// Code of the unit.
    #[deserr(default)]
    #[schema(required = false)]
    pub unit: Patch<Code>,
    /// Sold in multiples of this.
    #[deserr(default)]
    #[schema(required = false)]
    pub pack_multiple: Patch<Quantity>,
    /// Code of the tax class.
    #[deserr(default)]
    #[schema(required = false)]
    pub tax_class: Patch<Code>,
    /// When it becomes billable.
    #[deserr(default)]
    #[schema(required = false)]
    pub invoice_policy: Patch<InvoicePolicy>,
    /// Price of one unit.
    #[deserr(default)]
    #[schema(required = false)]
    pub list_price: Patch<UnitPrice>,
    /// What one unit costs; needs `cost.read`.
    #[deserr(default)]
    #[schema(required = false)]
    pub cost: Patch<UnitPrice>,
    /// Text of several lines.
    #[deserr(default)]
    #[schema(required = false)]
    pub description: Patch<LongText<10000>>,
    /// Values of custom fields; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, Value>>,
    /// Ids in other systems; `null` removes one.
    #[deserr(default)]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub external_refs: Option<BTreeMap<Source, Option<Reference>>>,
    /// Other units it is sold in.
    #[deserr(default)]
    #[schema(required = false)]
    pub units: Patch<Vec<UnitConversionInput>>,
}

/// A new category.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "fasteners", "name": "Fasteners" }))]
pub struct NewCategory {
    /// Unique code.
    pub code: Code,
    /// For people.
    pub name: Name,
    /// Code of the category above.
    #[deserr(default)]
    pub parent: Option<Code>,
}

/// Changes of a category (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Bolts and nuts" }))]
pub struct CategoryPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// For people.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Code of the category above.
    #[deserr(default)]
    #[schema(required = false)]
    pub parent: Patch<Code>,
}

/// A new unit of measure.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "roll", "name": "Roll", "step": "0.5" }))]
pub struct NewUnit {
    /// Unique code, at most 20 characters.
    pub code: Code,
    /// For people.
    pub name: Name,
    /// Quantities are multiples of this; 1 when absent.
    #[deserr(default)]
    pub step: Option<Quantity>,
}

/// Changes of a unit (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Running metre" }))]
pub struct UnitPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// For people.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Quantities are multiples of this.
    #[deserr(default)]
    #[schema(required = false)]
    pub step: Patch<Quantity>,
}
