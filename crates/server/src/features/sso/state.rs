//! What single sign-on keeps in memory: what issuers said about themselves, and their keys.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use moka::sync::Cache;

use super::service::protocol::Known;

/// How long an issuer's word about itself counts.
const FRESH: Duration = Duration::hours(1);
/// Keys are asked for anew at most this often, whatever tokens name, and an issuer that failed is left alone as long.
const REST: Duration = Duration::minutes(1);
const FAILED_REST: Duration = Duration::seconds(5);
/// Issuers remembered at most.
const ISSUERS_MAX: u64 = 200;

/// Issuers by name.
#[derive(Debug)]
pub struct SsoState {
    known: Cache<String, Arc<Known>>,
    failed: Cache<String, DateTime<Utc>>,
}

impl Default for SsoState {
    fn default() -> Self {
        let life = StdDuration::from_secs(3600);
        Self {
            known: Cache::builder()
                .max_capacity(ISSUERS_MAX)
                .time_to_live(life)
                .build(),
            failed: Cache::builder()
                .max_capacity(ISSUERS_MAX)
                .time_to_live(life)
                .build(),
        }
    }
}

impl SsoState {
    /// What an issuer said lately.
    pub(super) fn known(&self, issuer: &str, now: DateTime<Utc>) -> Option<Arc<Known>> {
        let known = self.known.get(issuer)?;
        (known.read_at <= now && now - known.read_at < FRESH).then_some(known)
    }

    /// Whether an issuer failed a moment ago.
    pub(super) fn rests(&self, issuer: &str, now: DateTime<Utc>) -> bool {
        let failed = self.failed.get(issuer);
        failed.is_some_and(|at| at <= now && now - at < FAILED_REST)
    }

    /// Whether the keys may be asked for once more.
    pub(super) fn may_refresh(known: &Known, now: DateTime<Utc>) -> bool {
        now - known.keys_at >= REST
    }

    pub(super) fn keep(&self, issuer: &str, known: &Arc<Known>) {
        self.failed.invalidate(issuer);
        self.known.insert(issuer.to_owned(), Arc::clone(known));
    }

    pub(super) fn failed(&self, issuer: &str, now: DateTime<Utc>) {
        self.failed.insert(issuer.to_owned(), now);
    }
}
