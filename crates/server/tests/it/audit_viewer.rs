//! The audit log as those use it who look at it: every filter finds by an index, the proof is made at once when asked for, and whatever shows
//! personal data as a whole is an entry.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use som_server::audit::seal;
use som_server::permission::Role;

use crate::audit::{MINE, sealed, tamper};
use crate::contract::{Document, Operation, World};
use crate::harness::{Client, TestApp};

#[tokio::test]
async fn every_filter_finds_by_an_index() {
    let app = TestApp::new().await;
    let organization = app.caller(Role::Owner).await.organization.id.uuid();
    let pool = app.admin_pool().await;
    sqlx::query(
        "insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, request_id, ip, entity, entity_id, action)
         select $1, gen_random_uuid(), now(), gen_random_uuid(), 'user', 'Ada', gen_random_uuid(), '192.0.2.' || n % 250, 'order', gen_random_uuid(), 'updated'
           from generate_series(1, 30000) n",
    )
    .bind(organization)
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query("analyze audit_events")
        .execute(&pool)
        .await
        .unwrap();
    for (filter, index) in [
        ("entity_id = gen_random_uuid()", "audit_events_object_idx"),
        ("entity = 'role'", "audit_events_kind_idx"),
        (
            "actor_id = '0198c1f0-1111-7000-8000-000000000001'",
            "audit_events_actor_idx",
        ),
        ("action = 'erased'", "audit_events_action_idx"),
        ("ip = '198.51.100.7'", "audit_events_ip_idx"),
        (
            "request_id = '0198c1f0-1111-7000-8000-000000000001'",
            "audit_events_request_idx",
        ),
        ("at < '2020-01-01'", "audit_events_at_idx"),
    ] {
        let filter = filter.replace(
            "gen_random_uuid()",
            "'0198c1f0-1111-7000-8000-000000000001'",
        );
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "explain select * from audit_events where organization_id = '{organization}' and {filter} order by seq desc limit 51"
        )))
        .fetch_all(&pool)
        .await
        .unwrap();
        assert!(plan.join("\n").contains(index), "{filter}: {plan:#?}");
    }
}

#[tokio::test]
async fn entries_are_found_by_who_what_where_and_when() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let group = json!({ "code": "a", "name": "A" });
    let made = owner
        .post("/customer-groups")
        .header("x-request-id", "0198c1f0-1111-7000-8000-00000000000a");
    made.json(group).send().await.created();
    let actor = app.caller(Role::Owner).await.user_id.to_string();
    let entry = owner.get("/audit?entity=customer_group").send().await.ok()["data"][0].clone();
    let text = |name: &str| entry[name].as_str().unwrap().to_owned();
    for filter in [
        format!("actor_id={actor}&entity=customer_group"),
        "action=created&entity=customer_group".to_owned(),
        format!("entity_id={}", text("entity_id")),
        format!("ip={}&entity=customer_group", text("ip")),
        format!("request_id={}", text("request_id")),
        format!("at.gte={}&entity=customer_group", text("at")),
    ] {
        let found = owner.get(format!("/audit?{filter}")).send().await.ok();
        assert_eq!(found["data"].as_array().unwrap().len(), 1, "{filter}");
        assert_eq!(found["data"][0]["id"], entry["id"], "{filter}");
    }
    for filter in [
        "action=deleted&entity=customer_group",
        "ip=198.51.100.7",
        "request_id=req_00000000000000000000000001",
    ] {
        let found = owner.get(format!("/audit?{filter}")).send().await.ok();
        assert!(found["data"].as_array().unwrap().is_empty(), "{filter}");
    }
}

async fn proved(app: &TestApp, owner: &Client) -> Value {
    let asked = owner
        .post("/audit/verify")
        .json(json!({}))
        .send()
        .await
        .expect(202);
    app.work().await;
    let chain = owner.get("/audit/chain").send().await.ok();
    assert!(
        chain["proved_at"].as_str() >= asked["asked_at"].as_str(),
        "{chain}"
    );
    chain
}

