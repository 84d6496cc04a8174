//! Tests of custom fields.

use serde_json::json;

use super::*;

fn field(key: &str, kind: FieldKind, required: bool) -> FieldDefinition {
    FieldDefinition {
        key: key.parse().expect("key"),
        kind,
        required,
    }
}

fn definitions() -> Vec<FieldDefinition> {
    let number = FieldKind::Number {
        min: "0".parse().ok(),
        max: "10".parse().ok(),
        decimals: 2,
    };
    vec![
        field("note", FieldKind::Text { max_length: 5 }, false),
        field("weight", number, false),
        field("fragile", FieldKind::Boolean, false),
        field("due", FieldKind::Date, false),
        field(
            "colour",
            FieldKind::Choice {
                options: vec!["red".into(), "blue".into()],
            },
            true,
        ),
    ]
}

fn check(value: Value) -> Result<Value, Vec<(String, &'static str)>> {
    let object = value.as_object().cloned().expect("object");
    validate(&definitions(), &object)
        .map(Value::Object)
        .map_err(|errors| {
            errors
                .into_iter()
                .map(|e| (e.key, e.invalid.code()))
                .collect()
        })
}

#[test]
fn valid_values_become_canonical() {
    let sent =
        json!({"colour": "red", "weight": "1.50", "note": " hi ", "fragile": false, "due": null});
    let kept = json!({"note": "hi", "weight": "1.5", "fragile": false, "colour": "red"});
    assert_eq!(check(sent), Ok(kept));
}

#[test]
fn every_error_is_reported() {
    let sent = json!({"note": "too long", "weight": "10.01", "fragile": "yes", "due": "2026-02-30", "size": 1});
    let expected = [
        ("size", "unknown_field"),
        ("note", "too_long"),
        ("weight", "too_large"),
        ("fragile", "wrong_type"),
        ("due", "invalid_date"),
        ("colour", "required"),
    ];
    assert_eq!(
        check(sent),
        Err(expected.map(|(key, code)| (key.to_owned(), code)).to_vec())
    );
}

#[test]
fn numbers_are_strings_within_bounds() {
    for (value, code) in [
        (json!(1), "wrong_type"),
        (json!("-0.01"), "too_small"),
        (json!("1.001"), "too_many_decimals"),
        (json!("1e3"), "invalid_decimal"),
        (json!([]), "wrong_type"),
    ] {
        assert_eq!(
            check(json!({"colour": "red", "weight": value})),
            Err(vec![("weight".to_owned(), code)])
        );
    }
    assert_eq!(
        check(json!({"colour": "green"})),
        Err(vec![("colour".to_owned(), "unknown_value")])
    );
    assert_eq!(
        check(json!({"colour": ""})),
        Err(vec![("colour".to_owned(), "unknown_value")])
    );
}

#[test]
fn definitions_are_checked() {
    let choice = |options: &[&str]| FieldKind::Choice {
        options: options.iter().map(|o| (*o).to_owned()).collect(),
    };
    for kind in [
        FieldKind::Text { max_length: 0 },
        FieldKind::Text { max_length: 2001 },
        FieldKind::Number {
            min: "2".parse().ok(),
            max: "1".parse().ok(),
            decimals: 0,
        },
        FieldKind::Number {
            min: None,
            max: None,
            decimals: 5,
        },
        choice(&[]),
        choice(&["a", "a"]),
        choice(&[" a"]),
        choice(&["a\nb"]),
    ] {
        assert!(field("x", kind.clone(), false).check().is_err(), "{kind:?}");
    }
    assert!(
        definitions()
            .iter()
            .all(|definition| definition.check().is_ok())
    );
    for key in ["", "A", "1a", "a-b", "_a", &"a".repeat(41)] {
        assert!(key.parse::<FieldKey>().is_err(), "{key}");
    }
    let stored = serde_json::to_string(&definitions()).expect("json");
    assert_eq!(
        serde_json::from_str::<Vec<FieldDefinition>>(&stored).expect("back"),
        definitions()
    );
}
