//! A private PostgreSQL inside the data directory: found, initialised, supervised, reached over a Unix socket only, stopped with us.
//!
//! It outlives neither of its parents: the kernel stops it when this process is killed, and it is restarted when it is killed itself.

#![expect(
    clippy::disallowed_methods,
    reason = "makes the database that SQL is checked against"
)]

mod account;
mod binaries;
mod cluster;
mod place;
mod process;
mod supervisor;

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::pool::wait_until_up;
use account::Account;
use supervisor::Supervisor;

/// The superuser of the private cluster; it owns nothing but the cluster.
const ADMIN: &str = "postgres";

/// Recovery after a crash replays the log: up to `max_wal_size` of it.
const START_PATIENCE: Duration = Duration::from_secs(300);

/// What to run and where.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// The server's data directory; the cluster lives in `postgres/` below it.
    pub data_dir: PathBuf,
    /// Where the socket goes; `None`: beside the cluster, or a short path when that one is too long.
    pub socket_dir: Option<PathBuf>,
    /// Where `initdb` and `postgres` are; `None`: the usual places.
    pub bin_dir: Option<PathBuf>,
    /// Whether commits survive a power cut. False for throw-away clusters of tests only.
    pub durable: bool,
    /// Connections at most.
    pub max_connections: u32,
    /// Whether another directory may be used when the data directory cannot be reached by the account PostgreSQL runs as.
    pub may_move: bool,
}

impl EmbeddedOptions {
    /// The defaults for a data directory.
    pub fn new(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            socket_dir: None,
            bin_dir: None,
            durable: true,
            max_connections: 100,
            may_move: false,
        }
    }

    /// For tests: fast, and nothing survives a crash of the machine.
    #[must_use]
    pub fn throw_away(mut self) -> Self {
        self.durable = false;
        self.max_connections = 300;
        self
    }
}

/// Why the private PostgreSQL does not run. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No `initdb` and `postgres` on this machine.
    #[error(
        "no PostgreSQL 15 or newer was found (looked in {0}). Install it (Debian: apt-get install postgresql), \
         run `make setup`, set SOM_PG_BIN_DIR, or set DATABASE_URL to use a server of your own"
    )]
    NoBinaries(String),
    /// The cluster belongs to another major version.
    #[error(
        "the data in {path} was written by PostgreSQL {found}, but only PostgreSQL {available} is installed. \
         Install version {found}, or move the data with pg_upgrade; nothing was changed"
    )]
    Version {
        /// The cluster.
        path: String,
        /// Its version.
        found: String,
        /// Versions on this machine.
        available: String,
    },
    /// A directory cannot be entered by the account.
    #[error(
        "{path} cannot be reached by the user {user} that PostgreSQL runs as (root may not run it): {advice}"
    )]
    Unreachable {
        /// The directory.
        path: String,
        /// The account.
        user: String,
        /// What to do.
        advice: String,
    },
    /// A program failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Its name.
        program: String,
        /// The end of what it said.
        output: String,
    },
    /// PostgreSQL ended again and again, or did not answer.
    #[error("PostgreSQL did not start: {0}")]
    Start(String),
    /// A file could not be read or written.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        error: std::io::Error,
    },
    /// It runs but refuses.
    #[error("the private PostgreSQL refused: {0}")]
    Database(#[from] sqlx::Error),
}

impl EmbeddedError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}

/// A running private PostgreSQL.
#[derive(Debug)]
pub struct Embedded {
    root: PathBuf,
    socket_dir: PathBuf,
    supervisor: Option<Supervisor>,
    notes: Vec<String>,
}

impl Embedded {
    /// Starts it, or joins one that another process of ours already supervises in the same directory.
    ///
    /// # Errors
    /// See [`EmbeddedError`].
    pub async fn start(options: EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let prepared = tokio::task::spawn_blocking(move || cluster::prepare(&options))
            .await
            .map_err(|e| EmbeddedError::Start(e.to_string()))??;
        let socket_dir = prepared.socket_dir.clone();
        let notes = prepared.notes.clone();
        let root = prepared.root.clone();
        let supervisor = match supervisor::claim(&prepared)? {
            Some(lock) => Some(Supervisor::start(prepared, lock)?),
            None => None,
        };
        let embedded = Self {
            root,
            socket_dir,
            supervisor,
            notes,
        };
        if let Err(error) = embedded.wait_until_ready().await {
            embedded.stop().await;
            return Err(error);
        }
        Ok(embedded)
    }

    /// A URL for a role and a database of this cluster.
    pub fn url_for(&self, role: &str, database: &str) -> SecretString {
        let host = percent_encoded(&self.socket_dir.display().to_string());
        format!("postgres://{role}@localhost/{database}?host={host}").into()
    }

    /// The URL of the cluster's administrator.
    pub fn admin_url(&self, database: &str) -> SecretString {
        self.url_for(ADMIN, database)
    }

    /// Creates a database unless it is there.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub async fn ensure_database(&self, name: &str) -> Result<(), EmbeddedError> {
        let options = super::pool::connect_options(&self.admin_url("postgres"))
            .map_err(|e| EmbeddedError::Start(e.to_string()))?;
        let mut connection = PgConnection::connect_with(&options).await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(name)
                .fetch_one(&mut connection)
                .await?;
        if !exists {
            let quoted = name.replace('"', "\"\"");
            let created = sqlx::raw_sql(AssertSqlSafe(format!("create database \"{quoted}\"")))
                .execute(&mut connection)
                .await;
            // 42P04: another process was quicker
            match created {
                Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("42P04") => {}
                other => {
                    other?;
                }
            }
        }
        connection.close().await?;
        Ok(())
    }

    /// The directory of the cluster and its log.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the operator should know: a directory that was chosen instead of another, …
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The process id of the postmaster, when this process supervises it and it runs.
    pub fn pid(&self) -> Option<u32> {
        self.supervisor.as_ref().and_then(Supervisor::pid)
    }

    /// Stops it: sessions are ended, everything is written. One that another process supervises is left alone.
    pub async fn stop(mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            let _ = tokio::task::spawn_blocking(move || supervisor.stop()).await;
        }
    }

    async fn wait_until_ready(&self) -> Result<(), EmbeddedError> {
        let url = self.admin_url("postgres");
        let failed = async {
            match &self.supervisor {
                Some(supervisor) => supervisor.gave_up().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            message = failed => Err(EmbeddedError::Start(message)),
            up = wait_until_up(&url, START_PATIENCE) => up.map_err(|e| EmbeddedError::Start(e.to_string())),
        }
    }
}

fn percent_encoded(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
