//! The test bed: one private PostgreSQL per run, a fresh database per test cloned from a template, the real router, a clock that stands still.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod alone;
pub mod authenticator;
pub mod client;
pub mod cluster;
mod fixture;
pub mod issuer;
pub mod process;
pub mod raw;
pub mod smtp;
pub mod web;
pub mod wire;

use chrono::{DateTime, Utc};
use som_server::app::{self, AppState};
use som_server::caller::Caller;
use som_server::clock::Clock;
use som_server::outbound::Outbound;
use som_server::permission::Role;

pub use client::{Answer, Client};

/// The password of every fixture member.
pub const PASSWORD: &str = "correct horse battery staple";

/// The instant every test starts at: a Tuesday noon.
pub fn start() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// An application on its own database.
pub struct TestApp {
    pub state: AppState,
    pub router: axum::Router,
    pub clock: Clock,
    pub database: String,
    _dir: tempfile::TempDir,
}

impl TestApp {
    /// A fresh copy of the template: organization "Test Company" (EUR) with one member per role, and "Other Company" with an owner.
    pub async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    /// The same with a changed configuration.
    pub async fn configured(change: impl FnOnce(&mut som_server::config::Config)) -> Self {
        Self::built(Clock::manual(start()), change, None).await
    }

    /// The same on a clock that somebody else looks at as well.
    pub async fn on_clock(
        clock: Clock,
        change: impl FnOnce(&mut som_server::config::Config),
    ) -> Self {
        Self::built(clock, change, None).await
    }

    /// The same with another way to other servers.
    pub async fn reaching(outbound: Outbound) -> Self {
        Self::built(Clock::manual(start()), |_| {}, Some(outbound)).await
    }

    async fn built(
        clock: Clock,
        change: impl FnOnce(&mut som_server::config::Config),
        outbound: Option<Outbound>,
    ) -> Self {
        let database = cluster::fresh_database().await;
        let dir = tempfile::tempdir().unwrap();
        let mut config = cluster::config(dir.path());
        change(&mut config);
        let outbound = outbound.unwrap_or_else(|| Outbound::new(&config.outbound).unwrap());
        let url = cluster::url(&database).await;
        let state = cluster::reaching(config, url, clock.clone(), outbound);
        let router = app::router(state.clone());
        Self {
            state,
            router,
            clock,
            database,
            _dir: dir,
        }
    }

    /// The same with a mail server of its own.
    pub async fn with_mail() -> (Self, smtp::Smtp) {
        Self::configured_with_mail(|_| {}).await
    }

    /// A changed configuration and a mail server.
    pub async fn configured_with_mail(
        change: impl FnOnce(&mut som_server::config::Config),
    ) -> (Self, smtp::Smtp) {
        let smtp = smtp::Smtp::start().await;
        let port = smtp.port;
        let app = Self::configured(|config| {
            config.mail.transport = som_server::config::MailTransport::Smtp;
            config.mail.tls = som_server::config::MailTls::None;
            config.mail.host = "127.0.0.1".to_owned();
            config.mail.port = port;
            config.mail.from = "Sales Order Manager <som@test.example>".to_owned();
            config.mail.timeout = std::time::Duration::from_millis(300);
            change(config);
        })
        .await;
        (app, smtp)
    }

    /// Runs every job that is due, mails among them.
    pub async fn work(&self) {
        som_server::jobs::run_due(&self.state, &som_server::workers::registry())
            .await
            .unwrap();
    }

