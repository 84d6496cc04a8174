//! Quantity tiers: the whole quantity at one price (volume) or each slice at its own (graduated).

use rust_decimal::Decimal;

use crate::money::{Quantity, UnitPrice};
use crate::rounding::RoundingMode;
use crate::scalar::string_enum;

string_enum! {
    /// How tiers of one price apply.
    pub enum TierMode {
        /// The tier reached sets the price of every unit.
        Volume = "volume",
        /// Each unit has the price of the tier it falls into.
        Graduated = "graduated",
    }
}

/// A price from a quantity on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The first quantity it applies to.
    pub min_quantity: Quantity,
    /// The price of one unit.
    pub unit_price: UnitPrice,
}

/// What graduated tiers come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graduated {
    /// The exact sum of the slices.
    pub amount: Decimal,
    /// That sum per unit, to six decimals.
    pub unit_price: UnitPrice,
    /// How much of the quantity is at which price.
    pub slices: Vec<(Quantity, UnitPrice)>,
}

/// The price of the highest tier that `quantity` reaches.
pub fn volume(tiers: &[Tier], quantity: Quantity) -> Option<UnitPrice> {
    tiers
        .iter()
        .filter(|tier| tier.min_quantity <= quantity)
        .max_by_key(|tier| tier.min_quantity)
        .map(|tier| tier.unit_price)
}

/// The sum over the slices; the lowest tier also prices what lies below it, provided the quantity reaches it.
///
/// With whole units (`step` 1, 12 …) a tier from 11 starts *with* the eleventh piece, so ten are cheaper or dearer;
/// with divisible units it starts *at* its quantity.
pub fn graduated(tiers: &[Tier], quantity: Quantity, step: Quantity) -> Option<Graduated> {
    let mut tiers: Vec<Tier> = tiers
        .iter()
        .copied()
        .filter(|tier| tier.min_quantity <= quantity)
        .collect();
    tiers.sort_by_key(|tier| tier.min_quantity);
    let whole_units = !step.is_zero() && step.units() % Quantity::one().units() == 0;
    let mut starts = vec![Quantity::ZERO];
    for tier in tiers.iter().skip(1) {
        starts.push(if whole_units {
            tier.min_quantity.saturating_sub(step)
        } else {
            tier.min_quantity
        });
    }
    let ends = starts
        .iter()
        .skip(1)
        .copied()
        .chain(std::iter::once(quantity));
    let mut sum = 0_i128;
    let mut slices = Vec::with_capacity(tiers.len());
    for ((tier, start), end) in tiers.iter().zip(&starts).zip(ends) {
        let slice = end.saturating_sub(*start);
        if !slice.is_zero() {
            sum = sum.checked_add(slice.units().checked_mul(tier.unit_price.units())?)?;
            slices.push((slice, tier.unit_price));
        }
    }
    let first = tiers.first()?;
    // 4 + 6 decimals over 4 leave the 6 of a unit price.
    let unit_price = match RoundingMode::HalfUp.divide(sum, quantity.units()) {
        Some(units) => UnitPrice::from_units(units)?,
        None => first.unit_price,
    };
    Some(Graduated {
        amount: Decimal::try_from_i128_with_scale(sum, 10).ok()?,
        unit_price,
        slices,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(rows: &[(&str, &str)]) -> Vec<Tier> {
        rows.iter()
            .map(|(min, price)| Tier {
                min_quantity: min.parse().expect("min"),
                unit_price: price.parse().expect("price"),
            })
            .collect()
    }

    fn quantity(text: &str) -> Quantity {
        text.parse().expect("quantity")
    }

    #[test]
    fn v21_graduated_and_volume() {
        let tiers = tiers(&[("21", "6"), ("1", "10"), ("11", "8")]);
        let result = graduated(&tiers, quantity("25"), quantity("1")).expect("priced");
        assert_eq!(result.amount, Decimal::from(210));
        assert_eq!(result.unit_price.to_string(), "8.4");
        assert_eq!(result.slices.len(), 3);
        assert_eq!(
            volume(&tiers, quantity("25"))
                .map(|p| p.to_string())
                .as_deref(),
            Some("6")
        );
        assert_eq!(
            volume(&tiers, quantity("10"))
                .map(|p| p.to_string())
                .as_deref(),
            Some("10")
        );
    }

    #[test]
    fn boundaries() {
        let pieces = tiers(&[("1", "10"), ("11", "8")]);
        let amount = |q: &str| graduated(&pieces, quantity(q), quantity("1")).map(|g| g.amount);
        assert_eq!(amount("10"), Some(Decimal::from(100)));
        assert_eq!(amount("11"), Some(Decimal::from(108)));
        assert_eq!(amount("0"), None);
        let kilos = tiers(&[("0", "10"), ("10", "8")]);
        let amount = |q: &str| graduated(&kilos, quantity(q), quantity("0.001")).map(|g| g.amount);
        assert_eq!(amount("10.5"), Some(Decimal::from(104)));
        assert_eq!(amount("0"), Some(Decimal::ZERO));
        assert_eq!(volume(&pieces, quantity("0.5")), None);
        assert_eq!(graduated(&[], quantity("1"), quantity("1")), None);
    }
}
