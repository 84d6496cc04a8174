//! Contact persons and addresses of customers.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

async fn create(client: &Client, body: Value) -> Value {
    client.post("/customers").json(body).send().await.created()
}

fn path(view: &Value) -> String {
    format!("/customers/{}", view["id"].as_str().unwrap())
}

#[tokio::test]
async fn contacts_are_changes_of_their_customer() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(
        &owner,
        json!({ "name": "Acme", "contacts": [{ "name": "Ann", "is_primary": true }] }),
    )
    .await;
    let contacts = format!("{}/contacts", path(&view));
    let new = json!({ "name": "Zoe", "email": "zoe@acme.example", "is_primary": true });
    let added = owner
        .post(&contacts)
        .if_match(1)
        .json(new)
        .send()
        .await
        .created();
    assert_eq!(added["version"], 2);
    assert_eq!(
        (
            &added["contacts"][0]["name"],
            &added["contacts"][1]["is_primary"]
        ),
        (&json!("Zoe"), &json!(false))
    );
    let zoe = format!(
        "{contacts}/{}",
        added["contacts"][0]["id"].as_str().unwrap()
    );
    let patch = owner
        .patch(&zoe)
        .if_match(2)
        .json(json!({ "phone": "+49 30 1", "name": null }));
    assert_eq!(patch.send().await.errors(), ["#/name required"]);
    let patch = owner
        .patch(&zoe)
        .if_match(2)
        .json(json!({ "phone": "+49 30 1234567" }));
    assert_eq!(
        patch.send().await.ok()["contacts"][0]["phone"],
        "+49 30 1234567"
    );
    owner
        .delete(&zoe)
        .if_match(2)
        .send()
        .await
        .problem(412, "stale_version");
    let left = owner.delete(&zoe).if_match(3).send().await.ok();
    assert_eq!(left["contacts"].as_array().unwrap().len(), 1);
    owner
        .delete(&zoe)
        .any_version()
        .send()
        .await
        .problem(404, "not_found");
    app.stranger()
        .await
        .delete(&zoe)
        .any_version()
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn addresses_are_changes_of_their_customer() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(&owner, json!({ "name": "Acme" })).await;
    let addresses = format!("{}/addresses", path(&view));
    let new = |label: &str| json!({ "label": label, "lines": ["1 Example Street"], "country": "DE", "is_default": true });
    owner
        .post(&addresses)
        .if_match(1)
        .json(new("One"))
        .send()
        .await
        .created();
    let two = owner
        .post(&addresses)
        .if_match(2)
        .json(new("Two"))
        .send()
        .await
        .created();
    let labels: Vec<_> = two["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["label"].clone(), a["is_default"].clone()))
        .collect();
    assert_eq!(
        labels,
        [(json!("Two"), json!(true)), (json!("One"), json!(false))]
    );
    let first = format!(
        "{addresses}/{}",
        two["addresses"][0]["id"].as_str().unwrap()
    );
    let patch =
        json!({ "lines": ["2 Example Street"], "valid_from": "2026-02-01", "kind": "shipping" });
    let changed = owner
        .patch(&first)
        .if_match(3)
        .json(patch)
        .send()
        .await
        .ok();
    assert_eq!(
        changed["addresses"][0]["lines"],
        json!(["2 Example Street"])
    );
    let wrong = owner
        .patch(&first)
        .if_match(4)
        .json(json!({ "valid_to": "2026-01-01" }))
        .send()
        .await;
    assert_eq!(wrong.errors(), ["#/valid_to invalid_period"]);
    let diff = owner
        .get(format!("{}/timeline?limit=1", path(&view)))
        .send()
        .await
        .ok();
    assert_eq!(
        diff["data"][0]["diff"]["changed"]["lines"],
        json!({ "changed": true })
    );
    assert!(diff["page"]["next"].is_string());
    let left = owner.delete(&first).if_match(4).send().await.ok();
    assert_eq!(left["addresses"].as_array().unwrap().len(), 1);
}
