//! Taxes, tax classes, tax rules and custom fields through the API.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::TestApp;

/// Collection, a new one, a change of it.
fn cases() -> Vec<(&'static str, Value, Value)> {
    vec![
        (
            "/taxes",
            json!({ "code": "T7", "name": "Seven", "rate": "7" }),
            json!({ "name": "7 %" }),
        ),
        (
            "/tax-classes",
            json!({ "code": "books", "name": "Books" }),
            json!({ "name": "Print" }),
        ),
        (
            "/tax-rules",
            json!({ "tax_class": "books", "country": "IS", "taxes": ["T7"] }),
            json!({ "customer_tax_status": "exempt", "taxes": [], "exemption_reason": "Export" }),
        ),
        (
            "/custom-fields",
            json!({ "entity": "product", "key": "gate", "label": "Gate", "kind": "choice", "choices": ["N", "S"] }),
            json!({ "label": "Delivery gate" }),
        ),
    ]
}

#[tokio::test]
async fn each_is_created_read_listed_and_changed() {
    let app = TestApp::new().await;
    let (owner, viewer, stranger) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Viewer).await,
        app.stranger().await,
    );
    for (list, new, patch) in cases() {
        let answer = owner.post(list).key(list).json(new.clone()).send().await;
        let view = answer.created();
        let at = answer.header("location").unwrap().to_owned();
        let again = owner.post(list).key(list).json(new.clone()).send().await;
        assert_eq!(
            (again.created(), again.header("idempotency-replayed")),
            (view.clone(), Some("true"))
        );
        assert_eq!(viewer.get(&at).send().await.ok(), view);
        app.anonymous()
            .get(list)
            .send()
            .await
            .problem(401, "unauthenticated");
        viewer
            .post(list)
            .json(new.clone())
            .send()
            .await
            .problem(403, "missing_permission");
        viewer
            .patch(&at)
            .any_version()
            .json(patch.clone())
            .send()
            .await
            .problem(403, "missing_permission");
        stranger.get(&at).send().await.problem(404, "not_found");
        stranger
            .patch(&at)
            .any_version()
            .json(patch.clone())
            .send()
            .await
            .problem(404, "not_found");
        owner
            .patch(&at)
            .json(patch.clone())
            .send()
            .await
            .problem(428, "precondition_required");
        owner
            .patch(&at)
            .if_match(8)
            .json(patch.clone())
            .send()
            .await
            .problem(412, "stale_version");
        let changed = owner.patch(&at).if_match(1).json(patch).send().await.ok();
        assert_eq!(changed["version"], 2, "{list}");
        let rows = owner.get(list).send().await.ok()["data"].clone();
        assert!(
            rows.as_array().unwrap().contains(&changed),
            "{list}: {rows}"
        );
        let others = stranger.get(list).send().await.ok()["data"].clone();
        assert!(
            others
                .as_array()
                .unwrap()
                .iter()
                .all(|row| row["id"] != view["id"]),
            "{list}"
        );
        assert_eq!(
            owner.post(list).json(new.clone()).send().await.status,
            if list == "/tax-rules" { 201 } else { 409 }
        );
        let answer = owner.post(list).json(json!({ "nonsense": 1 })).send().await;
        assert!(
            answer
                .errors()
                .contains(&"#/nonsense unknown_field".to_owned()),
            "{list}"
        );
    }
}

#[tokio::test]
async fn a_rule_is_deleted_with_its_version() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for (list, new, _) in cases().into_iter().take(2) {
        owner.post(list).json(new).send().await.created();
    }
    let rule = json!({ "tax_class": "books", "taxes": ["T7"] });
    let answer = owner.post("/tax-rules").json(rule.clone()).send().await;
    assert_eq!(answer.created()["taxes"], json!(["T7"]));
    owner
        .post("/tax-rules")
        .json(rule)
        .send()
        .await
        .problem(409, "duplicate_rule");
    let at = answer.header("location").unwrap().to_owned();
    owner
        .delete(&at)
        .send()
        .await
        .problem(428, "precondition_required");
    owner
        .delete(&at)
        .if_match(2)
        .send()
        .await
        .problem(412, "stale_version");
    owner.delete(&at).if_match(1).send().await.expect(204);
    owner.get(&at).send().await.problem(404, "not_found");
}
