//! The two pools: one for work, and a small one for sign-in and readiness that load cannot starve.

#![expect(
    clippy::disallowed_methods,
    reason = "sets up a connection with several statements at once"
)]

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};

use super::Vault;
use crate::config::DatabaseConfig;

/// The role the server works as: no bypass of row level security, no DDL.
const APP_ROLE: &str = "som_app";

/// A connection that was idle for longer is asked whether it still lives; younger ones are trusted.
const IDLE_CHECK: Duration = Duration::from_secs(30);

/// Connections beyond the normal size are given back after this time without use.
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

/// A transaction that forgets to go on is ended.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(30);

/// How long readiness waits for each of its questions.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be read; its text is not repeated, it may hold a password.
    #[error("the database URL cannot be read")]
    Url,
    /// The server cannot be reached or refuses.
    #[error("the database cannot be reached: {0}")]
    Unreachable(sqlx::Error),
    /// It did not answer in time.
    #[error("the database did not answer within {0:?}")]
    Timeout(Duration),
}

/// Access to the database. Transactions are begun by its methods `tenant` and `system`: there is no other way to a connection.
#[derive(Debug, Clone)]
pub struct Db {
    app: PgPool,
    auth: PgPool,
    listen: PgPool,
    vault: Vault,
    background_patience: Duration,
}

impl Db {
    /// Prepares the pools; connections are made when they are needed.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(
        url: &SecretString,
        config: &DatabaseConfig,
        vault: Vault,
    ) -> Result<Self, ConnectError> {
        let options = connect_options(url)?;
        let pool = |name: &str, most: u32, least: u32| {
            pool_options(config)
                .max_connections(most)
                .min_connections(least)
                .connect_lazy_with(options.clone().application_name(name))
        };
        Ok(Self {
            app: pool("som", config.max_connections(), 0),
            auth: pool("som-auth", config.auth_pool_size, 1),
            // A listening connection is idle by nature and must not be recycled.
            listen: PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(config.acquire_timeout_background)
                .max_lifetime(None)
                .idle_timeout(None)
                .connect_lazy_with(options.clone().application_name("som-listen")),
            vault,
            background_patience: config.acquire_timeout_background,
        })
    }

    /// Whether the database answers a question within a second, on the pool that load cannot starve.
    pub async fn ping(&self) -> bool {
        let question = sqlx::query_scalar!("select 1 as one").fetch_one(&self.auth);
        matches!(
            tokio::time::timeout(PING_TIMEOUT, question).await,
            Ok(Ok(_))
        )
    }

    /// How the schema stands, within a second.
    pub async fn migration_state(&self) -> Option<super::MigrationState> {
        let question = async {
            let mut connection = self.auth.acquire().await.ok()?;
            super::migrator::state(&mut connection).await.ok()
        };
        tokio::time::timeout(PING_TIMEOUT, question)
            .await
            .ok()
            .flatten()
    }

    /// Connections of the working pool: open, and idle among them.
    pub fn pool_usage(&self) -> (u32, usize) {
        (self.app.size(), self.app.num_idle())
    }

    /// Begins a transaction of background work, which waits for a connection longer than a request may.
    ///
    /// # Errors
    /// When the database does not answer, or no connection became free.
    pub async fn worker(&self) -> Result<super::SystemTx, sqlx::Error> {
        let begun = Instant::now();
        loop {
            match self.system(super::SystemScope::Worker).await {
                Err(sqlx::Error::PoolTimedOut) if begun.elapsed() < self.background_patience => {}
                other => return other,
            }
        }
    }

    /// A connection that hears notifications; one a process.
    ///
    /// # Errors
    /// When the database does not answer, or somebody listens already.
    pub async fn listener(&self) -> Result<PgListener, sqlx::Error> {
        PgListener::connect_with(&self.listen).await
    }

    /// Closes every connection after the work under way.
    pub async fn close(&self) {
        tokio::join!(self.app.close(), self.auth.close(), self.listen.close());
    }

    /// The keys of personal data.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The working pool.
    pub(super) fn app(&self) -> &PgPool {
        &self.app
    }

    /// The pool of sign-in and readiness.
    pub(super) fn auth(&self) -> &PgPool {
        &self.auth
    }
}

/// Reads a URL; statements are logged by our own request log only.
pub(super) fn connect_options(url: &SecretString) -> Result<PgConnectOptions, ConnectError> {
    let options: PgConnectOptions = url.expose_secret().parse().map_err(|_| ConnectError::Url)?;
    Ok(options
        .disable_statement_logging()
        .statement_cache_capacity(500))
}

fn pool_options(config: &DatabaseConfig) -> PgPoolOptions {
    let statement_timeout = config.statement_timeout.as_millis();
    let idle = IDLE_IN_TRANSACTION.as_millis();
    // Only numbers and constants: one round trip for the whole set-up of a connection. Requests touch few rows: compiling a plan, or starting
    // workers for it, takes longer than they do.
    let setup = format!(
        "set role {APP_ROLE}; set statement_timeout = {statement_timeout}; \
         set idle_in_transaction_session_timeout = {idle}; set timezone = 'UTC'; set jit = off; set max_parallel_workers_per_gather = 0"
    );
    PgPoolOptions::new()
        .acquire_timeout(config.acquire_timeout_request)
        .max_lifetime(config.recycle)
        .idle_timeout(IDLE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < IDLE_CHECK {
                    return Ok(true);
                }
                Ok(tokio::time::timeout(PING_TIMEOUT, connection.ping())
                    .await
                    .is_ok_and(|answer| answer.is_ok()))
            })
        })
        .after_connect(move |connection, _| {
            let setup = setup.clone();
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(setup))
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
}

/// Waits until one connection succeeds. What cannot change by waiting (a wrong password, a missing database) is told at once.
pub async fn wait_until_up(url: &SecretString, patience: Duration) -> Result<(), ConnectError> {
    let options = connect_options(url)?;
    let attempt = async {
        let mut pause = Duration::from_millis(100);
        loop {
            match PgConnection::connect_with(&options).await {
                Ok(connection) => {
                    let _ = connection.close().await;
                    return Ok(());
                }
                Err(error) if is_passing(&error) => tokio::time::sleep(pause).await,
                Err(error) => return Err(ConnectError::Unreachable(error)),
            }
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    };
    tokio::time::timeout(patience, attempt)
        .await
        .unwrap_or(Err(ConnectError::Timeout(patience)))
}

/// Not up yet, starting, shutting down, or full.
pub(super) fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("57P03" | "57P01" | "53300"))
        }
        _ => false,
    }
}
