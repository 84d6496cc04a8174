//! What a killed server takes with it: the notes of reads of its last second, and nothing else.

use std::time::{Duration, Instant};

use serde_json::json;
use som_server::permission::Role;
use sqlx::PgPool;

use crate::api_keys::key;
use crate::harness::TestApp;
use crate::harness::process::Server;

async fn reads(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from audit_events where action = 'read' and entity = 'customer'",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_killed_server_loses_the_reads_of_its_last_second() {
    let app = TestApp::new().await;
    // the real server has the real time
    app.clock.advance(chrono::Utc::now() - app.clock.now());
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    let mut paths = Vec::new();
    for n in 0..7 {
        let body =
            json!({ "name": format!("Customer {n}"), "email": format!("c{n}@reader.example") });
        let made = owner.post("/customers").json(body).send().await.created();
        paths.push(format!(
            "/api/v1/customers/{}",
            made["id"].as_str().unwrap()
        ));
    }
    let written: i64 = sqlx::query_scalar("select count(*) from audit_events")
        .fetch_one(&pool)
        .await
        .unwrap();
    let (key, _) = key(&owner, json!({ "scopes": ["customers.read"] })).await;
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(&app, dir.path()).await;
    for path in &paths[..4] {
        assert_eq!(server.get(path, &key).await, Some(200));
    }
    // what is older than a second is there
    let end = Instant::now() + Duration::from_secs(30);
    while reads(&pool).await < 4 {
        assert!(Instant::now() < end, "reads are not written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for path in &paths[4..] {
        assert_eq!(server.get(path, &key).await, Some(200));
    }
    server.kill();
    let kept = reads(&pool).await;
    assert!((4..=7).contains(&kept), "{kept}");
    let all: i64 = sqlx::query_scalar("select count(*) from audit_events")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(all >= written + kept, "changes are never lost");
    // and what is there is one chain: the next server seals and proves it
    som_server::audit::seal(&app.state).await.unwrap();
    let (code, said, _) = app.command(&["audit", "verify"]).await;
    assert_eq!(code, 0, "{said}");
}
