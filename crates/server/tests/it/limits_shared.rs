//! Rate limits of several instances: one count in Redis or in the database, and each its share when that is gone.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::json;
use som_server::app;
use som_server::clock::Clock;
use som_server::config::{Config, LimitsStore};
use som_server::db::SystemScope;
use som_server::http::limits::{RedisState, redis_state};
use som_server::jobs::{NewJob, enqueue};

use crate::harness::{Client, TestApp, cluster, start};

/// A Redis of its own, behind a socket.
pub struct Redis {
    dir: tempfile::TempDir,
    child: Option<Child>,
    /// Zero: it listens at its socket only.
    pub port: u16,
    password: &'static str,
}

impl Redis {
    pub async fn start() -> Self {
        Self::new(0, "").await
    }

    /// At a port of this machine, without TLS and with a password.
    pub async fn over_tcp(password: &'static str) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        Self::new(port, password).await
    }

    async fn new(port: u16, password: &'static str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut redis = Self {
            dir,
            child: None,
            port,
            password,
        };
        redis.run().await;
        redis
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("redis.sock")
    }

    fn url(&self) -> SecretString {
        if self.port == 0 {
            return format!("unix://{}", self.socket().display()).into();
        }
        format!("redis://:{}@127.0.0.1:{}/0", self.password, self.port).into()
    }

    pub async fn run(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.port.to_string()])
            .args(["--requirepass", self.password])
            .arg("--unixsocket")
            .arg(self.socket())
            .current_dir(self.dir.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is missing: run scripts/setup.sh");
        self.child = Some(child);
        let url = self.url();
        eventually("Redis starts", async || {
            let mut config = config(self.dir.path());
            config.limits.store = LimitsStore::Redis;
            config.limits.redis_url = Some(url.clone());
            redis_state(&config.limits).await.unwrap() == RedisState::Answers
        })
        .await;
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let _ = std::fs::remove_file(self.socket());
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

pub async fn eventually(what: &str, mut test: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !test().await {
        assert!(Instant::now() < end, "{what}: not within half a minute");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn config(dir: &Path) -> Config {
    cluster::config(dir)
}

/// Several instances over one database, each with a client from the same address.
pub struct Instances {
    pub app: TestApp,
    pub clients: Vec<Client>,
    pub clock: Clock,
}

impl Instances {
    pub async fn new(count: u32, store: LimitsStore, redis: Option<&Redis>) -> Self {
        let app = TestApp::new().await;
        let clock = Clock::manual(start());
        let dir = tempfile::tempdir().unwrap();
        let mut clients = Vec::new();
        for _ in 0..count {
            let mut config = config(dir.path());
            config.limits.enabled = true;
            config.limits.store = store;
            config.limits.redis_url = redis.map(Redis::url);
            config.limits.instances = count;
            let origin = config.server.public_url.to_string();
            let state = cluster::state(config, &app.database, clock.clone()).await;
            clients.push(Client::new(
                app::router(state),
                origin.trim_end_matches('/'),
            ));
        }
        Self {
            app,
            clients,
            clock,
        }
    }

    /// Signs in wrongly, spread over the instances; how many were let in.
    pub async fn let_in(&self, tries: usize) -> usize {
        let all = (0..tries).map(|n| attempt(&self.clients[n % self.clients.len()], n));
        let statuses = join_all(all).await;
        statuses.iter().filter(|status| **status == 401).count()
    }
}

/// The status of an attempt to sign in as somebody who is not there.
pub async fn attempt(client: &Client, n: usize) -> u16 {
    let body = json!({ "email": format!("nobody{n}@test.example"), "password": "wrong password entirely" });
    let answer = client.post("/auth/sign-in").json(body).send().await;
    let status = answer.status.as_u16();
    assert!(status == 401 || status == 429, "{}", answer.text());
    status
}

#[tokio::test]
async fn four_instances_keep_one_count_in_redis() {
    let redis = Redis::start().await;
    let instances = Instances::new(4, LimitsStore::Redis, Some(&redis)).await;
    assert_eq!(instances.let_in(40).await, 10);
    for client in &instances.clients {
        let refused = client
            .post("/auth/sign-in")
            .json(json!({ "email": "a@test.example", "password": "x" }))
            .send()
            .await;
        refused.problem(429, "rate_limited");
        let after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((880..=991).contains(&after), "{after}");
    }
    // what is not an attempt to sign in has its own count
    instances.clients[0].get("/setup").send().await.ok();
}

#[tokio::test]
async fn without_redis_each_instance_grants_its_share_and_no_more() {
    let mut redis = Redis::start().await;
    redis.kill();
    let instances = Instances::new(2, LimitsStore::Redis, Some(&redis)).await;
    assert_eq!(instances.let_in(30).await, 10, "two halves of ten");

    // Redis is back and knows nothing: what each let in by itself still counts there for nothing, but the whole is bounded by its own ten.
    redis.run().await;
    eventually("Redis is asked again", async || {
        instances.clients[0].get("/setup").send().await;
        redis_keys(&redis).await > 0
    })
    .await;
    assert!(instances.let_in(30).await <= 10);
    assert_eq!(instances.let_in(30).await, 0);
}

#[tokio::test]
async fn a_redis_that_hangs_holds_nobody_up() {
    let redis = Redis::start().await;
    let instances = Instances::new(2, LimitsStore::Redis, Some(&redis)).await;
    assert_eq!(instances.let_in(4).await, 4);
    redis.signal("-STOP");
    let let_in = instances.let_in(30).await;
    redis.signal("-CONT");
    assert!(
        (6..=8).contains(&let_in),
        "shares of five each, of which two were used: {let_in}"
    );
}

#[tokio::test]
async fn the_database_counts_what_guards_accounts() {
    let instances = Instances::new(3, LimitsStore::Postgres, None).await;
    assert_eq!(instances.let_in(33).await, 10);
    assert_eq!(instances.let_in(6).await, 0);
    let pool = instances.app.admin_pool().await;
    let rows: (i64, i32) = sqlx::query_as(
        "select count(*), sum(cardinality(events))::int from rate_limit_windows where policy = 'sign-in'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(rows, (1, 10));

    // the oldest two leave the window, here as there
    sqlx::query("update rate_limit_windows set events = array(select case when n <= 2 then e - 900000 else e end from unnest(events) with ordinality as t(e, n))")
        .execute(&pool)
        .await
        .unwrap();
    instances.clock.advance(chrono::Duration::minutes(16));
    assert_eq!(instances.let_in(12).await, 2);
}

#[tokio::test]
async fn windows_that_ended_are_cleaned_up() {
    let instances = Instances::new(1, LimitsStore::Postgres, None).await;
    assert_eq!(attempt(&instances.clients[0], 0).await, 401);
    let pool = instances.app.admin_pool().await;
    let count = async || -> i64 {
        sqlx::query_scalar("select count(*) from rate_limit_windows")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 1);
    sqlx::query("update rate_limit_windows set ends_at = '2020-01-01'")
        .execute(&pool)
        .await
        .unwrap();
    let (state, now) = (&instances.app.state, instances.app.clock.now());
    let mut tx = state.db().system(SystemScope::Worker).await.unwrap();
    let job = NewJob::new("cleanup", None, json!({}));
    enqueue(&mut tx, state.ids().next(now), now, job)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    instances.app.work().await;
    assert_eq!(count().await, 0);
}

/// Keys that Redis holds.
async fn redis_keys(redis: &Redis) -> usize {
    let output = Command::new("redis-cli")
        .arg("-s")
        .arg(redis.socket())
        .arg("dbsize")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim()
        .trim_start_matches("(integer) ")
        .parse()
        .unwrap_or(0)
}
