//! Tests of amounts, prices, quantities and rates.

use proptest::prelude::*;

use super::*;
use crate::scalar::Scalar;

fn code<T: Scalar>(text: &str) -> &'static str {
    text.parse::<T>()
        .err()
        .map_or("ok", |invalid| invalid.code())
}

#[test]
fn reads_strict_decimals_only() {
    for text in [
        "", "-", ".5", "5.", "+1", " 1", "1 ", "1e3", "1E400", "NaN", "inf", "0x1", "1,000",
        "1.2.3", "--1", "١", "1_0", "1\0",
    ] {
        assert_eq!(code::<Amount>(text), "invalid_decimal", "{text:?}");
    }
    for text in ["0", "-0", "0.0000", "-999999999999999.9999", "000012.50"] {
        assert_eq!(code::<Amount>(text), "ok", "{text}");
    }
    assert_eq!(code::<Amount>("1.23456"), "too_many_decimals");
    assert_eq!(code::<Amount>("1000000000000000"), "too_many_digits");
    assert_eq!(
        code::<Amount>("123456789012345678901234567890"),
        "too_many_digits"
    );
    assert_eq!(code::<Amount>(&"9".repeat(100_000)), "too_many_digits");
    assert_eq!(code::<Quantity>("-1"), "negative_not_allowed");
    assert_eq!(code::<Quantity>("99999999999.9999"), "ok");
    assert_eq!(code::<Quantity>("100000000000"), "too_many_digits");
    assert_eq!(code::<UnitPrice>("999999999.999999"), "ok");
    assert_eq!(code::<Rate>("1000"), "too_many_digits");
    // Leading zeros count, as the published pattern says.
    assert_eq!(code::<Rate>("0001"), "too_many_digits");
    assert_eq!(code::<FxRate>("1.12345678901"), "too_many_decimals");
}

#[test]
fn minus_zero_is_zero() {
    let zero: Amount = "-0.00".parse().expect("zero");
    assert_eq!(
        (zero.to_string().as_str(), zero.is_negative(), zero),
        ("0.00", false, Amount::ZERO)
    );
    assert_eq!(zero.negated().to_string(), "0.00");
    assert_eq!("-0".parse(), Ok(Quantity::ZERO));
}

#[test]
fn amounts_keep_their_decimals_and_the_rest_is_short() {
    assert_eq!(
        "12.50".parse::<Amount>().map(|a| a.to_string()).as_deref(),
        Ok("12.50")
    );
    assert_eq!(
        "12.500000"
            .parse::<UnitPrice>()
            .map(|a| a.to_string())
            .as_deref(),
        Ok("12.5")
    );
    assert_eq!(
        "100".parse::<Rate>().map(|a| a.to_string()).as_deref(),
        Ok("100.00")
    );
    assert_eq!(
        serde_json::to_string(&"7.0".parse::<Quantity>().ok())
            .ok()
            .as_deref(),
        Some("\"7\"")
    );
    assert!(serde_json::from_str::<Quantity>("7").is_err());
}

#[test]
fn exponents_of_currencies() {
    let amount = |text: &str| text.parse::<Amount>().expect("amount");
    let currency = |text: &str| text.parse::<Currency>().expect("currency");
    assert_eq!(
        amount("12.5").in_currency(currency("EUR")).to_string(),
        "12.50"
    );
    assert_eq!(
        amount("12.5000").in_currency(currency("KWD")).to_string(),
        "12.500"
    );
    assert!(!amount("12.5").fits(currency("JPY")));
    let price = |text: &str, code: &str| {
        text.parse::<UnitPrice>()
            .expect("price")
            .in_currency(currency(code))
            .to_string()
    };
    assert_eq!(
        [
            price("12.5", "EUR"),
            price("0.037500", "EUR"),
            price("3", "JPY")
        ],
        ["12.50", "0.0375", "3"]
    );
    let reduced = |rate: &str| {
        "9.99"
            .parse::<UnitPrice>()
            .expect("price")
            .reduced_by(rate.parse().expect("rate"))
            .to_string()
    };
    assert_eq!(
        [
            reduced("0"),
            reduced("33.333333"),
            reduced("100"),
            reduced("150")
        ],
        ["9.99", "6.66", "0", "0"]
    );
    assert!(Money::new(amount("1.234"), currency("EUR")).is_none());
    let money = Money::new(amount("5"), currency("EUR")).expect("fits");
    assert_eq!(money.to_string(), "5.00 EUR");
    assert_eq!(
        serde_json::to_string(&money).ok().as_deref(),
        Some(r#"{"amount":"5.00","currency":"EUR"}"#)
    );
    assert_eq!(
        money.checked_add(Money::new(amount("1"), currency("USD")).expect("fits")),
        None
    );
}

#[test]
fn database_decimals_are_checked_too() {
    let decimal = |text: &str| text.parse::<Decimal>().expect("decimal");
    assert_eq!(
        Amount::from_decimal(decimal("1.230000000")).map(|a| a.minor(2)),
        Ok(Some(123))
    );
    assert!(Amount::from_decimal(decimal("1.23456")).is_err());
    assert!(Amount::from_decimal(Decimal::MAX).is_err());
    assert!(Amount::from_decimal(Decimal::MIN).is_err());
    assert!(Quantity::from_decimal(decimal("-1")).is_err());
    let most: Amount = "999999999999999.9999".parse().expect("amount");
    assert_eq!(most.checked_add(most), None);
    assert_eq!(most.checked_sub(most), Some(Amount::ZERO));
}

#[test]
fn percentages() {
    assert_eq!(Percent::of(1, 3).to_string(), "33.333333");
    assert_eq!(Percent::of(-1, 0), Percent::ZERO);
    assert_eq!(Percent::of(i128::MIN, 1).to_string(), "-999.999999");
    assert_eq!(Percent::of(5, -10).to_string(), "-50.00");
}

proptest! {
    #[test]
    fn text_round_trips(units in -9_999_999_999_999_999_999_i128..=9_999_999_999_999_999_999) {
        let amount = Amount::from_units(units).expect("in range");
        prop_assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
        prop_assert_eq!(amount.units(), units);
        prop_assert_eq!(amount.negated().negated(), amount);
    }

    #[test]
    fn never_panics(text in "-?[0-9]{0,40}(\\.[0-9]{0,40})?") {
        let _ = (text.parse::<Amount>(), text.parse::<UnitPrice>(), text.parse::<Quantity>(), text.parse::<Rate>(), text.parse::<FxRate>());
        if let Ok(decimal) = text.parse::<Decimal>() {
            let _ = (Amount::from_decimal(decimal), FxRate::from_decimal(decimal), Quantity::from_decimal(decimal));
        }
    }

    #[test]
    fn parse_agrees_with_the_library(text in "-?[0-9]{1,15}(\\.[0-9]{1,4})?") {
        prop_assert_eq!(text.parse::<Amount>().map(Amount::decimal).ok(), text.parse::<Decimal>().ok());
    }
}