#[tokio::test]
async fn the_proof_is_made_when_asked_for_and_names_the_first_broken_entry() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    sealed(&app, &owner, 3).await;
    let chain = proved(&app, &owner).await;
    assert_eq!(chain["fault"], Value::Null);
    assert_eq!(
        chain["unsealed"], 1,
        "that it was asked for is the tail: {chain}"
    );
    seal(&app.state).await.unwrap();
    // asked twice before it is made, it is made once
    for _ in 0..2 {
        owner
            .post("/audit/verify")
            .json(json!({}))
            .send()
            .await
            .expect(202);
    }
    let pool = app.admin_pool().await;
    let waiting: i64 = sqlx::query_scalar("select count(*) from jobs where kind = 'audit.prove' and state = 'queued' and organization_id is not null")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(waiting, 1);
    tamper(&pool, &format!("update audit_events set actor_name = 'Eve' where {MINE} and seq = (select seq from audit_seals where {MINE} and position = 2)")).await;
    app.clock.advance(chrono::Duration::minutes(1));
    let chain = proved(&app, &owner).await;
    assert_eq!(chain["fault_position"], 2, "{chain}");
    let seq: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select seq from audit_seals where {MINE} and position = 2"
    )))
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(chain["fault_seq"], seq);
    assert!(
        chain["fault"].as_str().unwrap().ends_with("was changed"),
        "{chain}"
    );
    let viewer = app.sign_in(Role::Viewer).await;
    let refused = viewer.post("/audit/verify").json(json!({})).send().await;
    refused.problem(403, "missing_permission");
}

/// Members of an answer that are personal data of somebody.
const PERSONAL: &[&str] = &["email", "phone", "tax_number", "recipient"];

/// What shows personal data and makes no entry, with the reason.
const NO_ENTRY: &[(&str, &str)] = &[
    ("get_me", "one's own"),
    ("list_sessions", "one's own"),
    ("get_order", "orders are documents: adr/0011"),
    ("list_orders", "orders are documents: adr/0011"),
    ("get_order_version", "orders are documents: adr/0011"),
    ("get_setup", "before there is anybody"),
    ("get_account", "one's own"),
];

/// Whether a schema has a member of these names, however deep.
fn shows(document: &Document, schema: &Value, seen: &mut BTreeSet<String>) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        return seen.insert(name.to_owned()) && shows(document, document.resolve(schema), seen);
    }
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| {
            let personal =
                key == "properties" && PERSONAL.iter().any(|name| !value[*name].is_null());
            personal || (key != "example" && shows(document, value, seen))
        }),
        Value::Array(items) => items.iter().any(|item| shows(document, item, seen)),
        _ => false,
    }
}

fn shows_people(document: &Document, operation: &Operation) -> bool {
    let answer = &operation.value["responses"]["200"]["content"];
    operation.method == "GET" && shows(document, answer, &mut BTreeSet::new())
}

#[tokio::test]
async fn whatever_shows_personal_data_is_an_entry() {
    let world = World::new().await;
    let app = world.app();
    let count = async || -> i64 {
        app.state.reads().flush(&app.state).await.unwrap();
        sqlx::query_scalar("select count(*) from audit_events where action in ('read', 'started')")
            .fetch_one(&world.shop.pool)
            .await
            .unwrap()
    };
    let mut looked_at = 0;
    for operation in world.operations() {
        let exports = operation.path.ends_with("/export");
        let excused = NO_ENTRY.iter().any(|(id, _)| *id == operation.id);
        if excused
            || operation.method != "GET"
            || !(exports || shows_people(&world.document, &operation))
        {
            continue;
        }
        let target = world.target(&operation).await;
        // nobody looked at it within ten minutes
        app.clock.advance(chrono::Duration::minutes(1));
        let reader = app.sign_in(Role::Admin).await;
        let before = count().await;
        let answer = world.call(&reader, &operation, &target).send().await;
        assert_eq!(answer.status.as_u16(), 200, "{}", operation.id);
        assert!(
            count().await > before,
            "{} shows personal data and makes no entry",
            operation.id
        );
        looked_at += 1;
    }
    assert!(looked_at >= 8, "the enumeration sees them: {looked_at}");
}
