//! A document's totals in the base currency: one multiplication, then parts that add up.

use crate::apportion::apportion;
use crate::currency::Currency;
use crate::decimal::pow10;
use crate::money::{Amount, FxRate};
use crate::rounding::RoundingMode;

/// Net, taxes and total in the base currency; `net + Σ taxes = total`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseTotals {
    /// The net.
    pub net: Amount,
    /// The taxes, in the order given.
    pub taxes: Vec<Amount>,
    /// The total.
    pub total: Amount,
}

/// Converts one amount: `round(amount × rate)` in the base currency's decimals.
pub fn convert(amount: Amount, rate: FxRate, base: Currency, mode: RoundingMode) -> Option<Amount> {
    // Amount has 4 decimals, the rate 10.
    let product = amount.units().checked_mul(rate.units())?;
    let minor = mode.divide(product, pow10(14_u32.checked_sub(base.exponent())?)?)?;
    Amount::from_minor(minor, base.exponent())
}

/// Converts a document: the total once, net and taxes as its parts by largest remainder.
///
/// `None` when an amount leaves its range or when net and taxes differ in sign.
pub fn to_base(
    net: Amount,
    taxes: &[Amount],
    rate: FxRate,
    base: Currency,
    mode: RoundingMode,
) -> Option<BaseTotals> {
    let parts: Vec<i128> = std::iter::once(net)
        .chain(taxes.iter().copied())
        .map(Amount::units)
        .collect();
    let mirrored = parts.iter().any(|part| *part < 0);
    if mirrored && parts.iter().any(|part| *part > 0) {
        return None;
    }
    let weights: Vec<i128> = parts.iter().map(|part| part.abs()).collect();
    let sum = parts
        .iter()
        .try_fold(0_i128, |sum, part| sum.checked_add(*part))?;
    let total = convert(Amount::from_units(sum)?, rate, base, mode)?;
    let exponent = base.exponent();
    let shares = apportion(total.minor(exponent)?, &weights)?;
    let mut amounts = shares
        .into_iter()
        .map(|share| Amount::from_minor(share, exponent));
    let net = amounts.next()??;
    Some(BaseTotals {
        net,
        taxes: amounts.collect::<Option<_>>()?,
        total,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur() -> Currency {
        "EUR".parse().expect("EUR")
    }

    #[test]
    fn converts_once_and_splits() {
        let amount = |text: &str| text.parse::<Amount>().expect("amount");
        let rate: FxRate = "0.9213".parse().expect("rate");
        let base = to_base(
            amount("83.33"),
            &[amount("16.67")],
            rate,
            eur(),
            RoundingMode::HalfUp,
        )
        .expect("fits");
        assert_eq!(
            (base.total, base.net, base.taxes),
            (amount("92.13"), amount("76.77"), vec![amount("15.36")])
        );
        let back = to_base(
            amount("-83.33"),
            &[amount("-16.67")],
            rate,
            eur(),
            RoundingMode::HalfUp,
        )
        .expect("fits");
        assert_eq!((back.total, back.net), (amount("-92.13"), amount("-76.77")));
        assert_eq!(
            to_base(
                amount("1"),
                &[amount("-1")],
                rate,
                eur(),
                RoundingMode::HalfUp
            ),
            None
        );
    }

    #[test]
    fn extremes_are_refused() {
        let most: Amount = "999999999999999.9999".parse().expect("amount");
        let rate: FxRate = "9999999999.9999999999".parse().expect("rate");
        assert_eq!(convert(most, rate, eur(), RoundingMode::HalfUp), None);
        assert_eq!(
            convert(Amount::ZERO, rate, eur(), RoundingMode::HalfUp),
            Some(Amount::ZERO)
        );
    }

    proptest! {
        #[test]
        fn parts_add_up(net in 0_i128..10_i128.pow(12), taxes in prop::collection::vec(0_i128..10_i128.pow(11), 0..5), rate in 1_i128..10_i128.pow(13)) {
            let amount = |minor| Amount::from_minor(minor, 2).expect("amount");
            let taxes: Vec<Amount> = taxes.into_iter().map(amount).collect();
            let rate = FxRate::from_units(rate).expect("rate");
            let base = to_base(amount(net), &taxes, rate, eur(), RoundingMode::HalfUp).expect("in range");
            let sum = base.taxes.iter().try_fold(base.net, |sum, tax| sum.checked_add(*tax));
            prop_assert_eq!(sum, Some(base.total));
        }
    }
}
