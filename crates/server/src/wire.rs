//! How decimals of the database are written in JSON.

use rust_decimal::Decimal;
use som_domain::currency::Currency;
use som_domain::money::Amount;

fn with_decimals(value: Decimal, at_least: u32) -> String {
    let mut value = value.normalize();
    if value.scale() < at_least {
        value.rescale(at_least);
    }
    value.to_string()
}

/// A unit price: the currency's decimals at least (`12.50`, `0.0375`).
pub fn price(value: Decimal, currency: Currency) -> String {
    with_decimals(value, currency.exponent())
}

/// A rate in per cent, two decimals at least (`19.00`).
pub fn rate(value: Decimal) -> String {
    with_decimals(value, 2)
}

/// A quantity without trailing zeros (`2.5`).
pub fn quantity(value: Decimal) -> String {
    value.normalize().to_string()
}

/// An amount with the currency's decimals (`12.50`).
pub fn amount(value: Decimal, currency: Currency) -> String {
    Amount::from_decimal(value).map_or_else(
        |_| value.to_string(),
        |amount| amount.in_currency(currency).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_people_expect() {
        let (eur, jpy): (Currency, Currency) = ("EUR".parse().unwrap(), "JPY".parse().unwrap());
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(price(decimal("12.500000"), eur), "12.50");
        assert_eq!(price(decimal("0.037500"), eur), "0.0375");
        assert_eq!(price(decimal("999.000000"), jpy), "999");
        assert_eq!(rate(decimal("19.000000")), "19.00");
        assert_eq!(rate(decimal("8.875000")), "8.875");
        assert_eq!(quantity(decimal("100.0000")), "100");
        assert_eq!(amount(decimal("12.5000"), eur), "12.50");
    }
}
