//! How products, categories and units are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use som_domain::currency::Currency;
use som_domain::dates::Timestamp;
use som_domain::ids::{CategoryId, ProductId, UnitId};
use utoipa::ToSchema;

use super::store::{CategoryRow, ProductRow, UnitRow};
use crate::caller::Caller;
use crate::features::custom_fields;
use crate::permission::Permission;
use crate::wire;

/// A category in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryShort {
    /// Identity.
    pub id: CategoryId,
    /// Unique code.
    pub code: String,
    /// For people.
    pub name: String,
}

/// Another unit a product is sold in.
#[derive(Debug, Clone, Serialize, serde::Deserialize, ToSchema)]
pub struct UnitConversionView {
    /// Code of the unit.
    #[schema(example = "box")]
    pub unit: String,
    /// One of it is this many …
    #[schema(example = 12)]
    pub numerator: i64,
    /// … over this many of the product's own unit.
    #[schema(example = 1)]
    pub denominator: i64,
    /// Its own barcode.
    pub barcode: Option<String>,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductView {
    /// Identity.
    pub id: ProductId,
    /// Stock keeping unit.
    #[schema(example = "HX-1020")]
    pub sku: String,
    /// What documents print.
    pub name: String,
    /// Barcode.
    pub barcode: Option<String>,
    /// Category.
    pub category: Option<CategoryShort>,
    /// `goods`, `service` or `recurring`.
    #[schema(example = "goods")]
    pub kind: String,
    /// Code of its unit.
    #[schema(example = "pcs")]
    pub unit: String,
    /// Sold in multiples of this.
    #[schema(example = "100")]
    pub pack_multiple: Option<String>,
    /// Code of its tax class.
    #[schema(example = "standard")]
    pub tax_class: Option<String>,
    /// `ordered` or `delivered`.
    #[schema(example = "delivered")]
    pub invoice_policy: String,
    /// Price of one unit in the organization's currency.
    #[schema(example = "0.0375")]
    pub list_price: Option<String>,
    /// What one unit costs; `null` without `cost.read`.
    #[schema(example = "0.021")]
    pub cost: Option<String>,
    /// `active`, `phase_out`, `blocked` or `archived`.
    #[schema(example = "active")]
    pub status: String,
    /// Text of several lines.
    pub description: String,
    /// Values of custom fields.
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
    /// Ids in other systems.
    pub external_refs: BTreeMap<String, String>,
    /// Other units it is sold in.
    pub units: Vec<UnitConversionView>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ProductView {
    /// The view for somebody who may or may not see cost and secrets.
    pub(super) fn new(row: ProductRow, caller: &Caller) -> Self {
        let currency = caller.organization.currency;
        let cost = caller.may(Permission::CostRead);
        let category = row
            .category_id
            .zip(row.category_code.clone().zip(row.category_name.clone()));
        Self {
            id: ProductId::from_uuid(row.id),
            category: category.map(|(id, (code, name))| CategoryShort {
                id: CategoryId::from_uuid(id),
                code,
                name,
            }),
            pack_multiple: row.pack_multiple.map(wire::quantity),
            list_price: row.list_price.map(|price| wire::price(price, currency)),
            cost: row
                .cost
                .filter(|_| cost)
                .map(|price| wire::price(price, currency)),
            custom: custom_fields::service::show(&row.custom, caller),
            external_refs: row.external_refs.0,
            units: row.units.0,
            sku: row.sku,
            name: row.name,
            barcode: row.barcode,
            kind: row.kind,
            unit: row.unit,
            tax_class: row.tax_class,
            invoice_policy: row.invoice_policy,
            status: row.status,
            description: row.description,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Identity.
    pub id: CategoryId,
    /// Unique code.
    #[schema(example = "fasteners")]
    pub code: String,
    /// For people.
    pub name: String,
    /// Code of the category above.
    pub parent: Option<String>,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl From<CategoryRow> for CategoryView {
    fn from(row: CategoryRow) -> Self {
        Self {
            id: CategoryId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            parent: row.parent,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A unit of measure.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Identity.
    pub id: UnitId,
    /// Unique code.
    #[schema(example = "pcs")]
    pub code: String,
    /// For people.
    pub name: String,
    /// Quantities are multiples of this.
    #[schema(example = "1")]
    pub step: String,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl From<UnitRow> for UnitView {
    fn from(row: UnitRow) -> Self {
        Self {
            id: UnitId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            step: wire::quantity(row.step),
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductListItem {
    /// Identity.
    pub id: ProductId,
    /// Stock keeping unit.
    #[schema(example = "HX-1020")]
    pub sku: String,
    /// What documents print.
    pub name: String,
    /// Barcode.
    pub barcode: Option<String>,
    /// Code of the category.
    pub category: Option<String>,
    /// `goods`, `service` or `recurring`.
    pub kind: String,
    /// Code of its unit.
    #[schema(example = "pcs")]
    pub unit: String,
    /// Sold in multiples of this.
    pub pack_multiple: Option<String>,
    /// Code of its tax class.
    pub tax_class: Option<String>,
    /// Price of one unit in the organization's currency.
    #[schema(example = "0.0375")]
    pub list_price: Option<String>,
    /// What one unit costs; `null` without `cost.read`.
    pub cost: Option<String>,
    /// `active`, `phase_out`, `blocked` or `archived`.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl ProductListItem {
    /// The item for somebody who may or may not see cost.
    pub(super) fn new(row: super::store::find::ItemRow, currency: Currency, cost: bool) -> Self {
        Self {
            id: ProductId::from_uuid(row.id),
            sku: row.sku,
            name: row.name,
            barcode: row.barcode,
            category: row.category,
            kind: row.kind,
            unit: row.unit,
            pack_multiple: row.pack_multiple.map(wire::quantity),
            tax_class: row.tax_class,
            list_price: row.list_price.map(|price| wire::price(price, currency)),
            cost: row
                .cost
                .filter(|_| cost)
                .map(|price| wire::price(price, currency)),
            status: row.status,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            etag: format!("\"{}\"", row.version),
        }
    }
}

/// What a typed or scanned text stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResolvedProduct {
    /// The one product meant, if there is one.
    pub r#match: Option<ProductListItem>,
    /// Up to eight candidates, best first.
    pub candidates: Vec<ProductListItem>,
}
