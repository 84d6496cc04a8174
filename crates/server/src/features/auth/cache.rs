//! Callers read a moment ago, so that a burst of requests reads its session once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use moka::sync::Cache;
use som_domain::ids::SessionId;

use super::state::Token;
use crate::caller::Caller;
use crate::security::random::Hash;

/// How long a caller may be believed without asking the database: what another instance revoked ends here within this time.
const BELIEVED: Duration = Duration::seconds(5);
/// Sessions remembered at most.
const SESSIONS_MAX: u64 = 20_000;

/// A caller with the times until which its session lives.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) caller: Arc<Caller>,
    pub(super) token: Hash,
    pub(super) read_at: DateTime<Utc>,
    pub(super) idle_expires_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Callers by session. A generation keeps a read that began before a change from being believed after it.
#[derive(Debug)]
pub(super) struct Callers {
    known: Cache<SessionId, Known>,
    generation: AtomicU64,
}

impl Default for Callers {
    fn default() -> Self {
        let known = Cache::builder()
            .max_capacity(SESSIONS_MAX)
            .time_to_live(StdDuration::from_secs(60))
            .build();
        Self {
            known,
            generation: AtomicU64::new(0),
        }
    }
}

impl Callers {
    pub(super) fn get(&self, token: &Token, now: DateTime<Utc>) -> Option<Arc<Caller>> {
        let known = self.known.get(&token.claims.session)?;
        let fresh =
            known.token == token.hash && known.read_at <= now && now - known.read_at <= BELIEVED;
        (fresh && now < known.idle_expires_at && now < known.expires_at).then_some(known.caller)
    }

    /// To be taken before the read whose result is put.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn put(&self, session: SessionId, known: Known, generation: u64) {
        if generation != self.generation() {
            return;
        }
        self.known.insert(session, known);
        // a change between the check and the insert
        if generation != self.generation() {
            self.known.invalidate(&session);
        }
    }

    pub(super) fn forget(&self, session: SessionId) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate(&session);
    }

    pub(super) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate_all();
    }
}
