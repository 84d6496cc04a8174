//! What can be sent about taxes, classes and rules.

use deserr::Deserr;
use som_domain::country::CountryCode;
use som_domain::dates::Date;
use som_domain::money::Rate;
use som_domain::text::{Code, Name, Text};
use utoipa::ToSchema;

use super::view::{TaxState, TaxStatus};
use crate::http::{InputErrors, Patch};

/// A new tax.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "VAT7", "name": "VAT 7 %", "rate": "7" }))]
pub struct NewTax {
    /// Unique code.
    pub code: Code,
    /// What documents print.
    pub name: Name,
    /// Per cent, at most 100.
    pub rate: Rate,
    /// Whether it is also levied on the taxes before it.
    #[deserr(default)]
    #[schema(required = false)]
    pub compound: bool,
    /// First day it may be used.
    #[deserr(default)]
    pub valid_from: Option<Date>,
    /// Last day it may be used.
    #[deserr(default)]
    pub valid_to: Option<Date>,
}

/// Changes of a tax (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Value added tax 7 %" }))]
pub struct TaxPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// What documents print.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Per cent, at most 100.
    #[deserr(default)]
    #[schema(required = false)]
    pub rate: Patch<Rate>,
    /// Whether it is also levied on the taxes before it.
    #[deserr(default)]
    #[schema(required = false)]
    pub compound: Patch<bool>,
    /// First day it may be used.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_from: Patch<Date>,
    /// Last day it may be used.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_to: Patch<Date>,
    /// `active` or `archived`.
    #[deserr(default)]
    #[schema(required = false)]
    pub status: Patch<TaxState>,
}

/// A new tax class.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "reduced", "name": "Reduced rate" }))]
pub struct NewTaxClass {
    /// Unique code.
    pub code: Code,
    /// For people.
    pub name: Name,
    /// Whether products without a class belong to it; it takes this from the class that had it.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_default: bool,
}

/// Changes of a tax class (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Food and books" }))]
pub struct TaxClassPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// For people.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Whether products without a class belong to it.
    #[deserr(default)]
    #[schema(required = false)]
    pub is_default: Patch<bool>,
}

/// A new rule.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "tax_class": "standard", "country": "AT", "customer_tax_status": "reverse_charge", "taxes": [],
    "exemption_reason": "Reverse charge: the recipient owes the tax" }))]
pub struct NewTaxRule {
    /// Code of the tax class it is for.
    pub tax_class: Code,
    /// Country of delivery; none: every country.
    #[deserr(default)]
    pub country: Option<CountryCode>,
    /// Region of the country, as addresses write it; none: all of them.
    #[deserr(default)]
    pub region: Option<Text<1, 100>>,
    /// Customers it is for; taxable when absent.
    #[deserr(default)]
    pub customer_tax_status: Option<TaxStatus>,
    /// Codes of the taxes, in the order they are levied; at most ten.
    #[deserr(default)]
    #[schema(required = false)]
    pub taxes: Vec<Code>,
    /// Why no tax is due, as the document says it.
    #[deserr(default)]
    pub exemption_reason: Option<Text<1, 300>>,
}

/// Changes of a rule (merge patch).
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "exemption_reason": "Export outside the union" }))]
pub struct TaxRulePatch {
    /// Code of the tax class it is for.
    #[deserr(default)]
    #[schema(required = false)]
    pub tax_class: Patch<Code>,
    /// Country of delivery.
    #[deserr(default)]
    #[schema(required = false)]
    pub country: Patch<CountryCode>,
    /// Region of the country.
    #[deserr(default)]
    #[schema(required = false)]
    pub region: Patch<Text<1, 100>>,
    /// Customers it is for.
    #[deserr(default)]
    #[schema(required = false)]
    pub customer_tax_status: Patch<TaxStatus>,
    /// Codes of the taxes, in order; replaces the list.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<Vec<String>>)]
    pub taxes: Patch<Vec<Code>>,
    /// Why no tax is due.
    #[deserr(default)]
    #[schema(required = false)]
    pub exemption_reason: Patch<Text<1, 300>>,
}
