//! Roles of an organization's own: what they allow counts at once, and nobody gives away more than they have.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

fn counter() -> Value {
    json!({ "name": "Counter", "base": "rep", "permissions": ["orders.read", "orders.write", "customers.read", "products.read", "prices.read"],
            "row_scope": "organization", "discount_limit": "5", "approval_limit": null })
}

/// A member with a role of the organization's own, signed in.
async fn member(app: &TestApp, owner: &Client, role: &Value) -> (Client, Value) {
    let body = json!({ "name": "Mary Fields", "email": "mary@test.example", "password": "violet harbour nine lamps", "role_id": role["id"] });
    let view = owner.post("/members").json(body).send().await.created();
    let browser = app.anonymous();
    browser
        .post("/auth/sign-in")
        .json(json!({ "email": "mary@test.example", "password": "violet harbour nine lamps" }))
        .send()
        .await
        .ok();
    (browser, view)
}

fn etag(view: &Value) -> String {
    format!("\"{}\"", view["version"])
}

#[tokio::test]
async fn a_role_of_ones_own_is_made_given_and_counts() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let role = owner.post("/roles").json(counter()).send().await.created();
    let (mary, view) = member(&app, &owner, &role).await;
    assert_eq!(
        (&view["role"], &view["role_name"], &view["row_scope"]),
        (&json!("rep"), &json!("Counter"), &json!("organization"))
    );
    let me = mary.get("/me").send().await.ok();
    assert_eq!(me["permissions"], role["permissions"]);
    assert_eq!(
        (&me["membership"]["role_id"], &me["membership"]["row_scope"]),
        (&role["id"], &json!("organization"))
    );
    mary.get("/orders").send().await.ok();
    let problem = mary
        .get("/members")
        .send()
        .await
        .problem(403, "missing_permission");
    assert!(problem["detail"].as_str().unwrap().contains("Counter"));
    let listed = owner.get("/roles").send().await.ok();
    let own = listed["data"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&own["name"], &own["members"]),
        (&json!("Counter"), &json!(1))
    );
    assert_eq!(
        listed["data"].as_array().unwrap().len(),
        Role::ALL.len() + 1
    );
}

#[tokio::test]
async fn a_changed_role_counts_from_the_next_request() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let role = owner.post("/roles").json(counter()).send().await.created();
    let (mary, _) = member(&app, &owner, &role).await;
    mary.get("/orders").send().await.ok();
    let path = format!("/roles/{}", role["id"].as_str().unwrap());
    let changed = owner
        .patch(&path)
        .header("if-match", &etag(&role))
        .json(json!({ "permissions": ["customers.read"], "discount_limit": null }))
        .send()
        .await
        .ok();
    assert_eq!(changed["discount_limit"], Value::Null);
    mary.get("/orders")
        .send()
        .await
        .problem(403, "missing_permission");
    mary.get("/customers").send().await.ok();
    let diff: Value = sqlx::query_scalar(
        "select diff from audit_events where entity = 'role' and action = 'updated'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(diff["permissions"]["to"], json!(["customers.read"]));
    assert_eq!(diff["discount_limit"], json!({ "from": "5", "to": null }));
}

