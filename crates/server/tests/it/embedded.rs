//! The embedded PostgreSQL, through the library and through the real binary.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use som_server::db::embedded::{Embedded, EmbeddedError, EmbeddedOptions};
use sqlx::{Connection, PgConnection};

/// A directory that the account of PostgreSQL can pass.
fn open_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn one(url: &secrecy::SecretString) -> i32 {
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    sqlx::query_scalar("select 1")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

fn signal(name: &str, pid: u32) {
    assert!(
        Command::new("kill")
            .args([name, &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn eventually(what: &str, mut test: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !test().await {
        assert!(Instant::now() < end, "{what}: not within a minute");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn it_is_private_shared_by_our_processes_and_stops_with_its_owner() {
    let dir = open_dir();
    let options = EmbeddedOptions::new(&dir.path().join("data")).throw_away();
    let first = Embedded::start(options.clone()).await.unwrap();
    first.ensure_database("som").await.unwrap();
    first.ensure_database("som").await.unwrap();
    let url = first.admin_url("som");
    assert_eq!(one(&url).await, 1);
    let pid = first.pid().unwrap();
    let run = dir.path().join("data/postgres/run");
    assert_eq!(
        std::fs::metadata(&run).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert!(run.join(".s.PGSQL.5432").exists());

    // a second process of ours (`som doctor` beside `som serve`) joins and leaves it alone
    let guest = Embedded::start(options.clone()).await.unwrap();
    assert_eq!(guest.pid(), None);
    assert_eq!(one(&guest.admin_url("som")).await, 1);
    guest.stop().await;
    assert!(is_alive(pid));

    first.stop().await;
    assert!(!is_alive(pid));
    let again = Embedded::start(options).await.unwrap();
    assert_eq!(one(&url).await, 1);
    again.stop().await;
}

#[tokio::test]
async fn data_of_another_version_is_refused_untouched() {
    let dir = open_dir();
    let data = dir.path().join("postgres/data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "9.6\n").unwrap();
    let error = Embedded::start(EmbeddedOptions::new(dir.path()))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, EmbeddedError::Version { found, .. } if found == "9.6"),
        "{error}"
    );
    assert!(error.to_string().contains("pg_upgrade"));
    assert_eq!(
        std::fs::read_to_string(data.join("PG_VERSION")).unwrap(),
        "9.6\n"
    );
}

#[tokio::test]
async fn missing_binaries_are_told_with_what_to_do() {
    let dir = open_dir();
    let mut options = EmbeddedOptions::new(dir.path());
    options.bin_dir = Some(dir.path().join("nowhere"));
    let error = Embedded::start(options).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::NoBinaries(_)), "{error}");
    assert!(error.to_string().contains("SOM_PG_BIN_DIR"));
}

/// The real binary with its own data directory.
struct Som {
    child: Child,
    port: u16,
}

impl Som {
    fn start(data: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_som"))
            .args([
                "serve",
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--mode",
                "development",
            ])
            .arg("--data-dir")
            .arg(data)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("SOM_CONFIG", "/dev/null")
            .current_dir("/")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // drained, so that a full pipe never stops the server
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        std::thread::spawn(move || BufReader::new(out).lines().for_each(drop));
        std::thread::spawn(move || BufReader::new(err).lines().for_each(drop));
        Self { child, port }
    }

    async fn readiness(&self) -> Option<u16> {
        let url = format!("http://127.0.0.1:{}/readiness", self.port);
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        client
            .get(url)
            .send()
            .await
            .ok()
            .map(|answer| answer.status().as_u16())
    }

    async fn ready(&self) {
        eventually("ready", async || self.readiness().await == Some(200)).await;
    }
}

impl Drop for Som {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn postmaster(data: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data.join("postgres/data/postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

#[tokio::test]
async fn it_survives_kill_9_of_either_and_stops_when_asked() {
    let dir = open_dir();
    let data = dir.path().join("data");
    let mut som = Som::start(&data);
    som.ready().await;

    let first = postmaster(&data).unwrap();
    signal("-KILL", first);
    // the outage itself may be over before anyone looks
    eventually("started anew", async || {
        postmaster(&data).is_some_and(|pid| pid != first)
    })
    .await;
    som.ready().await;
    let second = postmaster(&data).unwrap();

    som.child.kill().unwrap();
    som.child.wait().unwrap();
    eventually("postgres follows the server", async || !is_alive(second)).await;

    let mut som = Som::start(&data);
    som.ready().await;
    let third = postmaster(&data).unwrap();
    signal("-TERM", som.child.id());
    eventually("stopped", async || som.child.try_wait().unwrap().is_some()).await;
    assert!(som.child.wait().unwrap().success());
    assert!(!is_alive(third));
}