    /// A server that was never set up.
    pub async fn empty() -> Self {
        let app = Self::new().await;
        let mut tx = app.admin_pool().await.begin().await.unwrap();
        // the audit log refuses it even from here
        for sql in [
            "set local session_replication_role = replica",
            "truncate organizations, users cascade",
        ] {
            sqlx::query(sql).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        app
    }

    /// The real command on this database: what it ended with, what it said, and what it said beside that.
    pub async fn command(&self, arguments: &[&str]) -> (i32, String, String) {
        self.command_with(arguments, &[]).await
    }

    /// The same with the encryption key in a file.
    pub async fn command_without_key(
        &self,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> (i32, String, String) {
        self.run(arguments, more, &["SOM_ENCRYPTION_KEY"]).await
    }

    async fn command_with(
        &self,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> (i32, String, String) {
        self.run(arguments, more, &[]).await
    }

    async fn run(
        &self,
        arguments: &[&str],
        more: &[(&str, &str)],
        without: &[&str],
    ) -> (i32, String, String) {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_som"));
        command
            .args(arguments)
            .env_clear()
            .envs(cluster::environment(&self.database).await)
            .env("SOM_DATA_DIR", self._dir.path())
            .envs(more.iter().copied())
            .current_dir("/");
        for name in without {
            command.env_remove(name);
        }
        let output = command.output().await.unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    /// `som doctor` on this database, with the limits counted in a Redis.
    pub async fn doctor(&self, redis_url: &str) -> (i32, String, String) {
        let more = [("SOM_LIMITS_STORE", "redis"), ("SOM_REDIS_URL", redis_url)];
        self.command_with(&["doctor"], &more).await
    }

    /// A browser that is not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(
            self.router.clone(),
            self.state.config().server.public_url.as_str(),
        )
    }

    /// A signed-in member of "Test Company".
    pub async fn sign_in(&self, role: Role) -> Client {
        self.sign_in_as(&email(role)).await
    }

    /// A signed-in person.
    pub async fn sign_in_as(&self, email: &str) -> Client {
        let client = self.anonymous();
        client.sign_in_as(email).await;
        client
    }

    /// The owner of "Other Company".
    pub async fn stranger(&self) -> Client {
        self.sign_in_as("owner@other.example").await
    }

    /// The owner of "Test Company" at a second server on the same database, and what that server says to PostgreSQL.
    pub async fn counted(&self) -> (Client, std::sync::Arc<wire::Wire>) {
        let folder = self._dir.path().join("wire");
        std::fs::create_dir(&folder).unwrap();
        let (url, socket) = cluster::url_through(&self.database, &folder).await;
        let wire = wire::Wire::listen(&folder, socket);
        let config = self.state.config().clone();
        let state = cluster::state_of(config, url, self.clock.clone());
        let client = Client::new(
            app::router(state),
            self.state.config().server.public_url.as_str(),
        );
        client.sign_in_as(&email(Role::Owner)).await;
        (client, wire)
    }

    /// The owner of "Test Company" at a second server on the same database, which has two connections to it.
    pub async fn crowded(&self) -> Client {
        let mut config = self.state.config().clone();
        config.database.pool_size = 2;
        config.database.pool_overflow = 0;
        let state = cluster::state(config, &self.database, self.clock.clone()).await;
        let client = Client::new(
            app::router(state),
            self.state.config().server.public_url.as_str(),
        );
        client.sign_in_as(&email(Role::Owner)).await;
        client
    }

    /// The member behind a role, for calling services directly.
    pub async fn caller(&self, role: Role) -> Caller {
        som_server::features::auth::service::caller_by_email(&self.state, &email(role))
            .await
            .unwrap()
    }

    /// The member behind an address.
    pub async fn caller_of(&self, email: &str) -> Caller {
        som_server::features::auth::service::caller_by_email(&self.state, email)
            .await
            .unwrap()
    }

    /// Where the database is, for another process.
    pub async fn database_url(&self) -> secrecy::SecretString {
        cluster::url(&self.database).await
    }

    /// A connection that sees everything, for looking behind the API.
    pub async fn admin_pool(&self) -> sqlx::PgPool {
        cluster::admin_pool(&self.database).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        cluster::give_back(std::mem::take(&mut self.database));
    }
}

/// The sign-in of a fixture member.
pub fn email(role: Role) -> String {
    format!("{}@test.example", role.as_str())
}
