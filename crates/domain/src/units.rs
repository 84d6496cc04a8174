//! Units of measure: the step quantities come in, and exact conversion between units.

use crate::money::Quantity;
use crate::scalar::{Invalid, string_enum};
use crate::text::Code;

string_enum! {
    /// What a product is, and so how it is fulfilled.
    pub enum ProductKind {
        /// Shipped and stocked.
        Goods = "goods",
        /// Done at an appointment.
        Service = "service",
        /// Billed per period.
        Recurring = "recurring",
    }
}

impl ProductKind {
    /// Whether something has to be shipped.
    pub fn is_shippable(self) -> bool {
        match self {
            ProductKind::Goods => true,
            ProductKind::Service | ProductKind::Recurring => false,
        }
    }
}

/// A unit of measure and the step its quantities come in (1 for pieces, 0.001 for kilograms).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    code: Code,
    step: Quantity,
}

impl Unit {
    /// A unit with a step above zero.
    pub fn new(code: Code, step: Quantity) -> Option<Unit> {
        (!step.is_zero()).then_some(Unit { code, step })
    }

    /// A unit whose quantities have up to `decimals` (0 to 4) decimals.
    pub fn with_decimals(code: Code, decimals: u32) -> Option<Unit> {
        let step = crate::decimal::pow10(Quantity::SCALE.checked_sub(decimals)?)?;
        Unit::new(code, Quantity::from_units(step)?)
    }

    /// The unit's code.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The step.
    pub fn step(&self) -> Quantity {
        self.step
    }

    /// Whether only whole numbers make sense.
    pub fn is_integer_only(&self) -> bool {
        self.step.units() % Quantity::one().units() == 0
    }

    /// Refuses a quantity that is not a whole number of steps.
    pub fn check(&self, quantity: Quantity) -> Result<Quantity, Invalid> {
        if quantity.units() % self.step.units() == 0 {
            return Ok(quantity);
        }
        Err(Invalid::new(
            "not_a_multiple",
            format!("is not a multiple of {} {}", self.step, self.code),
        ))
    }
}

/// How many units of one kind another one is, as an exact fraction: a dozen is 12/1 pieces, a piece 1/12 dozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    numerator: i64,
    denominator: i64,
}

impl Conversion {
    /// A fraction of two positive numbers.
    pub fn new(numerator: i64, denominator: i64) -> Option<Conversion> {
        (numerator > 0 && denominator > 0).then_some(Conversion {
            numerator,
            denominator,
        })
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Conversion {
        Conversion {
            numerator: self.denominator,
            denominator: self.numerator,
        }
    }

    /// Converts exactly; a result that four decimals cannot hold is refused, never rounded.
    pub fn convert(self, quantity: Quantity) -> Result<Quantity, Invalid> {
        let scaled = quantity.units().checked_mul(i128::from(self.numerator));
        let denominator = i128::from(self.denominator);
        let exact = scaled.filter(|scaled| scaled % denominator == 0);
        match (
            scaled,
            exact.and_then(|exact| Quantity::from_units(exact / denominator)),
        ) {
            (_, Some(converted)) => Ok(converted),
            (Some(scaled), None) if scaled % denominator != 0 => Err(Invalid::new(
                "inexact_conversion",
                "cannot be converted to the unit exactly",
            )),
            _ => Err(Invalid::new(
                "too_many_digits",
                "is too large in the other unit",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().expect("quantity")
    }

    #[test]
    fn steps() {
        let piece = Unit::with_decimals("pcs".parse().expect("code"), 0).expect("unit");
        assert!(piece.is_integer_only());
        assert!(piece.check(quantity("12")).is_ok());
        assert_eq!(
            piece
                .check(quantity("1.5"))
                .expect_err("half a piece")
                .code(),
            "not_a_multiple"
        );
        let pack = Unit::new("pack".parse().expect("code"), quantity("12")).expect("unit");
        assert_eq!(
            pack.check(quantity("30")).expect_err("30").message(),
            "is not a multiple of 12 pack"
        );
        let kg = Unit::with_decimals("kg".parse().expect("code"), 3).expect("unit");
        assert!(!kg.is_integer_only() && kg.check(quantity("0.125")).is_ok());
        assert!(kg.check(quantity("0.1255")).is_err());
        assert_eq!(Unit::new("x".parse().expect("code"), Quantity::ZERO), None);
        assert_eq!(Unit::with_decimals("x".parse().expect("code"), 5), None);
    }

    #[test]
    fn conversions_are_exact_or_refused() {
        let dozen = Conversion::new(12, 1).expect("fraction");
        assert_eq!(dozen.convert(quantity("2.5")), Ok(quantity("30")));
        assert_eq!(dozen.inverse().convert(quantity("30")), Ok(quantity("2.5")));
        assert_eq!(
            dozen
                .inverse()
                .convert(quantity("1"))
                .expect_err("1/12")
                .code(),
            "inexact_conversion"
        );
        let huge = Conversion::new(i64::MAX, 1).expect("fraction");
        assert_eq!(
            huge.convert(quantity("99999999999"))
                .expect_err("huge")
                .code(),
            "too_many_digits"
        );
        assert_eq!(Conversion::new(0, 1), None);
        assert_eq!(Conversion::new(1, -1), None);
    }
}
