//! Amounts, prices, rates and quantities: decimals with private content, exact text and checked arithmetic only.

use std::fmt;

use rust_decimal::Decimal;
use serde::ser::SerializeStruct;

use crate::currency::Currency;
use crate::decimal::{decimal_scalar, pow10};

decimal_scalar! {
    /// An amount of money, `numeric(19,4)`; may be negative. It keeps the decimals it was made with (`12.50`).
    Amount(19, 4, true) pattern r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$" example "1234.50"
}
decimal_scalar! {
    /// A price per unit, `numeric(15,6)`, never negative.
    UnitPrice(15, 6, false) pattern r"^[0-9]{1,9}(\.[0-9]{1,6})?$" example "348.35"
}
decimal_scalar! {
    /// A quantity, `numeric(15,4)`, never negative.
    Quantity(15, 4, false) pattern r"^[0-9]{1,11}(\.[0-9]{1,4})?$" example "2.5"
}
decimal_scalar! {
    /// A rate in per cent, `numeric(9,6)`, never negative: `19` is 19 %.
    Rate(9, 6, false) pattern r"^[0-9]{1,3}(\.[0-9]{1,6})?$" example "19"
}
decimal_scalar! {
    /// A measured percentage that may be negative, such as a margin, `numeric(9,6)`.
    Percent(9, 6, true) pattern r"^-?[0-9]{1,3}(\.[0-9]{1,6})?$" example "32.5"
}
decimal_scalar! {
    /// Units of the base currency per unit of the document currency, `numeric(20,10)`.
    FxRate(20, 10, false) pattern r"^[0-9]{1,10}(\.[0-9]{1,10})?$" example "1.0854"
}

macro_rules! display_normalized {
    ($($name:ident)+) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Trailing zeros say nothing about a price, a quantity or a rate.
                self.decimal().normalize().fmt(f)
            }
        }
    )+ };
}
display_normalized!(UnitPrice Quantity FxRate);

macro_rules! display_percentage {
    ($($name:ident)+) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Percentages read as people write them: 19.00, 9.975.
                at_least(self.decimal(), 2).fmt(f)
            }
        }
    )+ };
}
display_percentage!(Rate Percent);

/// The decimal without trailing zeros beyond `decimals`.
fn at_least(value: Decimal, decimals: u32) -> Decimal {
    let mut value = value.normalize();
    if value.scale() < decimals {
        value.rescale(decimals);
    }
    value
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

impl Amount {
    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.decimal().is_sign_negative() && !self.is_zero()
    }

    /// The amount with its sign turned.
    pub fn negated(self) -> Amount {
        if self.is_zero() {
            self
        } else {
            Amount::from_decimal(-self.decimal()).unwrap_or(self)
        }
    }

    /// The amount in minor units, if it has no more decimals than the currency.
    pub fn minor(self, exponent: u32) -> Option<i128> {
        let step = pow10(Amount::SCALE.checked_sub(exponent)?)?;
        let units = self.units();
        (units % step == 0).then_some(units / step)
    }

    /// The amount of so many minor units, written with `exponent` decimals, if it fits.
    pub fn from_minor(minor: i128, exponent: u32) -> Option<Amount> {
        let value = Decimal::try_from_i128_with_scale(minor, exponent).ok()?;
        Amount::from_decimal(value).ok()
    }

    /// The same amount written with the currency's decimals; unchanged when it has more than those.
    pub fn in_currency(self, currency: Currency) -> Amount {
        self.minor(currency.exponent())
            .and_then(|minor| Amount::from_minor(minor, currency.exponent()))
            .unwrap_or(self)
    }

    /// Whether the currency can express it.
    pub fn fits(self, currency: Currency) -> bool {
        self.minor(currency.exponent()).is_some()
    }
}

impl Rate {
    /// 100 %.
    pub fn hundred() -> Rate {
        Rate::from_decimal(Decimal::ONE_HUNDRED).unwrap_or_default()
    }

    /// The rate as a whole number of 10^-8 of one: 19 % is 19 000 000.
    pub(crate) fn fraction_units(self) -> i128 {
        self.units()
    }
}

/// One as units of [`Rate::fraction_units`].
pub(crate) const RATE_ONE: i128 = 100_000_000;

impl Percent {
    /// 100 × `part` ÷ `whole`, rounded to six decimals and held within ±999.999999; zero when `whole` is zero.
    pub fn of(part: i128, whole: i128) -> Percent {
        const LIMIT: i128 = 999_999_999;
        let (part, whole) = if whole < 0 {
            (part.saturating_neg(), whole.saturating_neg())
        } else {
            (part, whole)
        };
        let units = part
            .checked_mul(RATE_ONE)
            .and_then(|scaled| crate::rounding::RoundingMode::HalfUp.divide(scaled, whole))
            .unwrap_or(if whole == 0 { 0 } else { part.signum() * LIMIT });
        Percent::from_units(units.clamp(-LIMIT, LIMIT)).unwrap_or_default()
    }

    /// 100 × `part` ÷ `whole` of two amounts.
    pub fn of_amounts(part: Amount, whole: Amount) -> Percent {
        Percent::of(part.units(), whole.units())
    }
}

impl From<Rate> for Percent {
    fn from(rate: Rate) -> Percent {
        Percent::from_decimal(rate.decimal()).unwrap_or_default()
    }
}

impl Quantity {
    /// One.
    pub fn one() -> Quantity {
        Quantity::from_decimal(Decimal::ONE).unwrap_or_default()
    }

    /// The difference, or zero where it would be negative.
    #[must_use]
    pub fn saturating_sub(self, other: Quantity) -> Quantity {
        self.checked_sub(other).unwrap_or_default()
    }
}

impl UnitPrice {
    /// The price as a whole number of 10^-6.
    pub fn micros(self) -> i128 {
        self.units()
    }

    /// The price as printed: at least the currency's decimals, `12.50`, `0.0375`.
    pub fn in_currency(self, currency: Currency) -> Decimal {
        at_least(self.decimal(), currency.exponent())
    }

    /// The price less a percentage, to six decimals; zero from 100 % on.
    #[must_use]
    pub fn reduced_by(self, rate: Rate) -> UnitPrice {
        let rest = (RATE_ONE - rate.fraction_units()).max(0);
        // At most 15 by 9 digits: the product fits.
        let units = crate::rounding::RoundingMode::HalfUp
            .divide(self.units().saturating_mul(rest), RATE_ONE);
        units.and_then(UnitPrice::from_units).unwrap_or(self)
    }
}

/// An amount and its currency; the amount fits the currency's exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Amount,
    currency: Currency,
}

impl Money {
    /// Pairs them, if the currency has enough decimals for the amount.
    pub fn new(amount: Amount, currency: Currency) -> Option<Money> {
        amount.fits(currency).then(|| Money {
            amount: amount.in_currency(currency),
            currency,
        })
    }

    /// The amount, written with the currency's decimals.
    pub fn amount(self) -> Amount {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        self.amount
            .checked_add(other.amount)
            .and_then(|sum| Money::new(sum, self.currency))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &self.amount)?;
        object.serialize_field("currency", &self.currency)?;
        object.end()
    }
}

#[cfg(feature = "wire")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .description(Some(
                "An amount with its currency, written with the currency's decimals",
            ))
            .property("amount", crate::wire::scalar_schema::<Amount>())
            .required("amount")
            .property("currency", crate::wire::scalar_schema::<Currency>())
            .required("currency")
            .into()
    }
}
#[cfg(feature = "wire")]
impl utoipa::ToSchema for Money {}

#[cfg(test)]
#[path = "money_tests.rs"]
mod tests;
