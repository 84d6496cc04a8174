//! Secret custom fields of orders: sealed where they are stored, masked for those without the permission.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::Client;
use crate::shop::{Shop, act, post_order};

async fn field(client: &Client, key: &str, secret: bool, required: bool) {
    let body = json!({ "entity": "order", "key": key, "label": key, "kind": "text", "secret": secret, "required": required });
    client
        .post("/custom-fields")
        .json(body)
        .send()
        .await
        .created();
}

#[tokio::test]
async fn a_secret_is_sealed_everywhere_and_masked_for_those_who_may_not_see_it() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    field(&owner, "gate", false, false).await;
    field(&owner, "pin", true, true).await;
    let rep = shop.rep().await;
    post_order(&rep, json!({}))
        .await
        .problem(422, "validation_failed");
    let custom = json!({ "gate": "North", "pin": "4711" });
    let order = post_order(&rep, json!({ "custom": custom }))
        .await
        .created();
    let masked = json!({ "gate": "North", "pin": "••••" });
    assert_eq!(order["custom"], masked);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).send().await.ok()["custom"], custom);
    // The mask sent back changes nothing.
    let body = json!({ "custom": { "pin": "••••", "gate": "South" } });
    rep.patch(&path).if_match(1).json(body).send().await.ok();
    assert_eq!(owner.get(&path).send().await.ok()["custom"]["pin"], "4711");
    let body = json!({ "custom": { "pin": "0815" } });
    rep.patch(&path).if_match(2).json(body).send().await.ok();
    let version = |client: &Client, n: i32| client.get(format!("{path}/versions/{n}"));
    let content = version(&rep, 3).send().await.ok()["content"]["custom"].clone();
    assert_eq!(content, json!({ "gate": "South", "pin": "••••" }));
    let content = version(&owner, 1).send().await.ok()["content"]["custom"].clone();
    assert_eq!(content, custom);
    let change = async |client: &Client| -> Value {
        let diff = client.get(format!("{path}/diff?from=2&to=3")).send().await;
        diff.ok()["changes"][0].clone()
    };
    assert_eq!(
        change(&rep).await,
        json!({ "path": "custom/pin", "from": "••••", "to": "••••" })
    );
    assert_eq!(
        change(&owner).await,
        json!({ "path": "custom/pin", "from": "4711", "to": "0815" })
    );
    let timeline = owner.get(format!("{path}/timeline")).send().await.ok();
    assert!(!timeline.to_string().contains("0815"), "{timeline}");
    // An approval is bound to the content, the secret among it, and a copy keeps it.
    let latest = owner.get(&path).send().await.ok();
    act(&owner, &latest, "submit", json!({})).await.ok();
    let copy = act(&owner, &latest, "duplicate", json!({})).await.created();
    assert_eq!(copy["custom"], json!({ "gate": "South", "pin": "0815" }));
    let clear: i64 = sqlx::query_scalar(
        r#"select count(*) from (select custom::text as t from orders union all select doc ->> 'custom' from order_snapshots
             union all select diff::text from audit_events union all select payload::text from outbox_events) x where t ~ '"pin": *"'"#,
    )
    .fetch_one(&shop.pool)
    .await
    .unwrap();
    assert_eq!(clear, 0);
}

#[tokio::test]
async fn secrets_of_customers_and_products_are_masked_too() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    for entity in ["customer", "product"] {
        let body = json!({ "entity": entity, "key": "pin", "label": "PIN", "kind": "text", "secret": true });
        owner
            .post("/custom-fields")
            .json(body)
            .send()
            .await
            .created();
    }
    let viewer = shop.app.sign_in(Role::Viewer).await;
    for (path, body) in [
        (
            "/customers",
            json!({ "code": "C1", "name": "One", "currency": "EUR", "custom": { "pin": "4711" } }),
        ),
        (
            "/products",
            json!({ "sku": "P1", "name": "One", "custom": { "pin": "4711" } }),
        ),
    ] {
        let made = owner.post(path).json(body).send().await.created();
        assert_eq!(made["custom"]["pin"], "4711");
        let path = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(viewer.get(path).send().await.ok()["custom"]["pin"], "••••");
    }
}
