//! How taxes, classes and rules are shown.

use serde::Serialize;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{TaxClassId, TaxId, TaxRuleId};
use utoipa::ToSchema;

use super::store::rules::RuleRow;
use super::store::{ClassRow, TaxRow};
use crate::wire;

pub(super) use super::service::TaxStatus;

/// Whether a tax can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum TaxState {
    /// In use.
    Active,
    /// Kept for old documents only.
    Archived,
}

impl TaxState {
    /// As stored.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

/// A tax.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxView {
    /// Identity.
    pub id: TaxId,
    /// Unique code.
    #[schema(example = "VAT19")]
    pub code: String,
    /// What documents print.
    pub name: String,
    /// Per cent.
    #[schema(example = "19.00")]
    pub rate: String,
    /// Whether it is also levied on the taxes before it.
    pub compound: bool,
    /// First day it may be used.
    pub valid_from: Option<Date>,
    /// Last day it may be used.
    pub valid_to: Option<Date>,
    /// `active` or `archived`.
    pub status: String,
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

impl From<TaxRow> for TaxView {
    fn from(row: TaxRow) -> Self {
        Self {
            id: TaxId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            rate: wire::rate(row.rate),
            compound: row.compound,
            valid_from: row.valid_from.and_then(Date::new),
            valid_to: row.valid_to.and_then(Date::new),
            status: row.status,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A tax class.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxClassView {
    /// Identity.
    pub id: TaxClassId,
    /// Unique code.
    #[schema(example = "standard")]
    pub code: String,
    /// For people.
    pub name: String,
    /// Whether products without a class belong to it.
    pub is_default: bool,
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

impl From<ClassRow> for TaxClassView {
    fn from(row: ClassRow) -> Self {
        Self {
            id: TaxClassId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            is_default: row.is_default,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A rule that picks taxes.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxRuleView {
    /// Identity.
    pub id: TaxRuleId,
    /// Code of the tax class it is for.
    pub tax_class: String,
    /// Country of delivery; none: every country.
    pub country: Option<String>,
    /// Region of the country; none: all of them.
    pub region: Option<String>,
    /// Customers it is for.
    #[schema(example = "taxable")]
    pub customer_tax_status: String,
    /// Codes of the taxes, in the order they are levied.
    pub taxes: Vec<String>,
    /// Why no tax is due.
    pub exemption_reason: Option<String>,
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

impl From<RuleRow> for TaxRuleView {
    fn from(row: RuleRow) -> Self {
        Self {
            id: TaxRuleId::from_uuid(row.id),
            tax_class: row.tax_class,
            country: row.country,
            region: row.region,
            customer_tax_status: row.customer_tax_status,
            taxes: row.taxes,
            exemption_reason: row.exemption_reason,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}
