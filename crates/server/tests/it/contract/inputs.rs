//! Bad bodies: refused alike by every operation that reads JSON, at the right place, never with a fault of ours, and nothing changes.

use serde_json::{Value, json};

use super::{Document, Operation, Target, World};
use crate::harness::Answer;

async fn readers(world: &World) -> Vec<(Operation, Target)> {
    let mut all = Vec::new();
    for operation in world.operations() {
        // the first run is over: it says so before it reads
        if operation.takes_json() && operation.id != "complete_setup" {
            let target = world.target(&operation).await;
            all.push((operation, target));
        }
    }
    all
}

async fn send(
    world: &World,
    operation: &Operation,
    target: &Target,
    body: impl Into<Vec<u8>>,
) -> Answer {
    let bare = Target {
        body: None,
        ..target.clone()
    };
    // sign-in and the like change sessions of their own
    world
        .call(&world.owner, operation, &bare)
        .raw(body)
        .send()
        .await
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let world = World::new().await;
    let all = readers(&world).await;
    let before = world.everything().await;
    let deep = "[".repeat(100_000);
    for (operation, target) in &all {
        for body in [
            "{",
            "{]",
            "nonsense",
            "{\"a\":01}",
            "{\"a\":NaN}",
            "{\"a\":1e400}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1}x",
            &deep,
        ] {
            send(&world, operation, target, body)
                .await
                .problem(400, "malformed_json");
        }
        send(&world, operation, target, b"{\"a\":\"\xff\"}".as_slice())
            .await
            .problem(400, "malformed_json");
        let huge = vec![b' '; 3 << 20];
        send(&world, operation, target, huge)
            .await
            .problem(413, "body_too_large");
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn another_json_type_or_an_unknown_field_is_named() {
    let world = World::new().await;
    let all = readers(&world).await;
    let before = world.everything().await;
    for (operation, target) in &all {
        for body in ["[]", "\"x\"", "1", "true", "null"] {
            let answer = send(&world, operation, target, body).await;
            answer.problem(422, "validation_failed");
            assert_eq!(answer.errors(), ["# wrong_type"], "{}", operation.id);
        }
        let mut body = target.body.clone().unwrap();
        body["nonsense"] = json!(1);
        let answer = send(&world, operation, target, body.to_string()).await;
        answer.problem(422, "validation_failed");
        assert_eq!(
            answer.errors(),
            ["#/nonsense unknown_field"],
            "{}",
            operation.id
        );
        let required = world.document.body_schema(operation).unwrap()["required"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if operation.method != "PATCH" && !required.is_empty() {
            let mut expected: Vec<String> = required
                .iter()
                .map(|name| format!("#/{} required", name.as_str().unwrap()))
                .collect();
            expected.sort();
            for empty in ["", "{}"] {
                let answer = send(&world, operation, target, empty).await;
                answer.problem(422, "validation_failed");
                assert_eq!(answer.errors(), expected, "{}", operation.id);
            }
        }
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn every_field_refuses_what_it_cannot_hold() {
    let world = World::new().await;
    let all = readers(&world).await;
    let before = world.everything().await;
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (operation, target) in &all {
        let body = target.body.as_ref().unwrap();
        let mut fields = Vec::new();
        leaves(
            &world.document,
            world.document.body_schema(operation).unwrap(),
            body,
            "",
            &mut fields,
        );
        for (pointer, schema) in &fields {
            if matches!(pointer.as_str(), "/password" | "/current_password") {
                continue; // whatever is sent is a password, and a wrong or an unused one
            }
            if operation.id == "resolve_products" && pointer.starts_with("/entries/0/") {
                continue; // one bad entry stops no other: its problem stands in its place
            }
            for (bad, code) in hostile(schema) {
                let mut body = body.clone();
                set(&mut body, pointer, bad.clone());
                let answer = send(&world, operation, target, body.to_string()).await;
                tried += 1;
                let named = answer.errors().iter().any(|error| match code {
                    Some(code) => *error == format!("#{pointer} {code}"),
                    None => error.starts_with(&format!("#{pointer}")),
                });
                if answer.status != 422 || !named {
                    let shown: String = bad.to_string().chars().take(60).collect();
                    wrong.push(format!(
                        "{} {pointer} {shown}: {} {}",
                        operation.id,
                        answer.status,
                        answer.text()
                    ));
                }
            }
        }
    }
    assert!(tried > 1000, "{tried}");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    world.unchanged(&before, "a refusal").await;
}

/// Every field of the body: those described at the top, and inside what the example holds.
fn leaves(
    document: &Document,
    schema: &Value,
    example: &Value,
    at: &str,
    found: &mut Vec<(String, Value)>,
) {
    let schema = document.resolve(schema);
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let schema = choices
        .chain([schema])
        .find(|one| one["type"] != "null" && one["oneOf"].is_null())
        .unwrap_or(schema);
    let schema = document.resolve(schema);
    if let Some(properties) = schema["properties"].as_object() {
        for (name, property) in properties {
            let place = format!("{at}/{name}");
            leaves(document, property, &example[name], &place, found);
        }
    }
    if let Some(first) = example.as_array().and_then(|items| items.first()) {
        leaves(document, &schema["items"], first, &format!("{at}/0"), found);
    }
    let inside_nothing = at.matches('/').count() > 1 && example.is_null();
    if !at.is_empty() && !inside_nothing {
        found.push((at.to_owned(), schema.clone()));
    }
}

/// Values that a field of this schema cannot hold, and the code that says so when it is always the same.
fn hostile(schema: &Value) -> Vec<(Value, Option<&'static str>)> {
    let kind = schema["type"]
        .as_str()
        .or(schema["type"][0].as_str())
        .unwrap_or_default();
    let format = schema["format"].as_str().unwrap_or_default();
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let mut bad = match kind {
        "string" => vec![
            (json!(1), Some("wrong_type")),
            (json!([]), Some("wrong_type")),
            (json!({}), Some("wrong_type")),
        ],
        "boolean" => vec![
            (json!("true"), Some("wrong_type")),
            (json!(1), Some("wrong_type")),
        ],
        "integer" => vec![
            (json!("1"), Some("wrong_type")),
            (json!(1.5), None),
            (json!(9_223_372_036_854_775_808_u64), None),
        ],
        "array" => vec![
            (json!({}), Some("wrong_type")),
            (json!("x"), Some("wrong_type")),
        ],
        "object" => vec![
            (json!([]), Some("wrong_type")),
            (json!("x"), Some("wrong_type")),
        ],
        _ => vec![],
    };
    if kind == "string" && schema["enum"].is_null() {
        match format {
            "decimal" => bad.extend([
                (json!("123456789012345678901234567890"), None),
                (json!("0.123456789012345678901234567891"), None),
                (json!("1e5"), Some("invalid_decimal")),
                (json!("NaN"), Some("invalid_decimal")),
                (json!("1,5"), Some("invalid_decimal")),
            ]),
            "date" => bad.extend([
                (json!("2026-02-30"), Some("invalid_date")),
                (json!("30.11.2026"), Some("invalid_date")),
                (json!("9999-12-31"), Some("date_out_of_range")),
            ]),
            _ if pattern == "^[A-Z]{3}$" => bad.extend([
                (json!("ZZZ"), Some("unknown_currency")),
                (json!("eur"), None),
            ]),
            _ if pattern == "^[A-Z]{2}$" => bad.extend([(json!("ZZ"), Some("unknown_country"))]),
            _ => {}
        }
        bad.push((json!("a\u{0}b"), None));
        if let Some(most) = schema["maxLength"].as_u64() {
            bad.push((json!("x".repeat(usize::try_from(most).unwrap() + 1)), None));
        }
    } else if kind == "string" {
        bad.push((json!("nonsense"), None));
    }
    bad
}

/// Puts a value at a place whose parent is there.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
}
