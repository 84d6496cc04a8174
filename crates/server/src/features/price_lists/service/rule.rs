//! A stored price as the domain reads it. Orders read such rows together with everything else they need.

use som_domain::price_candidates::{PriceAmount, PriceRule, PriceTarget};
use som_domain::{CategoryId, PriceId, PriceListId, ProductId, Quantity, Rate, UnitId, UnitPrice};

pub use crate::features::price_lists::store::candidates::PriceRow;

/// A stored value that does not fit is our fault, not the caller's.
fn fits<T, E: std::fmt::Display>(value: Result<T, E>) -> anyhow::Result<T> {
    value.map_err(|error| anyhow::anyhow!("stored price: {error}"))
}

impl PriceRow {
    /// As the domain reads it.
    pub fn rule(&self) -> anyhow::Result<PriceRule> {
        Ok(PriceRule {
            id: PriceId::from_uuid(self.id),
            list: PriceListId::from_uuid(self.list_id),
            step: fits(self.source.parse())?,
            priority: self.priority,
            currency: fits(self.currency.parse())?,
            includes_tax: self.includes_tax,
            target: self.target(),
            unit: self.unit_id.map(UnitId::from_uuid),
            min_quantity: fits(Quantity::from_decimal(self.min_quantity))?,
            tier_mode: fits(self.tier_mode.parse())?,
            amount: self.amount()?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }

    fn target(&self) -> PriceTarget {
        match (self.product_id, self.category_id) {
            (Some(product), _) => PriceTarget::Product(ProductId::from_uuid(product)),
            (None, Some(category)) => PriceTarget::Category {
                category: CategoryId::from_uuid(category),
                distance: u16::try_from(self.distance).unwrap_or(u16::MAX),
            },
            (None, None) => PriceTarget::All,
        }
    }

    fn amount(&self) -> anyhow::Result<PriceAmount> {
        match (self.unit_price, self.discount_percent) {
            (Some(price), _) => Ok(PriceAmount::Fixed(fits(UnitPrice::from_decimal(price))?)),
            (None, Some(off)) => Ok(PriceAmount::Off(fits(Rate::try_from(off))?)),
            (None, None) => Err(anyhow::anyhow!("stored price: neither price nor discount")),
        }
    }
}

/// Many rows.
pub fn rules(rows: &[PriceRow]) -> anyhow::Result<Vec<PriceRule>> {
    rows.iter().map(PriceRow::rule).collect()
}
