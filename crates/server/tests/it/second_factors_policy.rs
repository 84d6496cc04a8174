//! Who must have a second factor: by role, set by an administrator who has one, holding from the next request on.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::post;
use crate::api_keys::{create, get as get_with_key};
use crate::harness::{Answer, Client, TestApp};
use crate::second_factors::{APP, enrol};

async fn ask(client: &Client, roles: Value) -> Answer {
    let body = json!({ "second_factor_roles": roles });
    client
        .patch("/organization")
        .any_version()
        .json(body)
        .send()
        .await
}

/// An owner with a second factor asks it of these roles.
async fn asked(app: &TestApp, roles: Value) -> Client {
    let owner = app.sign_in(Role::Owner).await;
    enrol(app, &owner).await;
    ask(&owner, roles).await.ok();
    owner
}

#[tokio::test]
async fn who_must_and_has_not_can_only_set_one_up() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let rep = app.sign_in(Role::Rep).await;
    asked(&app, json!(["admin", "owner"])).await;
    let me = admin.get("/me").send().await.ok();
    assert_eq!(
        me["second_factor"],
        json!({ "set_up": false, "required": true })
    );
    for path in [
        "/orders",
        "/sessions",
        "/members",
        "/organization",
        "/api-keys",
    ] {
        admin
            .get(path)
            .send()
            .await
            .problem(403, "second_factor_missing");
    }
    let patch = admin.patch("/organization").any_version();
    patch
        .json(json!({ "second_factor_roles": [] }))
        .send()
        .await
        .problem(403, "second_factor_missing");
    let password = json!({ "current_password": "x", "new_password": "y" });
    post(&admin, "/auth/password", password)
        .await
        .problem(403, "second_factor_missing");
    // a sign-in from now on is no way around, others are not asked
    let again = app.sign_in(Role::Admin).await;
    again
        .get("/orders")
        .send()
        .await
        .problem(403, "second_factor_missing");
    rep.get("/orders").send().await.ok();
    enrol(&app, &again).await;
    again.get("/orders").send().await.ok();
    again.get("/second-factors").send().await.ok();
    let shown = again.get("/second-factors").send().await.ok();
    assert_eq!(shown["required"], true);
    post(&again, "/auth/refresh", json!({})).await.expect(204);
}

#[tokio::test]
async fn what_is_asked_for_cannot_be_removed() {
    let app = TestApp::new().await;
    let owner = asked(&app, json!(["owner"])).await;
    owner
        .delete(APP)
        .send()
        .await
        .problem(409, "second_factor_needed");
    let shown = owner.get("/second-factors").send().await.ok();
    assert_eq!(shown["recovery_codes"]["left"], 10);
    ask(&owner, Value::Null).await.ok();
    owner.delete(APP).send().await.expect(204);
}

#[tokio::test]
async fn it_is_asked_by_who_has_one_and_showed_it_a_moment_ago() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let refused = ask(&owner, json!(["owner"])).await;
    refused.problem(422, "validation_failed");
    assert_eq!(
        refused.errors(),
        ["#/second_factor_roles second_factor_missing"]
    );
    let refused = ask(&owner, json!(["rep", "boss"])).await;
    assert_eq!(refused.errors(), ["#/second_factor_roles/1 unknown_value"]);
    let view = ask(&owner, json!(["viewer", "rep", "rep"])).await.ok();
    assert_eq!(view["second_factor_roles"], json!(["rep", "viewer"]));
    let changed: Value = sqlx::query_scalar(
        "select diff->'second_factor_roles' from audit_events where entity = 'organization'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(changed, json!({ "from": [], "to": ["rep", "viewer"] }));
    app.clock.advance(Duration::minutes(11));
    ask(&owner, json!([])).await.problem(403, "reauth_required");
    let name = owner.patch("/organization").any_version();
    name.json(json!({ "locale": "de" })).send().await.ok();
}

#[tokio::test]
async fn programs_go_on_and_change_no_policy() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let scopes = json!({ "scopes": ["orders.read", "settings.write"] });
    let key = create(&admin, scopes).await.created()["key"].clone();
    let key = key.as_str().unwrap();
    asked(&app, json!(["admin"])).await;
    app.clock.advance(Duration::seconds(6));
    get_with_key(&app, "/orders", key).await.ok();
    let call = app.anonymous().patch("/organization").any_version();
    let call = call.json(json!({ "second_factor_roles": [] }));
    crate::api_keys::with(call, key)
        .send()
        .await
        .problem(403, "reauth_required");
    let anybody = app.anonymous();
    crate::api_keys::with(anybody.get("/second-factors"), key)
        .send()
        .await
        .problem(403, "people_only");
}
