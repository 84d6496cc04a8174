//! API keys at work: whose they are, what they place, and how often they may ask.

use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::api_keys::{create, get, key, with};
use crate::harness::{TestApp, email};
use crate::shop::{Shop, placed};

#[tokio::test]
async fn keys_of_others_are_seen_and_revoked_by_who_manages_members() {
    let app = TestApp::new().await;
    let (rep, viewer) = (
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Viewer).await,
    );
    let (owner, stranger) = (app.sign_in(Role::Owner).await, app.stranger().await);
    let (key, id) = key(&rep, json!({})).await;
    for other in [&viewer, &stranger] {
        assert_eq!(other.get("/api-keys").send().await.ok()["data"], json!([]));
        other
            .delete(format!("/api-keys/{id}"))
            .send()
            .await
            .problem(404, "not_found");
        let rotate = other.post(format!("/api-keys/{id}/rotate")).json(json!({}));
        rotate.send().await.problem(404, "not_found");
    }
    assert_eq!(
        owner.get("/api-keys").send().await.ok()["data"][0]["id"],
        id.as_str()
    );
    let rotate = owner.post(format!("/api-keys/{id}/rotate")).json(json!({}));
    rotate.send().await.problem(404, "not_found");
    owner
        .delete(format!("/api-keys/{id}"))
        .send()
        .await
        .expect(204);
    get(&app, "/orders", &key)
        .await
        .problem(401, "invalid_api_key");
}

#[tokio::test]
async fn what_a_program_places_needs_an_idempotency_key() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (key, _) = key(
        &rep,
        json!({ "scopes": ["orders.write", "orders.confirm"] }),
    )
    .await;
    let id = "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB";
    let order = json!({ "customer_id": "cus_01K9ZC5T3GE8V9M4R2X7Q6P0AB" });
    for (path, body) in [
        ("/orders".to_owned(), order),
        (format!("/orders/{id}/submit"), json!({})),
        (format!("/orders/{id}/confirm"), json!({})),
        (format!("/orders/{id}/duplicate"), json!({})),
    ] {
        let call = || app.anonymous().post(&path).json(body.clone()).any_version();
        let answer = with(call(), &key).send().await;
        answer.problem(400, "idempotency_key_required");
        assert_eq!(answer.errors(), ["Idempotency-Key required"]);
        let keyed = with(call().key("once"), &key).send().await;
        assert!(
            [404, 422].contains(&keyed.status.as_u16()),
            "{}",
            keyed.text()
        );
    }
}

#[tokio::test]
async fn a_key_has_a_quota_of_its_own_and_made_up_keys_have_none() {
    let app = TestApp::configured(|c| {
        c.limits.enabled = true;
        c.limits.global_per_minute = 3;
        c.limits.api_key_per_minute = 5;
    })
    .await;
    let rep = app.sign_in(Role::Rep).await;
    let (key, _) = key(&rep, json!({})).await;
    let program = app.anonymous().from_peer("192.0.2.1:1".parse().unwrap());
    let ask = |key: String| {
        let call = with(program.get("/orders"), &key);
        async move { call.send().await }
    };
    // the first request counts for the address, those after it for the key
    for _ in 0..6 {
        ask(key.clone()).await.ok();
    }
    let refused = ask(key.clone()).await;
    refused.problem(429, "rate_limited");
    assert!(
        refused
            .header("ratelimit-policy")
            .unwrap()
            .contains("\"api-key\";q=5;w=60")
    );
    for n in 0..3 {
        let made_up = som_server::security::api_key::make().unwrap();
        let answer = ask(made_up.text.to_string()).await;
        if n < 2 {
            answer.problem(401, "invalid_api_key");
        } else {
            answer.problem(429, "rate_limited");
        }
    }
}

