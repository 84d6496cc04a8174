//! Price lists, prices and their explanation through the API.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

async fn list(client: &Client) -> String {
    let bolt = json!({ "sku": "HX", "name": "Bolt", "list_price": "1.00" });
    client.post("/products").json(bolt).send().await.created();
    let all = json!({ "code": "ALL", "name": "Everyone" });
    let answer = client.post("/price-lists").json(all).send().await;
    assert_eq!(answer.created()["scope"], "organization");
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_price_list_is_created_read_changed_and_listed() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let at = list(&owner).await;
    let patch = json!({ "priority": 10 });
    owner
        .patch(&at)
        .json(patch.clone())
        .send()
        .await
        .problem(428, "precondition_required");
    owner
        .patch(&at)
        .if_match(4)
        .json(patch.clone())
        .send()
        .await
        .problem(412, "stale_version");
    let changed = owner.patch(&at).if_match(1).json(patch).send().await.ok();
    assert_eq!(
        (&changed["priority"], &changed["etag"]),
        (&json!(10), &json!("\"2\""))
    );
    assert_eq!(owner.get(&at).send().await.ok(), changed);
    assert_eq!(
        owner.get("/price-lists?code=ALL").send().await.ok()["data"],
        json!([changed])
    );
    let again = json!({ "code": "ALL", "name": "Again" });
    owner
        .post("/price-lists")
        .json(again)
        .send()
        .await
        .problem(409, "duplicate_code");
    let answer = owner
        .post("/price-lists")
        .json(json!({ "code": "X", "naem": "X" }))
        .send()
        .await;
    assert_eq!(answer.errors(), ["#/naem unknown_field", "#/name required"]);
    let by_ref = "/price-lists/by-ref/erp/7";
    let body = json!({ "code": "ERP", "name": "From the ERP" });
    let made = owner.put(by_ref).json(body.clone()).send().await.created();
    assert_eq!(
        owner.put(by_ref).json(body).send().await.ok()["id"],
        made["id"]
    );
}

#[tokio::test]
async fn prices_are_added_changed_and_deleted() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let prices = format!("{}/prices", list(&owner).await);
    let body = json!({ "sku": "HX", "min_quantity": "100", "unit_price": "0.8" });
    let answer = owner
        .post(&prices)
        .key("p1")
        .json(body.clone())
        .send()
        .await;
    let view = answer.created();
    let at = answer.header("location").unwrap().to_owned();
    let again = owner
        .post(&prices)
        .key("p1")
        .json(body.clone())
        .send()
        .await;
    assert_eq!(
        (again.created(), again.header("idempotency-replayed")),
        (view.clone(), Some("true"))
    );
    owner
        .post(&prices)
        .json(body)
        .send()
        .await
        .problem(409, "price_overlap");
    assert_eq!(owner.get(&at).send().await.ok(), view);
    assert_eq!(owner.get(&prices).send().await.ok()["data"], json!([view]));
    assert_eq!(
        owner.get(format!("{prices}?sku=OTHER")).send().await.ok()["data"],
        json!([])
    );
    let patch = json!({ "unit_price": "0.7" });
    owner
        .patch(&at)
        .json(patch.clone())
        .send()
        .await
        .problem(428, "precondition_required");
    let changed = owner.patch(&at).if_match(1).json(patch).send().await.ok();
    assert_eq!(changed["unit_price"], "0.70");
    owner
        .delete(&at)
        .send()
        .await
        .problem(428, "precondition_required");
    owner
        .delete(&at)
        .if_match(1)
        .send()
        .await
        .problem(412, "stale_version");
    owner.delete(&at).if_match(2).send().await.expect(204);
    owner.get(&at).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn prices_are_out_of_reach_for_others() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let at = list(&owner).await;
    let prices = format!("{at}/prices");
    app.anonymous()
        .get(&prices)
        .send()
        .await
        .problem(401, "unauthenticated");
    let viewer = app.sign_in(Role::Viewer).await;
    viewer.get(&prices).send().await.ok();
    let body = json!({ "sku": "HX", "unit_price": "1" });
    viewer
        .post(&prices)
        .json(body.clone())
        .send()
        .await
        .problem(403, "missing_permission");
    viewer
        .patch(&at)
        .any_version()
        .json(json!({}))
        .send()
        .await
        .problem(403, "missing_permission");
    let stranger = app.stranger().await;
    stranger.get(&at).send().await.problem(404, "not_found");
    stranger.get(&prices).send().await.problem(404, "not_found");
    stranger
        .post(&prices)
        .json(body)
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_price_is_explained() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let prices = format!("{}/prices", list(&owner).await);
    let tier = json!({ "sku": "HX", "min_quantity": "100", "unit_price": "0.8" });
    let tier = owner.post(&prices).json(tier).send().await.created();
    let few = owner.get("/prices/explain?sku=HX").send().await.ok();
    assert_eq!(
        (&few["unit_price"], &few["source"]),
        (&json!("1.00"), &json!("product"))
    );
    let many = owner
        .get("/prices/explain?sku=HX&quantity=100&date=2026-12-01")
        .send()
        .await
        .ok();
    assert_eq!(
        (&many["unit_price"], &many["steps"][0]["rule_id"]),
        (&json!("0.80"), &tier["id"])
    );
    assert_ne!(many["steps"][0]["rejected"], Value::Null);
    owner
        .get("/prices/explain")
        .send()
        .await
        .problem(400, "missing_parameter");
    owner
        .get("/prices/explain?sku=HX&date=soon")
        .send()
        .await
        .problem(400, "invalid_value");
    let unknown = owner.get("/prices/explain?sku=NONE").send().await;
    unknown.problem(422, "validation_failed");
    assert_eq!(unknown.errors(), ["sku unknown_sku"]);
}
