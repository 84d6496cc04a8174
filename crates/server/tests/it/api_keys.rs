//! API keys: what they may do, how they end, and that they make no others.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::client::Call;
use crate::harness::{Answer, Client, PASSWORD, TestApp};

pub async fn create(person: &Client, change: Value) -> Answer {
    let mut body = json!({ "name": "Web shop", "scopes": ["orders.read", "customers.read"] });
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    person.post("/api-keys").json(body).send().await
}

/// A key of the person: its text and its id.
pub async fn key(person: &Client, change: Value) -> (String, String) {
    let fresh = create(person, change).await.created();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    (text(&fresh["key"]), text(&fresh["api_key"]["id"]))
}

pub fn with(call: Call, key: &str) -> Call {
    call.without_csrf()
        .header("authorization", &format!("Bearer {key}"))
}

pub async fn get(app: &TestApp, path: &str, key: &str) -> Answer {
    with(app.anonymous().get(path), key).send().await
}

#[tokio::test]
async fn a_key_has_its_owners_rights_narrowed_to_its_scopes() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (key, id) = key(&rep, json!({})).await;
    assert!(key.starts_with("som_pat_"));
    get(&app, "/orders", &key).await.ok();
    let refused = get(&app, "/products", &key)
        .await
        .problem(403, "missing_permission");
    assert_eq!(refused["missing_permission"], "products.read");
    let me = get(&app, "/me", &key).await.ok();
    assert_eq!(me["permissions"], json!(["orders.read", "customers.read"]));
    assert_eq!(me["session"], Value::Null);
    let list = rep.get("/api-keys").send().await.ok();
    let shown = &list["data"][0];
    assert_eq!(shown["id"], id.as_str());
    assert_eq!(shown["state"], "active");
    assert_eq!(shown["last_used_ip"], "127.0.0.1");
    assert_eq!(shown["expires_at"], "2027-02-22T12:00:00.000000Z");
    assert!(key.starts_with(shown["hint"].as_str().unwrap()));
    assert!(!list.to_string().contains(&key), "shown once");
    // the owner's demotion is the key's
    let pool = app.admin_pool().await;
    let (hash, text): (Vec<u8>, String) =
        sqlx::query_as("select token_hash, to_jsonb(k)::text from api_keys k")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(hash.len() == 32 && !text.contains(&key));
    sqlx::query(
        "update memberships set state = 'suspended' where user_id = (select user_id from api_keys)",
    )
    .execute(&pool)
    .await
    .unwrap();
    app.clock.advance(Duration::seconds(6));
    get(&app, "/orders", &key)
        .await
        .problem(401, "invalid_api_key");
}

#[tokio::test]
async fn a_key_can_never_make_a_key_nor_touch_accounts() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let (key, id) = key(
        &owner,
        json!({ "scopes": ["orders.read", "settings.write", "members.read"] }),
    )
    .await;
    let anybody = app.anonymous();
    let new = json!({ "name": "Another", "scopes": ["orders.read"] });
    for call in [
        anybody.post("/api-keys").json(new),
        anybody.post(format!("/api-keys/{id}/rotate")).json(json!({})),
        anybody.delete(format!("/api-keys/{id}")),
        anybody.get("/api-keys"),
        anybody.get("/sessions"),
        anybody.delete("/sessions"),
        anybody.post("/auth/step-up").json(json!({ "password": PASSWORD })),
        anybody.post("/auth/password").json(json!({ "current_password": PASSWORD, "new_password": "seven lanterns over copper bay" })),
    ] {
        with(call, &key).send().await.problem(403, "people_only");
    }
    let refused = create(&owner, json!({ "scopes": ["members.write"] })).await;
    refused.problem(422, "validation_failed");
    assert_eq!(refused.errors(), ["#/scopes/0 scope_not_for_keys"]);
}

#[tokio::test]
async fn cookie_and_key_together_and_wrong_keys_are_refused() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (key, _) = key(&rep, json!({})).await;
    with(rep.get("/orders"), &key)
        .send()
        .await
        .problem(400, "ambiguous_credentials");
    let mut typo = key.clone();
    let last = typo.pop().unwrap();
    typo.push(if last == 'a' { 'b' } else { 'a' });
    for wrong in [typo.as_str(), "som_pat_x", ""] {
        get(&app, "/orders", wrong)
            .await
            .problem(401, "invalid_api_key");
    }
    let basic = app
        .anonymous()
        .get("/orders")
        .header("authorization", &format!("Basic {key}"));
    basic.send().await.problem(401, "invalid_api_key");
    let twice = with(with(app.anonymous().get("/orders"), &key), &key);
    twice.send().await.problem(401, "invalid_api_key");
    app.anonymous()
        .get(format!("/orders?key={key}"))
        .send()
        .await
        .problem(401, "unauthenticated");
}

#[tokio::test]
async fn every_fault_of_a_new_key_is_told() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let wrong = json!({ "scopes": ["orders.raed", "settings.write"], "expires_in_days": 366, "networks": ["10.0.0.0/8", "here"] });
    let answer = create(&rep, wrong).await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/expires_in_days out_of_range",
            "#/networks/1 invalid_network",
            "#/scopes/0 unknown_scope",
            "#/scopes/1 scope_not_yours"
        ]
    );
    for (change, error) in [
        (json!({ "scopes": [] }), "#/scopes out_of_range"),
        (
            json!({ "expires_in_days": 0 }),
            "#/expires_in_days out_of_range",
        ),
    ] {
        let answer = create(&rep, change).await;
        answer.problem(422, "validation_failed");
        assert_eq!(answer.errors(), [error]);
    }
}

