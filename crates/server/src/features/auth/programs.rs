//! Keys of programs read a moment ago, and which keys were good lately.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration as StdDuration;

use ::http::{HeaderMap, header};
use chrono::{DateTime, Duration, Utc};
use moka::sync::Cache;
use uuid::Uuid;

use crate::caller::Caller;
use crate::config::IpNet;
use crate::security::api_key;
use crate::security::random::Hash;

/// As for sessions: what another instance revoked ends here within this time.
const BELIEVED: Duration = Duration::seconds(5);
/// Keys remembered at most.
const KEYS_MAX: u64 = 20_000;

/// The caller behind a key, with what the key asks of a request.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) caller: Arc<Caller>,
    pub(super) family: Uuid,
    pub(super) networks: Vec<IpNet>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) read_at: DateTime<Utc>,
}

impl Program {
    /// Whether the key may be used from there.
    pub(super) fn admits(&self, ip: Option<IpAddr>) -> bool {
        self.networks.is_empty()
            || ip.is_some_and(|ip| self.networks.iter().any(|n| n.contains(ip)))
    }
}

/// Programs by the hash of their key.
#[derive(Debug)]
pub(super) struct Programs {
    known: Cache<Hash, Arc<Program>>,
    families: Cache<Hash, Uuid>,
    generation: AtomicU64,
}

impl Default for Programs {
    fn default() -> Self {
        let cache = |life| {
            Cache::builder()
                .max_capacity(KEYS_MAX)
                .time_to_live(life)
                .build()
        };
        Self {
            known: cache(StdDuration::from_secs(60)),
            families: Cache::builder()
                .max_capacity(KEYS_MAX)
                .time_to_live(StdDuration::from_secs(3600))
                .build(),
            generation: AtomicU64::new(0),
        }
    }
}

impl Programs {
    pub(super) fn get(&self, hash: &Hash, now: DateTime<Utc>) -> Option<Arc<Program>> {
        let known = self.known.get(hash)?;
        let fresh = known.read_at <= now && now - known.read_at <= BELIEVED;
        (fresh && now < known.expires_at).then_some(known)
    }

    /// To be taken before the read whose result is put.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn put(&self, hash: Hash, program: Arc<Program>, generation: u64) {
        self.families.insert(hash, program.family);
        if generation != self.generation() {
            return;
        }
        self.known.insert(hash, program);
        // a change between the check and the insert
        if generation != self.generation() {
            self.known.invalidate(&hash);
        }
    }

    pub(super) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate_all();
    }

    /// The family of a key that was good within the hour: its requests have a quota of their own. Any other request with a key counts
    /// for its address, so that made-up keys gain nothing.
    pub(super) fn family(&self, headers: &HeaderMap) -> Option<Uuid> {
        self.families.get(&sent(headers)?)
    }
}

/// The hash of the key a request carries, if it can be one.
pub(super) fn sent(headers: &HeaderMap) -> Option<Hash> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    let one = values.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    api_key::hash_of(text.trim()).filter(|_| one)
}
