//! Tax of one group of lines that share price mode, taxes and exemption. Works in minor units, all of them ≥ 0.

use crate::apportion::{apportion, apportion_wide};
use crate::document::LineTax;
use crate::money::RATE_ONE;
use crate::rounding::RoundingMode;
use crate::wide::Wide;

/// Base and taxes of a group; `base + Σ components` is what the customer pays for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GroupTax {
    pub(crate) base: i128,
    pub(crate) components: Vec<i128>,
}

impl GroupTax {
    pub(crate) fn tax(&self) -> Option<i128> {
        self.components
            .iter()
            .try_fold(0_i128, |sum, component| sum.checked_add(*component))
    }
}

/// Taxes added on top of `base`, each rounded once; compound ones include the printed taxes before them.
pub(crate) fn exclusive(base: i128, taxes: &[LineTax], mode: RoundingMode) -> Option<GroupTax> {
    let mut before = 0_i128;
    let mut components = Vec::with_capacity(taxes.len());
    for tax in taxes {
        let levied_on = if tax.compound {
            base.checked_add(before)?
        } else {
            base
        };
        let amount = mode.divide(levied_on.checked_mul(tax.rate.fraction_units())?, RATE_ONE)?;
        before = before.checked_add(amount)?;
        components.push(amount);
    }
    Some(GroupTax { base, components })
}

/// Taxes contained in `gross`, which is preserved: `T = round(G × Σf ÷ (1 + Σf))`, components by largest remainder.
pub(crate) fn inclusive(gross: i128, taxes: &[LineTax], mode: RoundingMode) -> Option<GroupTax> {
    let factors = Factors::of(taxes)?;
    let total = u128::try_from(gross).ok()?;
    let sum = factors.sum()?;
    let tax = sum
        .checked_mul(total)?
        .divide(factors.one.checked_add(sum)?, mode)?;
    let components = apportion_wide(tax, &factors.numerators)?;
    let components = components
        .into_iter()
        .map(|c| i128::try_from(c).ok())
        .collect::<Option<Vec<_>>>()?;
    Some(GroupTax {
        base: gross.checked_sub(i128::try_from(tax).ok()?)?,
        components,
    })
}

/// Factors of each tax on a net of 1, exact: numerators over the common denominator `one`.
struct Factors {
    one: Wide,
    numerators: Vec<Wide>,
}

impl Factors {
    fn of(taxes: &[LineTax]) -> Option<Factors> {
        let mut factors = Factors {
            one: Wide::from_u128(1),
            numerators: Vec::with_capacity(taxes.len()),
        };
        for tax in taxes {
            let (numerator, denominator) = reduced(tax.rate.fraction_units().unsigned_abs());
            let levied_on = if tax.compound {
                factors.one.checked_add(factors.sum()?)?
            } else {
                factors.one
            };
            for earlier in &mut factors.numerators {
                *earlier = earlier.checked_mul(denominator)?;
            }
            factors.numerators.push(levied_on.checked_mul(numerator)?);
            factors.one = factors.one.checked_mul(denominator)?;
        }
        Some(factors)
    }

    fn sum(&self) -> Option<Wide> {
        self.numerators
            .iter()
            .try_fold(Wide::ZERO, |sum, factor| sum.checked_add(*factor))
    }
}

/// `units ÷ 10^8` in lowest terms, to keep the products short.
fn reduced(units: u128) -> (u128, u128) {
    let (mut a, mut b) = (units, RATE_ONE.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (units / a.max(1), RATE_ONE.unsigned_abs() / a.max(1))
}

/// A line's part of its group: what remains of its amount as base, its tax, and that tax by component.
pub(crate) struct LineShare {
    pub(crate) base: i128,
    pub(crate) tax: i128,
    pub(crate) components: Vec<i128>,
}

/// Splits a group's tax over the amounts of its lines; columns and rows both add up.
pub(crate) fn share(
    group: &GroupTax,
    amounts: &[i128],
    price_includes_tax: bool,
) -> Option<Vec<LineShare>> {
    let taxes = apportion(group.tax()?, amounts)?;
    // Each component goes over what is still open of the lines' taxes, so no line gets more than its tax.
    let mut open = taxes.clone();
    let mut shares: Vec<LineShare> = amounts
        .iter()
        .zip(&taxes)
        .map(|(amount, tax)| LineShare {
            base: if price_includes_tax {
                amount - tax
            } else {
                *amount
            },
            tax: *tax,
            components: Vec::with_capacity(group.components.len()),
        })
        .collect();
    for component in &group.components {
        let parts = apportion(*component, &open)?;
        for ((share, open), part) in shares.iter_mut().zip(&mut open).zip(parts) {
            share.components.push(part);
            *open -= part;
        }
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tax(rate: &str, compound: bool) -> LineTax {
        LineTax {
            code: "T".parse().expect("code"),
            rate: rate.parse().expect("rate"),
            compound,
        }
    }

    #[test]
    fn compound_chains_of_odd_rates_stay_exact() {
        let taxes: Vec<LineTax> = (0..10).map(|_| tax("999.999999", true)).collect();
        let group = inclusive(9_999_999_999_999_999_999, &taxes, RoundingMode::HalfUp)
            .expect("fits 512 bits");
        assert_eq!(
            group.base + group.components.iter().sum::<i128>(),
            9_999_999_999_999_999_999
        );
        // (1 + 9.99999999)^10 ≈ 2.59e10.
        assert_eq!(group.base, 385_543_293);
    }

    #[test]
    fn a_zero_rate_inside_a_price_takes_nothing() {
        let group = inclusive(1000, &[tax("0", false)], RoundingMode::HalfUp);
        assert_eq!(
            group,
            Some(GroupTax {
                base: 1000,
                components: vec![0]
            })
        );
        assert_eq!(
            inclusive(1000, &[], RoundingMode::HalfUp),
            Some(GroupTax {
                base: 1000,
                components: vec![]
            })
        );
    }

    #[test]
    fn rows_and_columns_add_up() {
        let group = GroupTax {
            base: 100,
            components: vec![5, 5, 1],
        };
        let shares = share(&group, &[33, 33, 34], false).expect("fits");
        assert_eq!(shares.iter().map(|s| s.tax).sum::<i128>(), 11);
        for (i, component) in group.components.iter().enumerate() {
            assert_eq!(
                shares.iter().map(|s| s.components[i]).sum::<i128>(),
                *component
            );
        }
        for share in shares {
            assert_eq!(share.components.iter().sum::<i128>(), share.tax);
        }
    }
}
