//! How values are read from request bodies and described.

use deserr::errors::JsonError;
use deserr::{Deserr, deserialize};
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::orders::Lifecycle;
use crate::{Amount, Currency, Date, Discount, LineTax, OrderId, Quantity, Scalar, Text};

fn read<T: Deserr<JsonError>>(value: Value) -> Result<T, String> {
    deserialize::<T, Value, JsonError>(value).map_err(|error| error.to_string())
}

#[test]
fn strings_become_values() {
    assert_eq!(
        read::<Quantity>(json!("2.50"))
            .map(|q| q.to_string())
            .as_deref(),
        Ok("2.5")
    );
    assert_eq!(
        read::<Lifecycle>(json!("pending_approval")),
        Ok(Lifecycle::PendingApproval)
    );
    assert!(read::<OrderId>(json!(OrderId::EXAMPLE)).is_ok());
    assert!(read::<Option<Date>>(json!(null)).is_ok_and(|date| date.is_none()));
}

#[test]
fn refusals_carry_their_code() {
    let refused = |value: Value| read::<Amount>(value).expect_err("refused");
    assert!(refused(json!("1.23456")).contains("too_many_decimals: has more than 4 decimals"));
    assert!(refused(json!("1e400")).contains("invalid_decimal: "));
    // Never a JSON number, however harmless it looks.
    for value in [
        json!(1),
        json!(1.5),
        json!(-0.0),
        json!(true),
        json!(null),
        json!([]),
        json!({}),
    ] {
        assert!(refused(value).contains("expected a string"));
    }
    assert!(
        read::<Lifecycle>(json!("Draft"))
            .expect_err("enum")
            .contains("expected one of")
    );
    assert!(
        read::<Text<1, 3>>(json!("a\u{0}"))
            .expect_err("NUL")
            .contains("control_character: ")
    );
}

#[test]
fn schemas_say_what_is_accepted() {
    let schema = |schema: utoipa::openapi::RefOr<utoipa::openapi::Schema>| {
        serde_json::to_value(schema).expect("json")
    };
    let amount = schema(Amount::schema());
    assert_eq!(
        (amount["type"].as_str(), amount["format"].as_str()),
        (Some("string"), Some("decimal"))
    );
    assert_eq!(amount["pattern"].as_str(), Amount::PATTERN);
    assert_eq!(
        schema(Lifecycle::schema())["enum"].as_array().map(Vec::len),
        Some(6)
    );
    assert_eq!(schema(Text::<2, 9>::schema())["maxLength"], json!(9));
    assert_eq!(
        (Text::<2, 9>::name(), Currency::name(), OrderId::name()),
        ("Text2To9".into(), "Currency".into(), "OrderId".into())
    );
}

#[test]
fn every_example_is_valid() {
    fn valid<T: Scalar>() {
        assert!(T::EXAMPLE.parse::<T>().is_ok(), "{}", T::EXAMPLE);
    }
    valid::<Amount>();
    valid::<Quantity>();
    valid::<crate::UnitPrice>();
    valid::<crate::Rate>();
    valid::<crate::Percent>();
    valid::<crate::FxRate>();
    valid::<Currency>();
    valid::<crate::CountryCode>();
    valid::<Date>();
    valid::<crate::Timestamp>();
    valid::<crate::Email>();
    valid::<crate::Phone>();
    valid::<crate::Code>();
    valid::<crate::Sku>();
    valid::<crate::NumberTemplate>();
    valid::<crate::SearchQuery>();
    valid::<crate::orders::SnapshotHash>();
    valid::<crate::custom_fields::FieldKey>();
}

#[test]
fn discounts_and_taxes() {
    assert!(matches!(
        read(json!({"percent": "10"})),
        Ok(Discount::Percent(_))
    ));
    assert!(matches!(
        read(json!({"amount": "5.00"})),
        Ok(Discount::Amount(_))
    ));
    for (value, code) in [
        (json!({}), "exactly_one: "),
        (json!({"percent": "1", "amount": "1"}), "exactly_one: "),
        (json!({"percent": "100.01"}), "discount_above_100_percent: "),
        (json!({"amount": "-1"}), "negative_discount: "),
        (json!({"amount": 5}), "expected a string"),
        (json!({"rate": "5"}), "Unknown field"),
    ] {
        let refused = read::<Discount>(value).expect_err(code);
        assert!(refused.contains(code), "{refused}");
    }
    let tax: LineTax = read(json!({"code": "VAT", "rate": "20"})).expect("tax");
    assert!(!tax.compound);
    // What is written is read again.
    let written = serde_json::to_value(Discount::Percent(tax.rate)).expect("json");
    assert!(read::<Discount>(written).is_ok());
    assert!(read::<LineTax>(serde_json::to_value(&tax).expect("json")).is_ok());
}
