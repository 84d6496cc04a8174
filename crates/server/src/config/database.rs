//! Section `database`: where PostgreSQL is and how the pools behave.
use super::reader::Reader;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

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
