//! Reads of personal data are entries of the audit log, with where they came from, and cost no round trip.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::api_keys::{get, key};
use crate::harness::{Client, TestApp};
use crate::round_trips::said;
use crate::shop::Shop;

async fn entries(app: &TestApp, owner: &Client, query: &str) -> Vec<Value> {
    app.state.reads().flush(&app.state).await.unwrap();
    let path = format!("/audit?sort=seq&{query}");
    let list = owner.get(path).send().await.ok();
    list["data"].as_array().unwrap().clone()
}

async fn customer(owner: &Client, code: &str) -> Value {
    let body = json!({ "code": code, "name": format!("Customer {code}"), "email": format!("{code}@reader.example") });
    owner.post("/customers").json(body).send().await.created()
}

#[tokio::test]
async fn who_read_which_customer_is_known() {
    let app = TestApp::new().await;
    let (owner, viewer) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Viewer).await,
    );
    let made = customer(&owner, "r1").await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/customers/{id}");
    let answer = viewer
        .get(&path)
        .header("x-request-id", "0198c1f0-1111-7000-8000-000000000001");
    answer.send().await.ok();
    viewer.get(&path).send().await.ok();
    let read = entries(&app, &owner, &format!("entity_id={id}&action=read")).await;
    assert_eq!(read.len(), 1, "once in ten minutes: {read:?}");
    let entry = &read[0];
    let reader = app.caller(Role::Viewer).await;
    assert_eq!(entry["actor_id"], reader.user_id.to_string());
    assert_eq!(entry["actor_name"], reader.name);
    assert_eq!(entry["ip"], "127.0.0.1");
    assert!(entry["request_id"].as_str().unwrap().starts_with("req_"));
    // somebody else is another reading
    owner.get(&path).send().await.ok();
    let read = entries(&app, &owner, &format!("entity_id={id}&action=read")).await;
    assert_eq!(read.len(), 2);
    // what happened to the customer is one thing, who looked is another
    let timeline = owner.get(format!("{path}/timeline")).send().await.ok();
    let actions: Vec<&Value> = timeline["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    assert_eq!(actions, ["created"]);
    // what is not seen is not read
    let nothing = "/customers/cus_00000000000000000000000000";
    owner.get(nothing).send().await.problem(404, "not_found");
    assert_eq!(
        entries(&app, &owner, "entity=customer&action=read")
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn a_program_is_another_reader_than_its_owner() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let id = customer(&owner, "r1").await["id"].clone();
    let id = id.as_str().unwrap();
    let path = format!("/customers/{id}");
    owner.get(&path).send().await.ok();
    let scopes = json!({ "scopes": ["customers.read"] });
    let (one, key_id) = key(&owner, scopes.clone()).await;
    let (two, _) = key(&owner, scopes).await;
    for program in [&one, &one, &two] {
        get(&app, &path, program).await.ok();
    }
    let read = entries(&app, &owner, &format!("entity_id={id}&action=read")).await;
    let kinds: Vec<&Value> = read.iter().map(|entry| &entry["actor_kind"]).collect();
    assert_eq!(kinds, ["user", "api_key", "api_key"]);
    // and what happened to a key is found by its id
    let made = entries(&app, &owner, &format!("entity_id={key_id}")).await;
    assert_eq!(made[0]["entity_id"], key_id.as_str());
    assert!(key_id.starts_with("key_"));
}

#[tokio::test]
async fn pages_of_people_are_entries_without_what_was_searched_for() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    customer(&owner, "r1").await;
    for path in [
        "/customers?email=r1@reader.example",
        "/customers?email=r1@reader.example",
        "/customers?q=customer",
        "/members",
    ] {
        owner.get(path).send().await.ok();
    }
    let read = entries(&app, &owner, "entity=list").await;
    let facts: Vec<&Value> = read.iter().map(|entry| &entry["diff"]).collect();
    assert_eq!(
        facts[0],
        &json!({ "list": "customers", "rows": 1, "parameters": ["email"] })
    );
    assert_eq!(facts[1]["parameters"], json!(["q"]));
    assert_eq!(facts[2]["list"], "members");
    assert_eq!(facts.len(), 3);
    let member = owner.get("/members").send().await.ok()["data"][0]["id"].clone();
    let member = member.as_str().unwrap();
    owner.get(format!("/members/{member}")).send().await.ok();
    let read = entries(&app, &owner, &format!("entity_id={member}")).await;
    assert_eq!(read[0]["action"], "read");
}

