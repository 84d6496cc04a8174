//! Section `database`: where PostgreSQL is and how the pools behave.
use super::keys::DefaultValue::{ByMode, None as Unset, Same};
use super::keys::{Key, key, secret};
use super::reader::Reader;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    secret(
        "database.url",
        "SOM_DATABASE_URL",
        "PostgreSQL URL the server works with (also plain `DATABASE_URL`). Unset: a private PostgreSQL runs in the data directory.",
    ),
    secret(
        "database.owner_url",
        "SOM_DATABASE_OWNER_URL",
        "URL of a role that may migrate. Unset: the working URL is used.",
    ),
    key(
        "database.pg_bin_dir",
        "SOM_PG_BIN_DIR",
        Unset,
        "Directory of `initdb` and `postgres` for the embedded database. Unset: the usual places are searched.",
    ),
    key(
        "database.pool_size",
        "SOM_POOL_SIZE",
        ByMode {
            development: "5",
            production: "10",
        },
        "Connections of the main pool in normal work.",
    ),
    key(
        "database.pool_overflow",
        "SOM_POOL_OVERFLOW",
        ByMode {
            development: "10",
            production: "20",
        },
        "Further connections of the main pool under load.",
    ),
    key(
        "database.auth_pool_size",
        "SOM_AUTH_POOL_SIZE",
        Same("4"),
        "Connections kept apart for sign-in and readiness, so that load cannot starve them.",
    ),
    key(
        "database.acquire_timeout_request",
        "SOM_ACQUIRE_TIMEOUT_REQUEST",
        Same("3s"),
        "A request waits this long for a connection, then answers 503. At most 30 s.",
    ),
    key(
        "database.acquire_timeout_background",
        "SOM_ACQUIRE_TIMEOUT_BACKGROUND",
        Same("30s"),
        "Background work waits this long for a connection. At most 30 s.",
    ),
    key(
        "database.recycle",
        "SOM_POOL_RECYCLE",
        Same("1h"),
        "A connection is replaced after this time.",
    ),
    key(
        "database.statement_timeout",
        "SOM_STATEMENT_TIMEOUT",
        Same("5s"),
        "A statement of a request is ended after this time.",
    ),
    key(
        "database.auto_migrate",
        "SOM_AUTO_MIGRATE",
        Same("true"),
        "Whether `som serve` applies pending migrations. Off: it refuses to start until `som migrate up` ran.",
    ),
];

/// Where PostgreSQL is and how the pools behave.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Working URL; `None`: the embedded PostgreSQL.
    pub url: Option<SecretString>,
    /// URL for migrations; `None`: the working URL.
    pub owner_url: Option<SecretString>,
    /// Where `initdb` and `postgres` are.
    pub pg_bin_dir: Option<PathBuf>,
    /// Main pool in normal work.
    pub pool_size: u32,
    /// Main pool beyond that.
    pub pool_overflow: u32,
    /// The pool of sign-in and readiness.
    pub auth_pool_size: u32,
    /// A request waits this long for a connection.
    pub acquire_timeout_request: Duration,
    /// Background work waits this long for a connection.
    pub acquire_timeout_background: Duration,
    /// Life of a connection.
    pub recycle: Duration,
    /// Longest statement of a request.
    pub statement_timeout: Duration,
    /// Whether `som serve` applies pending migrations.
    pub auto_migrate: bool,
}

impl DatabaseConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (tick, most) = (Duration::from_millis(10), Duration::from_secs(30));
        let url = r.optional("database.url");
        let owner_url = r.optional("database.owner_url");
        let pg_bin_dir = r.optional("database.pg_bin_dir");
        let pool_size = r.number("database.pool_size", 1, 30);
        let pool_overflow = r.number("database.pool_overflow", 0, 29);
        let auth_pool_size = r.number("database.auth_pool_size", 1, 30);
        let request = r.duration("database.acquire_timeout_request", tick, most);
        let background = r.duration("database.acquire_timeout_background", tick, most);
        let recycle = r.duration(
            "database.recycle",
            Duration::from_secs(1),
            Duration::from_secs(86_400),
        );
        let statement_timeout =
            r.duration("database.statement_timeout", tick, Duration::from_secs(600));
        let auto_migrate = r.get("database.auto_migrate");
        if pool_size
            .zip(pool_overflow)
            .is_some_and(|(a, b)| a + b > 30)
        {
            r.faults.push(super::Fault::of(
                "database.pool_overflow",
                "pool_size + pool_overflow must not exceed 30".into(),
            ));
        }
        Some(Self {
            url,
            owner_url,
            pg_bin_dir,
            pool_size: pool_size?,
            pool_overflow: pool_overflow?,
            auth_pool_size: auth_pool_size?,
            acquire_timeout_request: request?,
            acquire_timeout_background: background?,
            recycle: recycle?,
            statement_timeout: statement_timeout?,
            auto_migrate: auto_migrate?,
        })
    }

    /// Connections of the main pool at most.
    pub fn max_connections(&self) -> u32 {
        self.pool_size + self.pool_overflow
    }
}
