//! Many products at once, with what a document line needs to know of each.

use rust_decimal::Decimal;
use som_domain::money::Quantity;
use som_domain::units::ProductKind;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::features::products::store::find::{self, FoundRow, FoundUnit};
use crate::http::ApiResult;
use crate::wire;

/// How documents name products. Empty lists cost nothing.
#[derive(Debug, Clone, Default)]
pub struct ProductKeys {
    /// By identity.
    pub ids: Vec<Uuid>,
    /// By SKU, in any case.
    pub skus: Vec<String>,
    /// By barcode.
    pub barcodes: Vec<String>,
}

impl ProductKeys {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.skus.is_empty() && self.barcodes.is_empty()
    }
}

/// A unit a product is sold in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldUnit {
    /// Identity.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Quantities are multiples of this.
    pub step: Decimal,
    /// One of it is this many …
    pub numerator: i64,
    /// … over this many of the product's own unit; both 1 for the own unit itself.
    pub denominator: i64,
    /// Its own barcode.
    pub barcode: Option<String>,
}

/// A product as a document needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProduct {
    /// Identity.
    pub id: Uuid,
    /// SKU as stored.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Barcode of the own unit.
    pub barcode: Option<String>,
    /// Kind.
    pub kind: ProductKind,
    /// Multiples it is sold in, in the own unit.
    pub pack_multiple: Option<Decimal>,
    /// Category.
    pub category_id: Option<Uuid>,
    /// Its tax class, or the organization's default.
    pub tax_class_id: Option<Uuid>,
    /// Code of that class.
    pub tax_class: Option<String>,
    /// `ordered` or `delivered`.
    pub invoice_policy: String,
    /// Price of one own unit in the organization's currency.
    pub list_price: Option<Decimal>,
    /// Cost of one own unit in the organization's currency.
    pub cost: Option<Decimal>,
    /// `active`, `phase_out`, `blocked` or `archived`.
    pub status: String,
    /// The own unit first, then the others.
    pub units: Vec<SoldUnit>,
}

impl FoundProduct {
    /// Whether it may be put on new orders.
    pub fn is_sold(&self) -> bool {
        matches!(self.status.as_str(), "active" | "phase_out")
    }

    /// The multiple (and its unit) that a quantity of `unit` is not: that of the unit's step, or of the pack.
    pub fn broken_multiple<'a>(
        &'a self,
        unit: &'a SoldUnit,
        quantity: Quantity,
    ) -> Option<(String, &'a str)> {
        let quantity = quantity.decimal();
        let off = |value: Decimal, step: Decimal| {
            value.checked_rem(step).is_some_and(|rest| !rest.is_zero())
        };
        if off(quantity, unit.step) {
            return Some((wire::quantity(unit.step), &unit.code));
        }
        let pack = self.pack_multiple?;
        let own = self.units.first().map_or("", |own| own.code.as_str());
        let factor = Decimal::from(unit.numerator).checked_div(Decimal::from(unit.denominator));
        let in_own = factor.and_then(|factor| quantity.checked_mul(factor));
        in_own
            .is_none_or(|value| off(value, pack))
            .then(|| (wire::quantity(pack), own))
    }

    /// The unit of this code; the own unit for `None`.
    pub fn unit(&self, code: Option<&str>) -> Option<&SoldUnit> {
        match code {
            None => self.units.first(),
            Some(code) => self.units.iter().find(|unit| unit.code == code),
        }
    }
}

/// Found products, to be looked up as they were asked for.
#[derive(Debug, Clone, Default)]
pub struct FoundProducts(Vec<FoundProduct>);

impl FoundProducts {
    /// All of them.
    pub fn all(&self) -> &[FoundProduct] {
        &self.0
    }

    /// By identity.
    pub fn by_id(&self, id: Uuid) -> Option<&FoundProduct> {
        self.0.iter().find(|product| product.id == id)
    }

    /// By SKU: as written, else the only one that differs in case.
    pub fn by_sku(&self, sku: &str) -> Option<&FoundProduct> {
        self.0
            .iter()
            .find(|product| product.sku == sku)
            .or_else(|| {
                let upper = sku.to_uppercase();
                let mut alike = self
                    .0
                    .iter()
                    .filter(|product| product.sku.to_uppercase() == upper);
                alike.next().filter(|_| alike.next().is_none())
            })
    }

    /// By barcode, with the unit the barcode stands for.
    pub fn by_barcode(&self, barcode: &str) -> Option<(&FoundProduct, &SoldUnit)> {
        self.0.iter().find_map(|product| {
            let unit = product
                .units
                .iter()
                .find(|unit| unit.barcode.as_deref() == Some(barcode))?;
            Some((product, unit))
        })
    }
}

/// Loads products by id, SKU or barcode in one round trip (none when nothing is asked for).
pub async fn find_many(
    db: &mut PgConnection,
    organization: Uuid,
    keys: &ProductKeys,
) -> ApiResult<FoundProducts> {
    if keys.is_empty() {
        return Ok(FoundProducts::default());
    }
    let upper: Vec<String> = keys.skus.iter().map(|sku| sku.to_uppercase()).collect();
    let rows = find::many(db, organization, &keys.ids, &upper, &keys.barcodes).await?;
    Ok(FoundProducts(
        rows.into_iter().map(found).collect::<ApiResult<_>>()?,
    ))
}

fn found(row: FoundRow) -> ApiResult<FoundProduct> {
    let own = SoldUnit {
        id: row.unit_id,
        code: row.unit,
        step: row.unit_step,
        numerator: 1,
        denominator: 1,
        barcode: row.barcode.clone(),
    };
    let mut units = vec![own];
    for unit in row.units.0 {
        let FoundUnit {
            id,
            code,
            step,
            numerator,
            denominator,
            barcode,
        } = unit;
        units.push(SoldUnit {
            id,
            code,
            step,
            numerator,
            denominator,
            barcode,
        });
    }
    Ok(FoundProduct {
        id: row.id,
        sku: row.sku,
        name: row.name,
        barcode: row.barcode,
        kind: row.kind.parse().map_err(anyhow::Error::new)?,
        pack_multiple: row.pack_multiple,
        category_id: row.category_id,
        tax_class_id: row.tax_class_id,
        tax_class: row.tax_class,
        invoice_policy: row.invoice_policy,
        list_price: row.list_price,
        cost: row.cost,
        status: row.status,
        units,
    })
}
