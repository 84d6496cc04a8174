//! Partial invoices, deliveries and credits: cumulative rounding, so that the last part lands exactly.

use crate::money::{Amount, Quantity};
use crate::rounding::RoundingMode;

/// `round(whole × done ÷ of)`: the amount due once `done` of `of` is invoiced.
///
/// `None` when `of` is zero, `done` exceeds it or the amount has more decimals than `exponent`.
pub fn cumulative(
    whole: Amount,
    done: Quantity,
    of: Quantity,
    exponent: u32,
    mode: RoundingMode,
) -> Option<Amount> {
    if of.is_zero() || done > of {
        return None;
    }
    let product = whole.minor(exponent)?.checked_mul(done.units())?;
    Amount::from_minor(mode.divide(product, of.units())?, exponent)
}

/// The amount of the part between two cumulative quantities; negative when `to` is below `from` (a credit).
pub fn part(
    whole: Amount,
    from: Quantity,
    to: Quantity,
    of: Quantity,
    exponent: u32,
    mode: RoundingMode,
) -> Option<Amount> {
    let done = cumulative(whole, from, of, exponent, mode)?;
    cumulative(whole, to, of, exponent, mode)?.checked_sub(done)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(units: i128) -> Quantity {
        Quantity::from_units(units).expect("quantity")
    }

    #[test]
    fn v18_three_parts_of_twenty() {
        let whole: Amount = "20.00".parse().expect("amount");
        let of = |n: i128| quantity(n * 10_000);
        let parts: Vec<String> = (0..3)
            .filter_map(|n| part(whole, of(n), of(n + 1), of(3), 2, RoundingMode::HalfUp))
            .map(|amount| amount.to_string())
            .collect();
        assert_eq!(parts, ["6.67", "6.66", "6.67"]);
    }

    #[test]
    fn refuses_more_than_the_whole() {
        let whole: Amount = "20.00".parse().expect("amount");
        assert_eq!(
            cumulative(whole, quantity(4), quantity(3), 2, RoundingMode::HalfUp),
            None
        );
        assert_eq!(
            cumulative(whole, quantity(0), quantity(0), 2, RoundingMode::HalfUp),
            None
        );
    }

    proptest! {
        #[test]
        fn parts_are_the_whole(
            minor in -10_i128.pow(15)..10_i128.pow(15),
            steps in prop::collection::vec(1_i128..10_i128.pow(12), 1..20),
        ) {
            let whole = Amount::from_minor(minor, 2).expect("amount");
            let of = quantity(steps.iter().sum());
            let (mut from, mut sum) = (Quantity::ZERO, Amount::ZERO);
            for step in &steps {
                let to = from.checked_add(quantity(*step)).expect("in range");
                let forward = part(whole, from, to, of, 2, RoundingMode::HalfUp).expect("part");
                let back = part(whole, to, from, of, 2, RoundingMode::HalfUp).expect("credit");
                prop_assert_eq!(back, forward.negated());
                sum = sum.checked_add(forward).expect("in range");
                from = to;
            }
            prop_assert_eq!(sum, whole);
        }
    }
}
