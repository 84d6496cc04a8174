//! What commands need before they can work: configuration, logging, the database.

use std::time::Duration;

use secrecy::SecretString;

use super::arguments::ConfigFlags;
use super::{Exit, Failure, inputs, out};
use crate::app::AppState;
use crate::clock::Clock;
use crate::config::{Config, Loaded, Mode};
use crate::db::embedded::{Embedded, EmbeddedOptions};
use crate::db::{Db, MigrationState, Vault, migrator, wait_until_up};
use crate::telemetry::{self, Telemetry};

/// Database of the embedded cluster.
const DATABASE: &str = "som";
/// Role the server works as in the embedded cluster.
const ROLE: &str = "som_app";
/// A database in another container may start after us.
const PATIENCE: Duration = Duration::from_secs(30);

/// Configuration and a database that answers.
pub(super) struct Opened {
    /// The configuration.
    pub(super) config: Config,
    /// The embedded PostgreSQL, when there is no other.
    pub(super) embedded: Option<Embedded>,
    url: SecretString,
    owner_url: SecretString,
    _telemetry: Telemetry,
}

/// Reads the configuration and starts logging.
pub(super) fn configure(flags: &ConfigFlags) -> Result<(Config, Telemetry), Failure> {
    let Loaded { config, values } = Config::load(&inputs(flags)?)?;
    let telemetry = telemetry::init(&config.log);
    for warning in &values.warnings {
        tracing::warn!("{warning}");
    }
    Ok((config, telemetry))
}

/// The same, and a database that answers: the configured one, or the embedded one.
pub(super) async fn open(flags: &ConfigFlags) -> Result<Opened, Failure> {
    let (config, telemetry) = configure(flags)?;
    open_configured(config, telemetry).await
}

/// The database of a configuration.
pub(super) async fn open_configured(
    config: Config,
    telemetry: Telemetry,
) -> Result<Opened, Failure> {
    if let Some(url) = config.database.url.clone() {
        let owner_url = config
            .database
            .owner_url
            .clone()
            .unwrap_or_else(|| url.clone());
        // waits until it is up; the pools connect by themselves later
        wait_until_up(&owner_url, PATIENCE).await?;
        return Ok(Opened {
            config,
            embedded: None,
            url,
            owner_url,
            _telemetry: telemetry,
        });
    }
    let mut options = EmbeddedOptions::new(&config.data_dir);
    options.bin_dir.clone_from(&config.database.pg_bin_dir);
    options.may_move = config.mode == Mode::Development;
    let embedded = Embedded::start(options).await?;
    for note in embedded.notes() {
        out::word(&format!("note: {note}"));
    }
    if let Err(error) = embedded.ensure_database(DATABASE).await {
        embedded.stop().await;
        return Err(error.into());
    }
    let url = embedded.url_for(ROLE, DATABASE);
    let owner_url = embedded.admin_url(DATABASE);
    Ok(Opened {
        config,
        embedded: Some(embedded),
        url,
        owner_url,
        _telemetry: telemetry,
    })
}

impl Opened {
    /// Applies pending migrations and says so.
    pub(super) async fn migrate(&self) -> Result<(), Failure> {
        for step in migrator::up(&self.owner_url).await? {
            tracing::info!(migration = step.title(), "applied a migration");
        }
        Ok(())
    }

    /// How the schema stands.
    pub(super) async fn schema(&self) -> Result<MigrationState, Failure> {
        Ok(migrator::status(&self.owner_url).await?)
    }

    /// The application, on a schema that fits this binary.
    pub(super) async fn application(&self) -> Result<AppState, Failure> {
        let schema = self.schema().await?;
        if !schema.is_current() {
            let message = format!(
                "{} migrations are pending, {} were changed",
                schema.pending.len(),
                schema.changed.len()
            );
            return Err(Failure::new(Exit::Schema, message).next("som migrate up"));
        }
        let vault = Vault::new(&self.config.secrets, Clock::default())?;
        let db = Db::new(&self.url, &self.config.database, vault)?;
        Ok(AppState::new(self.config.clone(), db, Clock::default())?)
    }

    /// A connection of the owner, for looking at the database itself.
    pub(super) async fn connect(&self) -> Result<sqlx::PgConnection, sqlx::Error> {
        use secrecy::ExposeSecret;
        <sqlx::PgConnection as sqlx::Connection>::connect(self.owner_url.expose_secret()).await
    }

    /// Stops what was started.
    pub(super) async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}
