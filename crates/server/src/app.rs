//! The application: what every request can reach, and the router as the sum of the features' routers.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;

use crate::audit::Reads;
use crate::captcha::Captcha;
use crate::clock::Clock;
use crate::config::{Config, Secrets};
use crate::db::Db;
use crate::features;
use crate::http::list::CursorKey;
use crate::http::{api_doc, finish};
use crate::ids::Ids;
use crate::mail::Mailer;
use crate::outbound::Outbound;
use crate::security::kek::Configured;
use crate::security::server_key::ServerKey;

/// Shared by every request; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    config: Config,
    db: Db,
    clock: Clock,
    ids: Ids,
    numbers: crate::db::numbers::Numbers,
    events: tokio::sync::Notify,
    auth: features::auth::AuthState,
    secrets: ArcSwap<Secrets>,
    cursor_key: ArcSwap<CursorKey>,
    mailer: Mailer,
    outbound: Outbound,
    sso: features::sso::SsoState,
    reads: Reads,
    captcha: Captcha,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

impl AppState {
    /// Wires the application. Errors when a key in the configuration cannot be used.
    pub fn new(config: Config, db: Db, clock: Clock) -> anyhow::Result<Self> {
        let outbound = Outbound::new(&config.outbound)?;
        Self::with_outbound(config, db, clock, outbound)
    }

    /// The same with another way to other servers.
    pub fn with_outbound(
        config: Config,
        db: Db,
        clock: Clock,
        outbound: Outbound,
    ) -> anyhow::Result<Self> {
        let auth = features::auth::AuthState::new(&config, &db)?;
        let cursor_key = cursor_key(&config.secrets);
        let secrets = config.secrets.clone();
        let mailer = Mailer::new(&config)?;
        let captcha = Captcha::new(&config, &outbound)?;
        Ok(Self(Arc::new(Inner {
            config,
            db,
            clock,
            ids: Ids::default(),
            numbers: crate::db::numbers::Numbers::default(),
            events: tokio::sync::Notify::new(),
            auth,
            secrets: ArcSwap::from_pointee(secrets),
            cursor_key: ArcSwap::from_pointee(cursor_key),
            mailer,
            outbound,
            sso: features::sso::SsoState::default(),
            reads: Reads::default(),
            captcha,
        })))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The maker of identifiers.
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Document numbers taken in blocks.
    pub fn numbers(&self) -> &crate::db::numbers::Numbers {
        &self.0.numbers
    }

    /// Told when this process committed events for others.
    pub fn events(&self) -> &tokio::sync::Notify {
        &self.0.events
    }

    /// The configured keys in use: those of the configuration, or what they were changed to since the start.
    pub fn secrets(&self) -> Arc<Secrets> {
        self.0.secrets.load_full()
    }

    /// Goes on with other configured keys, from the next request on.
    ///
    /// # Errors
    /// When one cannot be used; then nothing changed.
    pub fn renew_secrets(&self, secrets: Secrets) -> anyhow::Result<()> {
        let kek = Configured::provider(&secrets)?;
        self.auth().renew(&self.0.config, &secrets)?;
        self.0.cursor_key.store(Arc::new(cursor_key(&secrets)));
        self.0.db.vault().renew(kek);
        self.0.secrets.store(Arc::new(secrets));
        Ok(())
    }

    /// What list cursors are signed with.
    pub fn cursor_key(&self) -> Arc<CursorKey> {
        self.0.cursor_key.load_full()
    }

    /// What mails leave through.
    pub fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    /// What requests to other servers leave through.
    pub fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    /// How a visitor shows to be a person.
    pub fn captcha(&self) -> &Captcha {
        &self.0.captcha
    }

    /// What issuers said about themselves.
    pub fn sso(&self) -> &features::sso::SsoState {
        &self.0.sso
    }

    /// Entries of reads on their way into the audit log.
    pub fn reads(&self) -> &Reads {
        &self.0.reads
    }

    /// Keys, password gate, session cache and limiter.
    pub fn auth(&self) -> &features::auth::AuthState {
        &self.0.auth
    }
}

fn cursor_key(secrets: &Secrets) -> CursorKey {
    let (current, previous) = ServerKey::Cursor.of(secrets);
    CursorKey::new(current.clone(), previous.cloned())
}

/// The API's routes with their OpenAPI document.
pub fn api() -> OpenApiRouter<AppState> {
    let mut api = OpenApiRouter::with_openapi(api_doc::base()).nest("/api/v1", features::router());
    api_doc::describe(api.get_openapi_mut());
    api
}

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let (api, doc) = api().split_for_parts();
    let routes = api
        .merge(features::platform::root_router(&doc))
        .merge(features::sso::root_router())
        .merge(crate::http::docs::router(&doc))
        .fallback(crate::http::spa::serve);
    let routes = crate::http::middleware::apply(routes, &state, &doc);
    routes
        .layer(from_fn_with_state(state.clone(), finish::finish))
        .with_state(state)
}
