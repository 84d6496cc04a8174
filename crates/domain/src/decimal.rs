//! Strict decimal text and the macro behind every decimal scalar. Nothing here ever rounds.

use rust_decimal::Decimal;

use crate::scalar::Invalid;

/// Digits before and after the point, and whether a minus sign may stand before them.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) precision: u32,
    pub(crate) scale: u32,
    pub(crate) signed: bool,
}

/// 10 to the power `exponent`; `None` beyond `i128`.
pub(crate) const fn pow10(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Reads `-?digits(.digits)?`: no plus sign, exponent, blank or separator; `-0` is 0.
pub(crate) fn parse(text: &str, shape: Shape) -> Result<Decimal, Invalid> {
    let invalid = || {
        Invalid::new(
            "invalid_decimal",
            "is not a decimal number such as \"12.50\"",
        )
    };
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !fraction.is_none_or(are_digits) {
        return Err(invalid());
    }
    let fraction = fraction.unwrap_or("");
    let limit = shape.precision - shape.scale;
    if whole.len() > limit as usize {
        return Err(too_many_digits(shape));
    }
    if fraction.len() > shape.scale as usize {
        return Err(too_many_decimals(shape));
    }
    let magnitude = whole
        .bytes()
        .chain(fraction.bytes())
        .fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    if negative && magnitude != 0 && !shape.signed {
        return Err(Invalid::new("negative_not_allowed", "may not be negative"));
    }
    let scale = u32::try_from(fraction.len()).map_err(|_| invalid())?;
    Decimal::try_from_i128_with_scale(if negative { -magnitude } else { magnitude }, scale)
        .map_err(|_| invalid())
}

/// Checks a decimal that comes from the database or from arithmetic; trailing zeros do not count.
pub(crate) fn check(value: Decimal, shape: Shape) -> Result<Decimal, Invalid> {
    if value.is_sign_negative() && !value.is_zero() && !shape.signed {
        return Err(Invalid::new("negative_not_allowed", "may not be negative"));
    }
    let short = if value.scale() > shape.scale {
        value.normalize()
    } else {
        value
    };
    if short.scale() > shape.scale {
        return Err(too_many_decimals(shape));
    }
    let bound = pow10(shape.precision - shape.scale).unwrap_or(i128::MAX);
    if short.trunc().mantissa().abs() >= bound {
        return Err(too_many_digits(shape));
    }
    Ok(if short.is_zero() { short.abs() } else { short })
}

/// The value as a whole number of its smallest steps, 10^-scale.
pub(crate) fn units(value: Decimal, scale: u32) -> i128 {
    // A checked value has at most `scale` decimals and 20 digits, so this neither truncates nor overflows.
    value
        .mantissa()
        .saturating_mul(pow10(scale.saturating_sub(value.scale())).unwrap_or(1))
}

fn too_many_decimals(shape: Shape) -> Invalid {
    Invalid::new(
        "too_many_decimals",
        format!("has more than {} decimals", shape.scale),
    )
}

fn too_many_digits(shape: Shape) -> Invalid {
    Invalid::new(
        "too_many_digits",
        format!(
            "has more than {} digits before the point",
            shape.precision - shape.scale
        ),
    )
}

/// A decimal newtype with private content and checked operations only.
macro_rules! decimal_scalar {
    (
        $(#[$meta:meta])*
        $name:ident($precision:literal, $scale:literal, $signed:literal) pattern $pattern:literal example $example:literal
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(rust_decimal::Decimal);

        impl $name {
            /// Zero.
            pub const ZERO: Self = $name(rust_decimal::Decimal::ZERO);
            /// Decimals it can hold.
            pub const SCALE: u32 = $scale;
            const SHAPE: $crate::decimal::Shape =
                $crate::decimal::Shape { precision: $precision, scale: $scale, signed: $signed };

            /// Takes a decimal that fits; refuses what would have to be rounded.
            pub fn from_decimal(value: rust_decimal::Decimal) -> Result<Self, $crate::scalar::Invalid> {
                $crate::decimal::check(value, Self::SHAPE).map($name)
            }

            /// The decimal for SQL.
            pub const fn decimal(self) -> rust_decimal::Decimal {
                self.0
            }

            /// Whether it is zero.
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }

            /// The sum, if it fits.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).and_then(|sum| Self::from_decimal(sum).ok())
            }

            /// The difference, if it fits.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).and_then(|difference| Self::from_decimal(difference).ok())
            }

            #[allow(dead_code, reason = "not every scalar is computed")]
            /// A whole number of steps of 10^-`SCALE`.
            pub(crate) fn units(self) -> i128 {
                $crate::decimal::units(self.0, $scale)
            }

            /// The reverse of `units`, if it fits.
            #[allow(dead_code, reason = "not every scalar is computed")]
            pub(crate) fn from_units(units: i128) -> Option<Self> {
                let value = rust_decimal::Decimal::try_from_i128_with_scale(units, $scale).ok()?;
                Self::from_decimal(value).ok()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::scalar::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::decimal::parse(text, Self::SHAPE).and_then(Self::from_decimal)
            }
        }

        impl TryFrom<rust_decimal::Decimal> for $name {
            type Error = $crate::scalar::Invalid;
            fn try_from(value: rust_decimal::Decimal) -> Result<Self, Self::Error> {
                Self::from_decimal(value)
            }
        }

        impl From<$name> for rust_decimal::Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl $crate::scalar::Scalar for $name {
            const DESCRIPTION: &'static str = concat!(
                "Decimal string: at most ", $precision, " digits, ", $scale, " of them decimals; never a JSON number"
            );
            const EXAMPLE: &'static str = $example;
            const FORMAT: Option<&'static str> = Some("decimal");
            const PATTERN: Option<&'static str> = Some($pattern);
        }
        $crate::scalar::scalar_traits!($name);
    };
}
pub(crate) use decimal_scalar;
