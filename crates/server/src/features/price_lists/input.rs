//! What can be sent about price lists and prices.

use std::collections::BTreeMap;

use deserr::Deserr;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::ids::{CustomerGroupId, CustomerId, ProductId};
use som_domain::money::{Quantity, Rate, UnitPrice};
use som_domain::text::{Code, Name, Sku};
use som_domain::tiers::TierMode;
use utoipa::ToSchema;

use crate::db::external_refs::{Reference, Source};
use crate::http::{InputErrors, Patch};
use crate::quantity::QuantityInput;

/// Whether a list is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum ListState {
    /// Being prepared.
    Draft,
    /// In use.
    Active,
    /// No longer used.
    Archived,
}

impl ListState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

/// A new price list: for everyone, or for the customer or group it names.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "code": "EUR-2027", "name": "List prices 2027", "currency": "EUR", "valid_from": "2027-01-01" }))]
pub struct NewPriceList {
    /// Unique code.
    pub code: Code,
    /// For people.
    pub name: Name,
    /// Currency of its prices; the organization's when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// Whether its prices contain tax.
    #[deserr(default)]
    #[schema(required = false)]
    pub includes_tax: bool,
    /// Only for this customer.
    #[deserr(default)]
    pub customer_id: Option<CustomerId>,
    /// Only for customers of this group.
    #[deserr(default)]
    pub group_id: Option<CustomerGroupId>,
    /// The higher one wins among lists of the same reach.
    #[deserr(default)]
    #[schema(required = false)]
    pub priority: i32,
    /// First day.
    #[deserr(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[deserr(default)]
    pub valid_to: Option<Date>,
    /// `active` when absent.
    #[deserr(default)]
    pub status: Option<ListState>,
    /// Ids in other systems, by system.
    #[deserr(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub external_refs: Option<BTreeMap<Source, Reference>>,
}

/// Changes of a price list (merge patch). Currency and reach are for good: its prices mean them.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "priority": 10 }))]
pub struct PriceListPatch {
    /// Unique code.
    #[deserr(default)]
    #[schema(required = false)]
    pub code: Patch<Code>,
    /// For people.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// Whether its prices contain tax.
    #[deserr(default)]
    #[schema(required = false)]
    pub includes_tax: Patch<bool>,
    /// The higher one wins.
    #[deserr(default)]
    #[schema(required = false)]
    pub priority: Patch<i32>,
    /// First day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_from: Patch<Date>,
    /// Last day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_to: Patch<Date>,
    /// Whether it is used.
    #[deserr(default)]
    #[schema(required = false)]
    pub status: Patch<ListState>,
}

/// A new price: of one product, of a category, or of everything; a price, or a per cent off the product's list price.
#[derive(Debug, Clone, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "min_quantity": "1000", "discount_percent": "5" }))]
pub struct NewPrice {
    /// The product, by id …
    #[deserr(default)]
    pub product_id: Option<ProductId>,
    /// … or by SKU.
    #[deserr(default)]
    pub sku: Option<Sku>,
    /// Code of a category, instead of a product.
    #[deserr(default)]
    pub category: Option<Code>,
    /// Code of the unit it is per; the product's own when absent.
    #[deserr(default)]
    pub unit: Option<Code>,
    /// From this quantity on; 0 when absent.
    #[deserr(default)]
    pub min_quantity: Option<Quantity>,
    /// How quantity tiers apply; volume when absent.
    #[deserr(default)]
    pub tier_mode: Option<TierMode>,
    /// Price of one unit.
    #[deserr(default)]
    pub unit_price: Option<UnitPrice>,
    /// Per cent off the product's list price.
    #[deserr(default)]
    pub discount_percent: Option<Rate>,
    /// First day.
    #[deserr(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[deserr(default)]
    pub valid_to: Option<Date>,
}

/// Changes of a price (merge patch). What it is the price of does not change.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "valid_to": "2027-06-30" }))]
pub struct PricePatch {
    /// From this quantity on.
    #[deserr(default)]
    #[schema(required = false)]
    pub min_quantity: Patch<Quantity>,
    /// How quantity tiers apply.
    #[deserr(default)]
    #[schema(required = false)]
    pub tier_mode: Patch<TierMode>,
    /// Price of one unit; replaces a per cent.
    #[deserr(default)]
    #[schema(required = false)]
    pub unit_price: Patch<UnitPrice>,
    /// Per cent off the list price; replaces a price.
    #[deserr(default)]
    #[schema(required = false)]
    pub discount_percent: Patch<Rate>,
    /// First day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_from: Patch<Date>,
    /// Last day.
    #[deserr(default)]
    #[schema(required = false)]
    pub valid_to: Patch<Date>,
}

/// Texts to find products and prices for: a paste, or what a scanner read.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "currency": "EUR", "date": "2026-12-01",
    "entries": [{ "text": "HX-1020", "quantity": { "value": "200" } }, { "text": "4006381333931" }] }))]
pub struct ResolveProducts {
    /// Whose prices; nobody's in particular when absent.
    #[deserr(default)]
    pub customer_id: Option<CustomerId>,
    /// In which currency; the customer's, else the organization's when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// On which day; today when absent.
    #[deserr(default)]
    pub date: Option<Date>,
    /// 1 to 500.
    pub entries: Vec<ResolveEntry>,
}

/// One text and how many are wanted of what it stands for.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub struct ResolveEntry {
    /// A SKU, barcode or reference in another system, or the beginning of a SKU.
    #[schema(example = "HX-1020")]
    pub text: String,
    /// One of the product's own unit (or of that whose barcode the text is) when absent.
    #[deserr(default)]
    pub quantity: Option<QuantityInput>,
}
