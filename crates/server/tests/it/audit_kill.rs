//! What a killed server takes with it: the notes of reads of its last second, and nothing else.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use som_server::permission::Role;
use sqlx::PgPool;

use crate::api_keys::key;
use crate::harness::{TestApp, cluster};

/// The real server on a test's database.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    async fn start(app: &TestApp, data: &std::path::Path) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_som"))
            .args(["serve", "--listen", &listen, "--data-dir"])
            .arg(data)
            .env_clear()
            .envs(cluster::environment(&app.database).await)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            address: format!("http://{listen}"),
        };
        let end = Instant::now() + Duration::from_secs(60);
        while server.get("/readiness", "").await != Some(200) {
            assert!(Instant::now() < end, "not ready within a minute");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    /// The status, when it answers.
    async fn get(&self, path: &str, key: &str) -> Option<u16> {
        let url = format!("{}{path}", self.address);
        let call = reqwest::Client::new().get(url).bearer_auth(key);
        call.send().await.ok().map(|a| a.status().as_u16())
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
