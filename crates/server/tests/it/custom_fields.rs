//! Custom fields through the services: definitions, checked values, sealed secrets.

use serde_json::{Value, json};
use som_server::ctx::Ctx;
use som_server::features::custom_fields::service::{CustomInput, apply, create, open};
use som_server::http::input::parse_value;
use som_server::permission::Role;

use crate::harness::TestApp;

async fn ctx(app: &TestApp) -> Ctx {
    let caller = app.caller(Role::Owner).await;
    Ctx::internal(&app.state, std::sync::Arc::new(caller))
        .await
        .unwrap()
}

fn input(value: Value) -> Option<CustomInput> {
    serde_json::from_value(value).ok()
}

#[tokio::test]
async fn values_are_checked_merged_and_secrets_sealed() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    let organization = ctx.organization();
    for field in [
        json!({ "entity": "product", "key": "gate", "label": "Gate", "kind": "choice", "choices": ["North", "South"], "required": true }),
        json!({ "entity": "product", "key": "pin", "label": "PIN", "kind": "text", "secret": true }),
    ] {
        create(&mut ctx, parse_value(field).unwrap()).await.unwrap();
    }
    let mut problems = Vec::new();
    let wrong = input(json!({ "pin": 7, "colour": "red" }));
    apply(
        ctx.db(),
        organization,
        "product",
        None,
        wrong,
        &mut problems,
    )
    .await
    .unwrap();
    let mut found: Vec<(String, &str)> = problems
        .iter()
        .map(|p| (p.pointer.clone().unwrap_or_default(), p.code.as_str()))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("#/custom/colour".to_owned(), "unknown_field"),
            ("#/custom/gate".to_owned(), "required"),
            ("#/custom/pin".to_owned(), "wrong_type")
        ]
    );
    let mut problems = Vec::new();
    let right = input(json!({ "gate": "North", "pin": "1234" }));
    let (stored, diff) = apply(
        ctx.db(),
        organization,
        "product",
        None,
        right,
        &mut problems,
    )
    .await
    .unwrap();
    assert!(problems.is_empty());
    assert_eq!(diff["custom.pin"], json!({ "changed": true }));
    assert!(stored["pin"].is_object(), "sealed");
    assert_eq!(
        Value::Object(open(&stored)),
        json!({ "gate": "North", "pin": "1234" })
    );
    let removed = input(json!({ "pin": null }));
    let (stored, _) = apply(
        ctx.db(),
        organization,
        "product",
        Some(&stored),
        removed,
        &mut problems,
    )
    .await
    .unwrap();
    assert_eq!(stored, json!({ "gate": "North" }));
    let kept = apply(
        ctx.db(),
        organization,
        "product",
        Some(&stored),
        None,
        &mut problems,
    )
    .await
    .unwrap();
    assert_eq!(kept.0, stored);
}

#[tokio::test]
async fn a_key_is_unique_and_only_a_choice_has_choices() {
    let app = TestApp::new().await;
    let mut ctx = ctx(&app).await;
    let wrong = json!({ "entity": "order", "key": "gate", "label": "Gate", "kind": "text", "choices": ["A"] });
    let wrong = create(&mut ctx, parse_value(wrong).unwrap()).await;
    assert_eq!(
        wrong.unwrap_err().problem().unwrap().errors[0].code,
        "not_a_choice"
    );
    let field = || {
        parse_value(json!({ "entity": "order", "key": "gate", "label": "Gate", "kind": "text" }))
            .unwrap()
    };
    create(&mut ctx, field()).await.unwrap();
    let again = create(&mut ctx, field()).await;
    assert_eq!(again.unwrap_err().problem().unwrap().code, "duplicate_key");
}
