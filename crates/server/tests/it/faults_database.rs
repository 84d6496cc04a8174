//! The database fails in the middle of a request: 503, nothing half written, and the same request succeeds afterwards.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, Transaction};

use crate::harness::alone::Alone;
use crate::harness::{Answer, Client};
use crate::shop::{Shop, line};

fn order() -> Value {
    json!({ "customer_code": "ACME", "lines": [line("HX-10", "2")] })
}

async fn create(client: &Client, key: &str) -> Answer {
    client.post("/orders").key(key).json(order()).send().await
}

fn unavailable(answer: &Answer) {
    assert_eq!(answer.problem(503, "unavailable")["retryable"], true);
    assert!(answer.header("retry-after").is_some());
}

async fn eventually(what: &str, mut test: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !test().await {
        assert!(Instant::now() < end, "{what}: not within a minute");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Orders, their lines, what the audit and the outbox say of them, and kept answers.
async fn written(pool: &PgPool) -> [i64; 5] {
    let row: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from orders), (select count(*) from order_lines), (select count(*) from audit_events where entity = 'order'),
                (select count(*) from outbox_events where entity = 'order'), (select count(*) from idempotency_keys where path = '/api/v1/orders')",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    [row.0, row.1, row.2, row.3, row.4]
}

/// Lets no order be written until the transaction ends.
async fn nobody_writes_orders(pool: &PgPool) -> Transaction<'static, Postgres> {
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("lock table orders in exclusive mode")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

/// The process of the server's connection that waits for that lock.
async fn waiting(pool: &PgPool) -> Option<i32> {
    sqlx::query_scalar("select pid from pg_stat_activity where datname = current_database() and application_name = 'som' and wait_event_type = 'Lock' limit 1")
        .fetch_optional(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_connection_that_is_ended_in_mid_request() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let before = written(&shop.pool).await;
    let lock = nobody_writes_orders(&shop.pool).await;
    let running = {
        let client = client.clone();
        tokio::spawn(async move { create(&client, "k1").await })
    };
    let mut process = None;
    eventually("the order waits", async || {
        process = waiting(&shop.pool).await;
        process.is_some()
    })
    .await;
    sqlx::query("select pg_terminate_backend($1)")
        .bind(process)
        .execute(&shop.pool)
        .await
        .unwrap();
    unavailable(&running.await.unwrap());
    lock.rollback().await.unwrap();
    // Its last words come before it lets go of the key: a moment earlier the answer would be that the key is in use.
    eventually("the connection is gone", async || {
        let gone = "select not exists (select from pg_stat_activity where pid = $1)";
        let gone = sqlx::query_scalar(gone).bind(process);
        gone.fetch_one(&shop.pool).await.unwrap()
    })
    .await;
    assert_eq!(written(&shop.pool).await, before);
    let made = create(&client, "k1").await;
    made.created();
    assert_eq!(
        create(&client, "k1").await.header("idempotency-replayed"),
        Some("true")
    );
    assert_eq!(written(&shop.pool).await[0], before[0] + 1);
}

fn open_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

#[tokio::test]
async fn a_postmaster_that_is_killed_in_mid_request() {
    let dir = open_dir();
    let alone = Alone::start(dir.path()).await;
    let client = alone.owner().await;
    let pool = alone.pool().await;
    let before = written(&pool).await;
    let lock = nobody_writes_orders(&pool).await;
    let running = {
        let client = client.clone();
        tokio::spawn(async move { create(&client, "k1").await })
    };
    eventually("the order waits", async || waiting(&pool).await.is_some()).await;
    let pid = alone.cluster.pid().unwrap();
    assert!(
        Command::new("kill")
            .args(["-9", &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
    unavailable(&running.await.unwrap());
    drop((lock, pool));
    // Until it is back every answer is a problem to be tried again, then the same request succeeds.
    let mut made = None;
    eventually("the server recovers", async || {
        let answer = create(&client, "k1").await;
        if answer.status != 201 {
            unavailable(&answer);
            return false;
        }
        made = Some(answer.created());
        true
    })
    .await;
    assert_eq!(create(&client, "k1").await.created(), made.unwrap());
    let pool = alone.pool().await;
    let after = written(&pool).await;
    assert_eq!(
        (after[0], after[1], after[4]),
        (before[0] + 1, before[1] + 1, before[4] + 1)
    );
    assert_ne!(alone.cluster.pid(), Some(pid));
    pool.close().await;
    alone.cluster.stop().await;
}

/// A small disk in memory, unmounted when it goes out of scope; `None` (and why is printed) where that is not allowed.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn mount(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let options = format!("size={size},mode=755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(dir.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(dir)),
            other => {
                eprintln!("skipped: no small disk can be mounted here: {other:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let zeros = vec![0; 1 << 16];
        let mut file = std::fs::File::create(self.path().join("filler")).unwrap();
        while std::io::Write::write(&mut file, &zeros).is_ok_and(|count| count > 0) {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_at_the_start_is_said_in_a_line() {
    // too small for anything, and full in the middle of making the database
    for size in ["64k", "4m", "40m"] {
        let Some(disk) = SmallDisk::mount(size) else {
            return;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_som"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--mode",
                "development",
                "--data-dir",
            ])
            .arg(disk.path().join("data"))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("SOM_CONFIG", "/dev/null")
            .current_dir("/")
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{size}: {words}");
        let lines: Vec<&str> = words.lines().filter(|line| !line.is_empty()).collect();
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("the disk is full: ")),
            "{size}: {words}"
        );
        assert!(
            lines.len() <= 2 && !words.contains("panicked"),
            "{size}: {words}"
        );
    }
}

#[tokio::test]
async fn a_disk_that_runs_full_refuses_writes_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount("256m") else {
        return;
    };
    let alone = Alone::start(disk.path()).await;
    let client = alone.owner().await;
    create(&client, "before").await.created();
    disk.fill();
    let (mut made, mut refused) = (1, None);
    for number in 0..400 {
        let key = format!("k{number}");
        let answer = create(&client, &key).await;
        if answer.status == 201 {
            made += 1;
            continue;
        }
        unavailable(&answer);
        refused = Some(key);
        break;
    }
    let refused = refused.expect("the disk is full");
    client.get("/orders").send().await.ok();
    disk.make_room();
    eventually("there is room again", async || {
        let answer = create(&client, &refused).await;
        if answer.status != 201 {
            unavailable(&answer);
        }
        answer.status == 201
    })
    .await;
    let pool = alone.pool().await;
    let after = written(&pool).await;
    assert_eq!(
        (after[0], after[1], after[4]),
        (made + 1, made + 1, made + 1)
    );
    pool.close().await;
    alone.cluster.stop().await;
}