#[tokio::test]
async fn a_key_works_from_its_networks_only_and_ends_on_its_day() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (key, _) = key(
        &rep,
        json!({ "networks": ["192.0.2.0/24"], "expires_in_days": 1 }),
    )
    .await;
    let from = |peer: &str| app.anonymous().from_peer(peer.parse().unwrap());
    with(from("198.51.100.1:1").get("/orders"), &key)
        .send()
        .await
        .problem(403, "address_not_allowed");
    let list = rep.get("/api-keys").send().await.ok();
    assert_eq!(
        list["data"][0]["last_used_at"],
        Value::Null,
        "a refusal is no use"
    );
    with(from("192.0.2.7:1").get("/orders"), &key)
        .send()
        .await
        .ok();
    // believed from the cache, and still asked where it comes from
    with(from("198.51.100.1:1").get("/orders"), &key)
        .send()
        .await
        .problem(403, "address_not_allowed");
    app.clock
        .advance(Duration::hours(24) - Duration::seconds(1));
    with(from("192.0.2.7:1").get("/orders"), &key)
        .send()
        .await
        .ok();
    app.clock.advance(Duration::seconds(1));
    with(from("192.0.2.7:1").get("/orders"), &key)
        .send()
        .await
        .problem(401, "invalid_api_key");
}

#[tokio::test]
async fn a_replaced_key_works_for_the_overlap_and_the_family_shares_idempotency_keys() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (old, id) = key(&rep, json!({ "expires_in_days": 30 })).await;
    let rotate =
        |id: &str, body: Value| rep.post(format!("/api-keys/{id}/rotate")).json(body).send();
    rotate(&id, json!({ "overlap_hours": 169 }))
        .await
        .problem(422, "validation_failed");
    let fresh = rotate(&id, json!({ "overlap_hours": 2 })).await.created();
    let (new, new_id) = (
        fresh["key"].as_str().unwrap(),
        fresh["api_key"]["id"].as_str().unwrap(),
    );
    assert_eq!(
        fresh["api_key"]["scopes"],
        json!(["customers.read", "orders.read"])
    );
    assert_eq!(
        fresh["api_key"]["expires_at"],
        "2026-12-24T12:00:00.000000Z"
    );
    get(&app, "/orders", &old).await.ok();
    get(&app, "/orders", new).await.ok();
    rotate(&id, json!({})).await.problem(409, "api_key_ended");
    let families: i64 = sqlx::query_scalar("select count(distinct family_id) from api_keys")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(families, 1);
    app.clock.advance(Duration::hours(2));
    get(&app, "/orders", &old)
        .await
        .problem(401, "invalid_api_key");
    get(&app, "/orders", new).await.ok();
    let rep = app.sign_in(Role::Rep).await;
    rep.delete(format!("/api-keys/{new_id}"))
        .send()
        .await
        .expect(204);
    get(&app, "/orders", new)
        .await
        .problem(401, "invalid_api_key");
    rep.delete(format!("/api-keys/{new_id}"))
        .send()
        .await
        .expect(204);
    let actions: Vec<String> =
        sqlx::query_scalar("select action from audit_events where entity = 'api_key' order by seq")
            .fetch_all(&app.admin_pool().await)
            .await
            .unwrap();
    assert_eq!(actions, ["created", "rotated", "revoked"]);
}

#[tokio::test]
async fn making_a_key_needs_a_proof_of_the_last_ten_minutes_and_is_never_replayed() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    app.clock
        .advance(Duration::minutes(10) + Duration::seconds(1));
    create(&rep, json!({}))
        .await
        .problem(403, "reauth_required");
    let step_up = |password: &str| {
        rep.post("/auth/step-up")
            .json(json!({ "password": password }))
            .send()
    };
    step_up("not the present one")
        .await
        .problem(403, "wrong_password");
    app.clock.advance(Duration::seconds(5));
    create(&rep, json!({}))
        .await
        .problem(403, "reauth_required");
    step_up(PASSWORD).await.expect(204);
    let (first, _) = key(&rep, json!({})).await;
    app.clock.advance(Duration::minutes(10));
    // a new access token, the same proof
    rep.post("/auth/refresh")
        .json(json!({}))
        .send()
        .await
        .expect(204);
    let body = json!({ "name": "Web shop", "scopes": ["orders.read"] });
    let again = rep
        .post("/api-keys")
        .key("one")
        .json(body.clone())
        .send()
        .await
        .created();
    let once_more = rep
        .post("/api-keys")
        .key("one")
        .json(body)
        .send()
        .await
        .created();
    assert_ne!(again["key"], once_more["key"]);
    let kept: Vec<Option<String>> = sqlx::query_scalar("select body from idempotency_keys")
        .fetch_all(&app.admin_pool().await)
        .await
        .unwrap();
    assert!(kept.iter().flatten().all(|body| !body.contains("som_pat_")) && first != again["key"]);
    app.clock.advance(Duration::seconds(1));
    create(&rep, json!({}))
        .await
        .problem(403, "reauth_required");
}