#[tokio::test]
async fn a_key_may_see_less_than_its_owner() {
    let shop = Shop::new().await;
    let (owner, app) = (shop.owner().await, &shop.app);
    let theirs = placed(&shop.rep().await).await;
    let own = placed(&owner).await;
    // orders belong to whom their customer belongs
    shop.run("update orders set owner_id = (select user_id from memberships where organization_id = $1 and role = 'owner')
              where organization_id = $1 and id = (select id from orders where organization_id = $1 order by id desc limit 1)").await;
    let scopes = json!(["orders.read", "customers.read"]);
    let (all, _) = key(&owner, json!({ "scopes": scopes })).await;
    let (narrow, id) = key(&owner, json!({ "scopes": scopes, "row_scope": "own" })).await;
    let path = |order: &Value| format!("/orders/{}", order["id"].as_str().unwrap());
    get(app, &path(&theirs), &all).await.ok();
    get(app, &path(&own), &narrow).await.ok();
    get(app, &path(&theirs), &narrow)
        .await
        .problem(404, "not_found");
    let rotate = owner.post(format!("/api-keys/{id}/rotate")).json(json!({}));
    let successor = rotate.send().await.created();
    assert_eq!(successor["api_key"]["row_scope"], "own");
    let seen = get(app, "/orders", successor["key"].as_str().unwrap()).await;
    assert_eq!(seen.ok()["data"].as_array().unwrap().len(), 1);
    let answer = create(&owner, json!({ "row_scope": "all" })).await;
    answer.problem(422, "validation_failed");
    assert_eq!(answer.errors(), ["#/row_scope unknown_value"]);
}

/// Carries out `som keys …` on the app's database.
async fn som_keys(app: &TestApp, arguments: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let key = &app.state.config().secrets.encryption_key;
    let mut command = Command::new(env!("CARGO_BIN_EXE_som"));
    command
        .arg("keys")
        .args(arguments)
        .args(["--mode", "development", "--data-dir"])
        .arg(dir.path())
        .env_clear()
        .env("SOM_CONFIG", "/dev/null")
        .env("SOM_ENCRYPTION_KEY", STANDARD.encode(key.expose_secret()))
        .env("SOM_DATABASE_URL", app.database_url().await.expose_secret())
        .current_dir("/");
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_command_line_makes_replaces_lists_and_revokes_keys_of_a_person() {
    let app = TestApp::new().await;
    let email = email(Role::Rep);
    let run = async |arguments: &[&str], code: i32| {
        let output = som_keys(&app, arguments).await;
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {words}");
        (String::from_utf8(output.stdout).unwrap(), words)
    };
    let make = [
        "create",
        "--as",
        &email,
        "--name",
        "Shop",
        "--networks",
        "127.0.0.1",
    ];
    let (key, words) = run(&[&make[..], &["--scopes", "orders.read"]].concat(), 0).await;
    assert!(key.starts_with("som_pat_") && key.lines().count() == 1 && !words.contains(key.trim()));
    let (_, words) = run(&[&make[..], &["--scopes", "settings.write"]].concat(), 9).await;
    assert!(words.contains("/scopes/0"), "{words}");
    let list = async || -> Value {
        serde_json::from_str(&run(&["list", "--as", &email, "--json"], 0).await.0).unwrap()
    };
    let id = list().await[0]["id"].as_str().unwrap().to_owned();
    // the clock of the test is another than that of the process
    let made: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("select created_at from api_keys")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    app.clock.advance(made - app.clock.now());
    get(&app, "/orders", key.trim()).await.ok();
    let (new, _) = run(&["rotate", &id, "--as", &email, "--overlap-hours", "0"], 0).await;
    app.clock.advance(chrono::Duration::minutes(10));
    get(&app, "/orders", key.trim())
        .await
        .problem(401, "invalid_api_key");
    get(&app, "/orders", new.trim()).await.ok();
    let all = list().await;
    assert_eq!(
        (all[0]["networks"][0].as_str(), all[1]["state"].as_str()),
        (Some("127.0.0.1"), Some("expired"))
    );
    let new_id = all[0]["id"].as_str().unwrap();
    run(&["revoke", new_id, "--as", "viewer@test.example"], 7).await;
    run(&["revoke", "key_nonsense", "--as", &email], 9).await;
    run(&["revoke", new_id, "--as", &email], 0).await;
    app.clock.advance(chrono::Duration::minutes(1));
    get(&app, "/orders", new.trim())
        .await
        .problem(401, "invalid_api_key");
}
