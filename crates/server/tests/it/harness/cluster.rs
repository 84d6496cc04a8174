//! The PostgreSQL of a test run: started once, with a template database that every test clones.

use std::path::Path;
use std::sync::{LazyLock, Mutex};

use secrecy::{SecretSlice, SecretString};
use som_server::app::AppState;
use som_server::clock::Clock;
use som_server::config::{Config, Secrets};
use som_server::db::embedded::{Embedded, EmbeddedOptions};
use som_server::db::{Db, Vault};
use som_server::outbound::Outbound;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;

use super::PASSWORD;

/// Databases of finished tests, dropped by the next test that starts.
static FINISHED: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Numbers the databases of this run.
static SEQUENCE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
/// The key of keys of this run.
static ENCRYPTION_KEY: LazyLock<SecretSlice<u8>> =
    LazyLock::new(|| Secrets::random().unwrap().encryption_key);
/// The name of the template, made once.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The superuser's URL of a database of the cluster.
pub async fn url(database: &str) -> SecretString {
    let server = server().await;
    server.replace("{db}", database).into()
}

/// `postgres://…/{db}…` of the cluster: the one named by `SOM_TEST_DATABASE_URL` (with `{db}` in it), or a private one.
async fn server() -> &'static str {
    static SERVER: OnceCell<String> = OnceCell::const_new();
    SERVER
        .get_or_init(|| async {
            #[allow(
                clippy::disallowed_methods,
                reason = "tests may be pointed at a running cluster"
            )]
            match std::env::var("SOM_TEST_DATABASE_URL") {
                Ok(url) => url,
                Err(_) => private_server().await,
            }
        })
        .await
}

/// A cluster of this run's own, stopped with the process, without durability.
async fn private_server() -> String {
    use secrecy::ExposeSecret;
    static CLUSTER: OnceCell<Embedded> = OnceCell::const_new();
    remove_leftovers();
    let dir = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let options = EmbeddedOptions::new(&dir).throw_away();
    let cluster = CLUSTER
        .get_or_init(|| async { Embedded::start(options).await.unwrap() })
        .await;
    cluster.admin_url("{db}").expose_secret().to_owned()
}

const PREFIX: &str = "som-it-";

/// Directories of runs that are over.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let over = name
            .strip_prefix(PREFIX)
            .is_some_and(|pid| !Path::new("/proc").join(pid).exists());
        if over {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

async fn admin() -> PgConnection {
    use secrecy::ExposeSecret;
    PgConnection::connect(url("postgres").await.expose_secret())
        .await
        .unwrap()
}

/// Sees everything of one database.
pub async fn admin_pool(database: &str) -> PgPool {
    use secrecy::ExposeSecret;
    PgPool::connect(url(database).await.expose_secret())
        .await
        .unwrap()
}

/// The URL of a database through a socket in `folder`, and the folder of the real socket.
pub async fn url_through(database: &str, folder: &Path) -> (SecretString, std::path::PathBuf) {
    use secrecy::ExposeSecret;
    let url = url(database).await;
    let (before, socket) = url
        .expose_secret()
        .split_once("host=")
        .expect("the cluster listens on a Unix socket");
    let through = format!("{before}host={}", folder.display());
    (through.into(), socket.replace("%2F", "/").into())
}

/// What the command line needs to work on a database of the cluster.
pub async fn environment(database: &str) -> Vec<(&'static str, String)> {
    use base64::Engine;
    use secrecy::ExposeSecret;
    let key = base64::engine::general_purpose::STANDARD.encode(ENCRYPTION_KEY.expose_secret());
    let url = url(database).await.expose_secret().to_owned();
    vec![
        ("SOM_CONFIG", "/dev/null".to_owned()),
        ("SOM_MODE", "development".to_owned()),
        ("SOM_ENCRYPTION_KEY", key),
        ("DATABASE_URL", url),
    ]
}

/// A new database cloned from the template.
pub async fn fresh_database() -> String {
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!(
        "som_test_{}_{}",
        std::process::id(),
        SEQUENCE.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    );
    let mut admin = admin().await;
    let finished = std::mem::take(&mut *FINISHED.lock().unwrap());
    for old in finished {
        sqlx::query(AssertSqlSafe(format!(
            "drop database if exists {old} with (force)"
        )))
        .execute(&mut admin)
        .await
        .unwrap();
    }
    sqlx::query(AssertSqlSafe(format!(
        "create database {name} template {template} strategy file_copy"
    )))
    .execute(&mut admin)
    .await
    .unwrap();
    name
}

/// Marks a database as no longer needed.
pub fn give_back(name: String) {
    FINISHED.lock().unwrap().push(name);
}

async fn make_template() -> String {
    let name = format!("som_template_{}", std::process::id());
    let mut admin = admin().await;
    sqlx::query(AssertSqlSafe(format!(
        "drop database if exists {name} with (force)"
    )))
    .execute(&mut admin)
    .await
    .unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    som_server::db::migrator::up(&url(&name).await)
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let state = state_of(
        config(dir.path()),
        url(&name).await,
        Clock::manual(super::start()),
    );
    super::fixture::fill(&state, PASSWORD).await;
    state.db().close().await;
    name
}

/// The configuration of tests: development, quick password hashing.
pub fn config(dir: &Path) -> Config {
    let mut config = Config::development(dir).unwrap();
    config.database.pool_size = 3;
    config.database.pool_overflow = 5;
    config.security.password_memory_kib = 64;
    // tests ask more than a person does; those of the limits turn them on
    config.limits.enabled = false;
    // the template's keys are wrapped with it
    config.secrets.encryption_key = ENCRYPTION_KEY.clone();
    config
}

/// An application on a database of the cluster.
pub async fn state(config: Config, database: &str, clock: Clock) -> AppState {
    state_of(config, url(database).await, clock)
}

pub fn state_of(config: Config, url: SecretString, clock: Clock) -> AppState {
    let outbound = Outbound::new(&config.outbound).unwrap();
    reaching(config, url, clock, outbound)
}

/// The same with a way to other servers.
pub fn reaching(config: Config, url: SecretString, clock: Clock, outbound: Outbound) -> AppState {
    let vault = Vault::new(&config.secrets, clock.clone()).unwrap();
    let db = Db::new(&url, &config.database, vault).unwrap();
    AppState::with_outbound(config, db, clock, outbound).unwrap()
}
