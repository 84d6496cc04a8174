//! How much discount a role may give.

use crate::money::{Amount, Percent, Rate};
use crate::totals::{LineTotals, Totals};

/// The most a person may take off, in per cent of the gross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountAuthority {
    /// The limit of the person's role; the highest counts for several roles.
    pub max_percent: Rate,
}

/// A discount beyond the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a discount of {given} % exceeds the limit of {limit} %")]
pub struct DiscountExceeded {
    /// The line, or `None` for the document as a whole.
    pub line: Option<usize>,
    /// The discount given.
    pub given: Percent,
    /// The limit.
    pub limit: Rate,
}

impl DiscountAuthority {
    /// Nothing may be taken off.
    pub const NONE: DiscountAuthority = DiscountAuthority {
        max_percent: Rate::ZERO,
    };

    /// Every discount is fine.
    pub fn unlimited() -> DiscountAuthority {
        DiscountAuthority {
            max_percent: Rate::hundred(),
        }
    }

    /// The authority of somebody with several roles.
    pub fn highest(authorities: impl IntoIterator<Item = DiscountAuthority>) -> DiscountAuthority {
        authorities
            .into_iter()
            .max_by_key(|authority| authority.max_percent)
            .unwrap_or(DiscountAuthority::NONE)
    }

    /// Checks every line with its share of the order discount: splitting a discount over both does not evade the limit.
    pub fn check(&self, totals: &Totals) -> Vec<DiscountExceeded> {
        let lines = totals.lines.iter().enumerate().filter_map(|(index, line)| {
            let given = line_discount(line)?;
            self.exceeded(given, line.gross)
                .then(|| self.refusal(Some(index), given, line.gross))
        });
        lines.collect()
    }

    /// Checks one discount of a gross amount.
    pub fn check_amount(&self, gross: Amount, discount: Amount) -> Result<(), DiscountExceeded> {
        if self.exceeded(discount, gross) {
            Err(self.refusal(None, discount, gross))
        } else {
            Ok(())
        }
    }

    /// Compared exactly: a limit of 10 % holds for 10.00 of 100.00 and not for 10.01. Of amounts that a percentage of
    /// the limit would round up to, the half minor unit is not held against the seller.
    fn exceeded(&self, discount: Amount, gross: Amount) -> bool {
        let allowed = gross.units().saturating_mul(self.max_percent.units());
        let given = discount.units().saturating_mul(crate::money::RATE_ONE);
        // One rounding may lie between a percentage and its amount: at most half of 10^-exponent of the gross' scale.
        let scale = discount.decimal().scale().max(gross.decimal().scale());
        let unit = crate::decimal::pow10(Amount::SCALE.saturating_sub(scale)).unwrap_or(1);
        given.saturating_sub(allowed).saturating_mul(2)
            > unit.saturating_mul(crate::money::RATE_ONE)
    }

    fn refusal(&self, line: Option<usize>, discount: Amount, gross: Amount) -> DiscountExceeded {
        DiscountExceeded {
            line,
            given: Percent::of_amounts(discount, gross),
            limit: self.max_percent,
        }
    }
}

fn line_discount(line: &LineTotals) -> Option<Amount> {
    line.discount.checked_add(line.order_discount_share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Discount, Document, Line};
    use crate::totals::totals;

    fn amount(text: &str) -> Amount {
        text.parse().expect("amount")
    }

    fn authority(text: &str) -> DiscountAuthority {
        DiscountAuthority {
            max_percent: text.parse().expect("rate"),
        }
    }

    #[test]
    fn limits_are_exact_up_to_the_rounding_of_the_discount() {
        assert!(
            authority("10")
                .check_amount(amount("100.00"), amount("10.00"))
                .is_ok()
        );
        let refused = authority("10")
            .check_amount(amount("100.00"), amount("10.01"))
            .expect_err("10.01 %");
        assert_eq!(
            refused.to_string(),
            "a discount of 10.01 % exceeds the limit of 10.00 %"
        );
        // 10 % of 0.05 is 0.005, printed as 0.01.
        assert!(
            authority("10")
                .check_amount(amount("0.05"), amount("0.01"))
                .is_ok()
        );
        assert!(
            authority("10")
                .check_amount(amount("0.04"), amount("0.01"))
                .is_err()
        );
        assert!(
            DiscountAuthority::unlimited()
                .check_amount(amount("1.00"), amount("1.00"))
                .is_ok()
        );
        assert!(
            DiscountAuthority::NONE
                .check_amount(amount("1.00"), amount("0.01"))
                .is_err()
        );
    }

    #[test]
    fn line_and_order_discount_count_together() {
        let mut document = Document::new("EUR".parse().expect("EUR"));
        let mut line = Line::item(
            "1".parse().expect("quantity"),
            "100".parse().expect("price"),
        );
        line.discounts = vec![Discount::Percent("6".parse().expect("rate"))];
        document.lines = vec![line];
        document.discount = Some(Discount::Percent("6".parse().expect("rate")));
        let found = authority("10").check(&totals(&document).expect("totals"));
        assert_eq!(
            found
                .iter()
                .map(|e| (e.line, e.given.to_string()))
                .collect::<Vec<_>>(),
            [(Some(0), "11.64".to_owned())]
        );
        assert!(
            authority("12")
                .check(&totals(&document).expect("totals"))
                .is_empty()
        );
    }

    #[test]
    fn the_highest_role_counts() {
        assert_eq!(
            DiscountAuthority::highest([authority("5"), authority("15")]),
            authority("15")
        );
        assert_eq!(DiscountAuthority::highest([]), DiscountAuthority::NONE);
    }
}