#[tokio::test]
async fn noting_a_read_costs_no_round_trip() {
    let shop = Shop::new().await;
    let (client, wire) = shop.app.counted().await;
    let list = client.get("/customers?limit=1").send().await.ok();
    let path = format!("/customers/{}", list["data"][0]["id"].as_str().unwrap());
    let read = said(&client, &wire, http::Method::GET, &path, Value::Null).await;
    assert_eq!(read, (4, 5), "one customer, as before reads were noted");
    let read = said(&client, &wire, http::Method::GET, "/customers", Value::Null).await;
    assert_eq!(read, (2, 3), "a page of customers");
}

#[tokio::test]
async fn reads_wait_for_a_database_that_is_away() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let id = customer(&owner, "r1").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    owner.get(format!("/customers/{id}")).send().await.ok();
    let pool = app.admin_pool().await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("alter table {from} rename to {to}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap();
    };
    rename("audit_events", "away").await;
    assert!(app.state.reads().flush(&app.state).await.is_err());
    rename("away", "audit_events").await;
    let read = entries(&app, &owner, &format!("entity_id={id}&action=read")).await;
    assert_eq!(read.len(), 1, "not lost");
}

#[tokio::test]
async fn entries_say_where_they_came_from_and_why() {
    let app = TestApp::new().await;
    let owner = app
        .sign_in(Role::Owner)
        .await
        .from_peer("198.51.100.7:4242".parse().unwrap());
    let body = json!({ "code": "g1", "name": "=cmd()" });
    owner
        .post("/customer-groups")
        .json(body)
        .send()
        .await
        .created();
    let made = entries(&app, &owner, "entity=customer_group").await;
    assert_eq!(made[0]["ip"], "198.51.100.7");
    let found = entries(&app, &owner, "ip=198.51.100.7&entity=customer_group").await;
    assert_eq!(found, made);
    let request = made[0]["request_id"].as_str().unwrap();
    let found = entries(&app, &owner, &format!("request_id={request}")).await;
    assert_eq!(found, made);
    let password = json!({ "current_password": crate::harness::PASSWORD, "new_password": "an entirely different horse 7" });
    owner
        .post("/auth/password")
        .json(password)
        .send()
        .await
        .expect(204);
    let changed = entries(&app, &owner, "action=password_changed").await;
    assert_eq!(changed[0]["ip"], "198.51.100.7");
    assert!(changed[0]["request_id"].is_string());
}

#[tokio::test]
async fn the_reason_of_an_action_is_in_its_entry() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    let order = crate::shop::placed(&owner).await;
    let why = json!({ "reason": "=The customer ordered twice" });
    crate::shop::act(&owner, &order, "cancel", why).await.ok();
    let cancelled = entries(&shop.app, &owner, "entity=order&action=cancelled").await;
    assert_eq!(cancelled[0]["reason"], "=The customer ordered twice");
    // in a file no text is a formula
    let path = "/audit/export?entity=order&action=cancelled&columns=at,actor_name,ip,action,entity_id,reason,diff";
    let file = owner.get(path).send().await;
    assert_eq!(file.status.as_u16(), 200);
    assert_eq!(
        file.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    let text = file.text();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(
        rows[0].ends_with("at,actor_name,ip,action,entity_id,reason,diff"),
        "{text}"
    );
    assert!(rows[1].contains(",'=The customer ordered twice,"), "{text}");
}
