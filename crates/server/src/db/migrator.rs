//! Brings the schema up to date: `bootstrap.sql`, then the numbered migrations as `som_owner`, under one lock.

#![expect(
    clippy::disallowed_methods,
    reason = "runs before the schema that SQL is checked against"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;

use secrecy::SecretString;
use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection, PgConnection, Row};

use super::pool::{ConnectError, connect_options};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");
const BOOTSTRAP: &str = include_str!("../../../../migrations/bootstrap.sql");

/// Any number, as long as it is ours: one migrator at a time per database.
const LOCK: i64 = 0x736f_6d5f_6d69_6772;

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigratorError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A statement outside the migrations failed.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The roles are missing and this login may not make them.
    #[error(
        "the roles som_owner, som_app and som_backup are missing and this login may not create them: \
         run migrations/bootstrap.sql as an administrator, or set SOM_DATABASE_OWNER_URL"
    )]
    Roles,
    /// A migration failed or does not fit what was applied before.
    #[error("migration failed: {0}")]
    Migrate(#[from] MigrateError),
}

/// How the schema stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Applied, in order.
    pub applied: Vec<i64>,
    /// Known to this binary and not applied yet.
    pub pending: Vec<Step>,
    /// Applied by a newer binary and unknown to this one.
    pub unknown: Vec<i64>,
    /// Applied with another text than this binary has.
    pub changed: Vec<i64>,
}

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// What its file name says.
    pub name: Cow<'static, str>,
    /// Its SQL.
    pub sql: &'static str,
}

impl MigrationState {
    /// Whether this binary can work with the schema: everything it knows is there, unchanged.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.changed.is_empty()
    }
}

impl Step {
    fn of(migration: &'static Migration) -> Self {
        Self {
            version: migration.version,
            name: migration.description.clone(),
            sql: migration.sql.as_str(),
        }
    }

    /// `0001_create_identity`.
    pub fn title(&self) -> String {
        format!("{:04}_{}", self.version, self.name.replace(' ', "_"))
    }
}

/// How the schema behind a connection stands.
///
/// # Errors
/// When the database does not answer.
pub async fn state(connection: &mut PgConnection) -> Result<MigrationState, sqlx::Error> {
    let mut applied = BTreeMap::new();
    let found = sqlx::query_scalar!(
        r#"select to_regclass('public._sqlx_migrations') is not null as "found!""#
    );
    if found.fetch_one(&mut *connection).await? {
        // Not `query!`: the table is the migrator's own and is not there while the macros are checked.
        let rows = sqlx::query(
            "select version, checksum from _sqlx_migrations where success order by version",
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in rows {
            applied.insert(row.try_get::<i64, _>(0)?, row.try_get::<Vec<u8>, _>(1)?);
        }
    }
    let differs = |m: &&'static Migration| {
        applied
            .get(&m.version)
            .is_some_and(|sum| sum.as_slice() != &*m.checksum)
    };
    Ok(MigrationState {
        pending: MIGRATOR
            .iter()
            .filter(|m| !applied.contains_key(&m.version))
            .map(Step::of)
            .collect(),
        unknown: applied
            .keys()
            .copied()
            .filter(|v| !MIGRATOR.version_exists(*v))
            .collect(),
        changed: MIGRATOR.iter().filter(differs).map(|m| m.version).collect(),
        applied: applied.into_keys().collect(),
    })
}

/// How the schema stands, asked with a login that may migrate.
///
/// # Errors
/// When the database cannot be reached.
pub async fn status(owner_url: &SecretString) -> Result<MigrationState, MigratorError> {
    let mut connection = open(owner_url).await?;
    let state = state(&mut connection).await?;
    let _ = connection.close().await;
    Ok(state)
}

/// Applies what is pending and returns it. Any number of processes may call this at once: one works, the others wait.
///
/// # Errors
/// When the database cannot be reached, the roles cannot be made, or a migration fails; that migration then left nothing behind.
pub async fn up(owner_url: &SecretString) -> Result<Vec<Step>, MigratorError> {
    let mut connection = open(owner_url).await?;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut connection)
        .await?;
    let outcome = apply(&mut connection).await;
    // Closing the connection gives the lock back, whatever happened.
    let _ = connection.close().await;
    outcome
}

async fn open(owner_url: &SecretString) -> Result<PgConnection, MigratorError> {
    let options = connect_options(owner_url)?.application_name("som-migrate");
    let connection = PgConnection::connect_with(&options).await;
    Ok(connection.map_err(ConnectError::Unreachable)?)
}

async fn apply(connection: &mut PgConnection) -> Result<Vec<Step>, MigratorError> {
    let before = state(connection).await?;
    if before.is_current() {
        return Ok(Vec::new());
    }
    bootstrap(connection).await?;
    // A migration that waits for a table in use must not make everyone else wait behind it.
    sqlx::raw_sql("set role som_owner; set lock_timeout = '10s'")
        .execute(&mut *connection)
        .await?;
    // A newer binary may have gone ahead during a rolling update.
    let mut migrator = Migrator::with_migrations(MIGRATOR.iter().cloned().collect());
    migrator.set_ignore_missing(true).set_locking(false);
    migrator.run_direct(None, connection, false).await?;
    sqlx::raw_sql("revoke insert, update, delete on _sqlx_migrations from som_app; reset role")
        .execute(&mut *connection)
        .await?;
    Ok(before.pending)
}

/// Makes the roles. On a managed server an administrator may have made them; then it is enough to be a member.
async fn bootstrap(connection: &mut PgConnection) -> Result<(), MigratorError> {
    let Err(error) = sqlx::raw_sql(BOOTSTRAP).execute(&mut *connection).await else {
        return Ok(());
    };
    let code = error
        .as_database_error()
        .and_then(|e| e.code())
        .map(Cow::into_owned);
    if code.as_deref() != Some("42501") {
        return Err(error.into());
    }
    let ready = sqlx::query_scalar!(
        r#"select count(*) = 3 and bool_and(rolname <> 'som_owner' or pg_has_role(oid, 'member')) as "ready!"
           from pg_roles where rolname in ('som_owner', 'som_app', 'som_backup')"#
    );
    if ready.fetch_one(&mut *connection).await? {
        Ok(())
    } else {
        Err(MigratorError::Roles)
    }
}
