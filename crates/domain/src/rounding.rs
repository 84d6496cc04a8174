//! The one place that rounds.

use rust_decimal::Decimal;

use crate::decimal::pow10;
use crate::scalar::string_enum;

string_enum! {
    /// How a half is rounded; chosen once per organization and frozen per document.
    pub enum RoundingMode {
        /// Half away from zero ("commercial"); −x rounds to the mirror of x.
        HalfUp = "half_up",
        /// Half to the even neighbour ("banker's").
        HalfEven = "half_even",
    }
}

impl RoundingMode {
    /// `numerator ÷ denominator` to the nearest whole number; `None` unless the denominator is positive.
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> Option<i128> {
        if denominator <= 0 {
            return None;
        }
        let quotient = numerator / denominator;
        let rest = (numerator % denominator).abs();
        if self.rounds_up(rest.cmp(&(denominator - rest)), quotient % 2 != 0) {
            return quotient.checked_add(numerator.signum());
        }
        Some(quotient)
    }

    /// Whether a magnitude goes up, given how its rest compares with one half and whether its whole part is odd.
    pub(crate) fn rounds_up(self, rest_to_half: std::cmp::Ordering, odd: bool) -> bool {
        match rest_to_half {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match self {
                RoundingMode::HalfUp => true,
                RoundingMode::HalfEven => odd,
            },
        }
    }
}

/// Rounds to `exponent` decimals; the result carries exactly that many.
pub fn round(value: Decimal, exponent: u32, mode: RoundingMode) -> Option<Decimal> {
    let mantissa = if value.scale() <= exponent {
        value
            .mantissa()
            .checked_mul(pow10(exponent - value.scale())?)?
    } else {
        mode.divide(value.mantissa(), pow10(value.scale() - exponent)?)?
    };
    Decimal::try_from_i128_with_scale(mantissa, exponent).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounded(text: &str, exponent: u32, mode: RoundingMode) -> String {
        let value: Decimal = text.parse().expect(text);
        round(value, exponent, mode).expect("in range").to_string()
    }

    #[test]
    fn halves() {
        for (text, up, even) in [
            ("0.125", "0.13", "0.12"),
            ("0.135", "0.14", "0.14"),
            ("-0.125", "-0.13", "-0.12"),
            ("2.5", "2.50", "2.50"),
            ("1.00499999", "1.00", "1.00"),
        ] {
            assert_eq!(rounded(text, 2, RoundingMode::HalfUp), up);
            assert_eq!(rounded(text, 2, RoundingMode::HalfEven), even);
        }
        assert_eq!(rounded("2.5", 0, RoundingMode::HalfEven), "2");
        assert_eq!(rounded("3.5", 0, RoundingMode::HalfEven), "4");
    }

    #[test]
    fn a_zero_or_negative_denominator_is_refused() {
        assert_eq!(RoundingMode::HalfUp.divide(1, 0), None);
        assert_eq!(RoundingMode::HalfUp.divide(1, -2), None);
    }

    proptest! {
        #[test]
        fn is_odd_and_nearest(n: i128, d in 1..i128::MAX) {
            for mode in [RoundingMode::HalfUp, RoundingMode::HalfEven] {
                let q = mode.divide(n, d);
                if n != i128::MIN {
                    prop_assert_eq!(mode.divide(-n, d), q.map(|q| -q));
                }
                let exact = n / d;
                prop_assert!(q.is_some_and(|q| (q - exact).abs() <= 1));
            }
        }
    }
}
