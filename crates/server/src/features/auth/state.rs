//! What sign-in keeps in memory for the life of the process.

use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderMap;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use webauthn_rs::prelude::Webauthn;

use super::cache::Callers;
use super::programs::Programs;
use crate::config::{Config, Secrets};
use crate::db::Db;
use crate::http::limits::Limiter;
use crate::security::cookies::{self, Cookies};
use crate::security::person_key::PersonKey;
use crate::security::random::{self, Hash};
use crate::security::soft_lock::SoftLock;
use crate::security::tokens::Access;
use crate::security::{Keys, PasswordGate, webauthn};

/// Tokens whose signature was checked, remembered at most.
const TOKENS_MAX: u64 = 50_000;
/// No access token lives longer.
const TOKEN_LIFE_MAX: Duration = Duration::from_secs(3600);

/// An access token as it came in, its signature found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of its text.
    pub hash: Hash,
    /// What it says.
    pub claims: Access,
}

/// Keys, password gate, session cache and limiter.
#[derive(Debug)]
pub struct AuthState {
    keys: ArcSwap<Keys>,
    person_key: ArcSwap<PersonKey>,
    relying_party: Option<Webauthn>,
    passwords: PasswordGate,
    limiter: Limiter,
    soft_lock: SoftLock,
    cookies: Cookies,
    tokens: Cache<Hash, Arc<Token>>,
    callers: Callers,
    programs: Programs,
}

impl AuthState {
    /// From the configured keys.
    pub fn new(config: &Config, db: &Db) -> anyhow::Result<Self> {
        Ok(Self {
            keys: ArcSwap::from_pointee(Keys::new(&config.secrets, config.server.origin())?),
            person_key: ArcSwap::from_pointee(PersonKey::new(&config.secrets)?),
            relying_party: webauthn::relying_party(config),
            passwords: PasswordGate::new(config.security.password_memory_kib)?,
            limiter: Limiter::new(&config.limits, db)?,
            soft_lock: SoftLock::default(),
            cookies: Cookies::new(config.server.is_https()),
            tokens: Cache::builder()
                .max_capacity(TOKENS_MAX)
                .time_to_live(TOKEN_LIFE_MAX)
                .build(),
            callers: Callers::default(),
            programs: Programs::default(),
        })
    }

    /// Goes on with other configured keys; every token is looked at anew.
    pub(crate) fn renew(&self, config: &Config, secrets: &Secrets) -> anyhow::Result<()> {
        let person_key = PersonKey::new(secrets)?;
        let keys = Keys::new(secrets, config.server.origin())?;
        self.keys.store(Arc::new(keys));
        self.person_key.store(Arc::new(person_key));
        self.tokens.invalidate_all();
        Ok(())
    }

    /// Signing and CSRF keys, and what links in mails are made of.
    pub fn keys(&self) -> Arc<Keys> {
        self.keys.load_full()
    }

    /// What the secrets of people are sealed with.
    pub fn person_key(&self) -> Arc<PersonKey> {
        self.person_key.load_full()
    }

    /// Who we are to authenticators; none where there can be no passkeys.
    pub fn relying_party(&self) -> Option<&Webauthn> {
        self.relying_party.as_ref()
    }

    /// The gate in front of password hashing.
    pub fn passwords(&self) -> &PasswordGate {
        &self.passwords
    }

    /// The rate limits.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// How cookies are named and flagged here.
    pub fn cookies(&self) -> Cookies {
        self.cookies
    }

    /// Forgets every cached caller: a role, a member's state or the organization's settings changed. Call it after the commit.
    pub fn forget_callers(&self) {
        self.callers.forget_all();
        self.programs.forget_all();
    }

    pub(super) fn soft_lock(&self) -> &SoftLock {
        &self.soft_lock
    }

    pub(super) fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The API key behind a request, if it was good lately: whose quota the request counts for.
    pub fn program(&self, headers: &HeaderMap) -> Option<uuid::Uuid> {
        self.programs.family(headers)
    }

    pub(super) fn callers(&self) -> &Callers {
        &self.callers
    }

    /// The access token of a request, when its signature is ours and its time has come and not gone. Whether its session
    /// still lives is asked by `authenticate`.
    pub fn signed_in(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Arc<Token>> {
        self.token(headers)
            .filter(|token| token.claims.is_current(now))
    }

    /// The same, whatever its time: a signature is checked once per token.
    pub(super) fn token(&self, headers: &HeaderMap) -> Option<Arc<Token>> {
        let text = self.cookies.read(headers, cookies::ACCESS)?;
        let hash = random::hash(&text);
        if let Some(token) = self.tokens.get(&hash) {
            return Some(token);
        }
        let token = Arc::new(Token {
            hash,
            claims: self.keys.load().verify(&text)?,
        });
        self.tokens.insert(hash, Arc::clone(&token));
        Some(token)
    }
}
