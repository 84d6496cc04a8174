//! Orders that are none, each for another reason.

use serde_json::{Value, json};

use crate::shop::line;

/// An order with one thing changed.
pub fn order_with(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = json!({ "customer_code": "ACME", "lines": [line("HX-10", "2")] });
    change(&mut body);
    body.to_string().into_bytes()
}

/// An order with another value of a field.
pub fn field(name: &str, value: Value) -> Vec<u8> {
    order_with(|body| body[name] = value)
}

/// An order of this quantity, as JSON.
pub fn quantity(json: &str) -> Vec<u8> {
    format!(
        r#"{{"customer_code":"ACME","lines":[{{"sku":"HX-10","quantity":{{"value":{json}}}}}]}}"#
    )
    .into_bytes()
}

fn price(text: &str) -> Vec<u8> {
    order_with(|body| body["lines"][0]["unit_price"] = json!({ "amount": text }))
}

/// Bodies that are no order, each for another reason.
pub fn bad_orders() -> Vec<(String, Vec<u8>)> {
    let nested = |open: &str, close: &str| {
        format!(
            r#"{{"customer_code":{}1{}}}"#,
            open.repeat(100_000),
            close.repeat(100_000)
        )
        .into_bytes()
    };
    let mut cases: Vec<(String, Vec<u8>)> = [
        ("cut off", br#"{"customer_code":"#.to_vec()),
        ("a comma too many", br#"{"customer_code":"ACME",}"#.to_vec()),
        ("two documents", b"{} {}".to_vec()),
        ("not UTF-8", b"{\"notes\":\"\xff\xfe\"}".to_vec()),
        ("a number alone", b"1".to_vec()),
        ("null", b"null".to_vec()),
        ("an array", b"[]".to_vec()),
        ("nothing", Vec::new()),
        ("100,000 arrays deep", nested("[", "]")),
        ("100,000 objects deep", nested("{\"a\":", "}")),
        (
            "lone surrogate",
            br#"{"customer_code":"AC\ud800ME"}"#.to_vec(),
        ),
        ("a number beyond floating point", quantity("1e400")),
        ("a number for a quantity", quantity("2")),
        ("2^63", field("notes", json!(9_223_372_036_854_775_808_u64))),
        ("a code of a wrong type", field("customer_code", json!(7))),
        ("lines of a wrong type", field("lines", json!("none"))),
        ("an unknown field", field("custmer_po", json!("1"))),
        (
            "an unknown field of a line",
            order_with(|body| body["lines"][0]["qty"] = json!(1)),
        ),
        ("a key with NUL", br#"{"a\u0000b":1}"#.to_vec()),
        ("NUL in a code", field("customer_code", json!("AC\0ME"))),
        ("NUL in a text", field("notes", json!("a\0b"))),
        (
            "NUL in a SKU",
            order_with(|body| body["lines"][0]["sku"] = json!("HX\0")),
        ),
        (
            "NUL in a custom field",
            field("custom", json!({ "a\0": "b" })),
        ),
        (
            "an unknown custom field",
            field("custom", json!({ "colour": "red" })),
        ),
        ("30 February", field("requested_date", json!("2026-02-30"))),
        ("month 13", field("requested_date", json!("2026-13-01"))),
        (
            "a date as a number",
            field("requested_date", json!(20_260_230)),
        ),
        (
            "the year 10000",
            field("requested_date", json!("10000-01-01")),
        ),
        ("an unknown currency", field("currency", json!("XQZ"))),
        ("a currency in words", field("currency", json!("Euro"))),
        (
            "an unknown customer",
            field("customer_code", json!("NOBODY")),
        ),
        (
            "an unknown SKU",
            order_with(|body| body["lines"][0]["sku"] = json!("HX-1O")),
        ),
        (
            "an unknown unit",
            order_with(|body| body["lines"][0]["quantity"]["unit"] = json!("parsec")),
        ),
        ("a part of a piece", quantity("\"1.5\"")),
        (
            "not a multiple of the pack",
            order_with(|body| body["lines"][0] = line("BOX-12", "13")),
        ),
        (
            "a discount above 100 %",
            field("discount", json!({ "percent": "101" })),
        ),
        (
            "a discount twice",
            field("discount", json!({ "percent": "1", "amount": "1" })),
        ),
        (
            "10,000 characters of notes",
            field("notes", json!("x".repeat(10_000))),
        ),
        (
            "501 lines",
            field("lines", json!(vec![line("HX-10", "1"); 501])),
        ),
        (
            "a price of 30 digits",
            price("123456789012345678901234567890"),
        ),
        (
            "a price of 30 decimals",
            price("0.000000000000000000000000000001"),
        ),
        ("a price below zero", price("-1")),
        (
            "a total beyond its range",
            order_with(|body| {
                body["lines"][0]["unit_price"] = json!({ "amount": "999999999.99" });
                body["lines"][0]["quantity"] = json!({ "value": "99999999999" });
            }),
        ),
    ]
    .into_iter()
    .map(|(name, body)| (name.to_owned(), body))
    .collect();
    for text in [
        "-1",
        "1e400",
        "NaN",
        "Infinity",
        "0x10",
        " 1",
        "1,5",
        "",
        "+1",
        "1.",
        "12345678901234567890123456789.0",
        "123456789012345678901234567890",
        "0.00001",
    ] {
        cases.push((
            format!("quantity {text:?}"),
            quantity(&json!(text).to_string()),
        ));
    }
    cases
}