#[tokio::test]
async fn the_discount_limit_of_the_role_holds() {
    let shop = crate::shop::Shop::new().await;
    let owner = shop.owner().await;
    let role = owner
        .post("/roles")
        .json(json!({ "name": "Careful", "base": "rep", "row_scope": "organization", "discount_limit": "5" }))
        .send()
        .await
        .created();
    let (mary, _) = member(&shop.app, &owner, &role).await;
    for (percent, is_over) in [("5", false), ("6", true)] {
        let line = json!({ "sku": "HX-10", "quantity": { "value": "1" }, "discounts": [{ "percent": percent }] });
        let answer = mary
            .post("/orders/preview")
            .json(json!({ "customer_code": "ACME", "lines": [line] }))
            .send()
            .await;
        answer.ok();
        assert_eq!(
            answer.text().contains("discount_over_limit"),
            is_over,
            "{percent}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let desk = json!({ "name": "People desk", "base": "viewer", "permissions": ["members.read", "members.write", "orders.read"] });
    let desk = owner.post("/roles").json(desk).send().await.created();
    let (mary, me) = member(&app, &owner, &desk).await;
    let with = |permissions: Value| json!({ "name": "Lift", "base": "viewer", "permissions": permissions });
    let problem = mary
        .post("/roles")
        .json(with(json!(["orders.read", "orders.approve"])))
        .send()
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        (
            &problem["errors"][0]["pointer"],
            &problem["errors"][0]["code"]
        ),
        (&json!("#/permissions/1"), &json!("permission_not_yours"))
    );
    mary.post("/roles")
        .json(json!({ "name": "Lift", "base": "admin" }))
        .send()
        .await
        .problem(422, "validation_failed");
    mary.post("/roles")
        .json(with(json!(["orders.read"])))
        .send()
        .await
        .created();
    let own = format!("/members/{}", me["id"].as_str().unwrap());
    mary.patch(&own)
        .header("if-match", &etag(&me))
        .json(json!({ "role": "admin" }))
        .send()
        .await
        .problem(403, "role_beyond_yours");
    let path = format!("/roles/{}", desk["id"].as_str().unwrap());
    mary.patch(&path)
        .header("if-match", &etag(&desk))
        .json(json!({ "permissions": ["members.read", "members.write", "orders.read", "orders.write"] }))
        .send()
        .await
        .problem(422, "validation_failed");
    app.caller(Role::Manager).await;
    let list = owner.get("/members").send().await.ok();
    let manager = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["role"] == "manager")
        .unwrap();
    mary.patch(format!("/members/{}", manager["id"].as_str().unwrap()))
        .header("if-match", &etag(manager))
        .json(json!({ "state": "suspended" }))
        .send()
        .await
        .problem(403, "role_beyond_yours");
}

#[tokio::test]
async fn a_role_in_use_stays_and_bad_roles_are_refused() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let role = owner.post("/roles").json(counter()).send().await.created();
    let (_, mary) = member(&app, &owner, &role).await;
    owner
        .post("/roles")
        .json(counter())
        .send()
        .await
        .problem(409, "duplicate_name");
    let path = format!("/roles/{}", role["id"].as_str().unwrap());
    let remove = || owner.delete(&path).header("if-match", &etag(&role));
    remove().send().await.problem(409, "role_in_use");
    owner
        .patch(format!("/members/{}", mary["id"].as_str().unwrap()))
        .header("if-match", &etag(&mary))
        .json(json!({ "role": "viewer" }))
        .send()
        .await
        .ok();
    assert_eq!(remove().send().await.status, 204);
    owner.get(&path).send().await.problem(404, "not_found");
    for (field, value, code) in [
        ("permissions", json!(["orders.raed"]), "unknown_permission"),
        ("discount_limit", json!("101"), "out_of_range"),
        ("approval_limit", json!("-1"), "out_of_range"),
        ("base", json!("owner"), "unknown_value"),
    ] {
        let mut body = counter();
        body[field] = value;
        let problem = owner
            .post("/roles")
            .json(body)
            .send()
            .await
            .problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], code, "{field}");
    }
}

#[tokio::test]
async fn roles_are_changed_by_who_proved_it_a_moment_ago() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    app.clock.advance(chrono::Duration::minutes(11));
    owner
        .post("/roles")
        .json(counter())
        .send()
        .await
        .problem(403, "reauth_required");
}

#[tokio::test]
async fn exporting_needs_reading() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let role = json!({ "name": "Exports", "base": "viewer", "permissions": ["exports.run"] });
    let role = owner.post("/roles").json(role).send().await.created();
    let (mary, _) = member(&app, &owner, &role).await;
    for (list, needed) in [
        ("orders", "orders.read"),
        ("customers", "customers.read"),
        ("products", "products.read"),
        ("audit", "audit.read"),
    ] {
        let answer = mary.get(format!("/{list}/export?format=csv")).send().await;
        let problem = answer.problem(403, "missing_permission");
        assert_eq!(problem["missing_permission"], needed);
    }
}
