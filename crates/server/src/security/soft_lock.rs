//! Slows down guessing at one account without ever locking its owner out for good. Unknown addresses are counted alike.

use chrono::{DateTime, Duration, Utc};
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::random::{self, Hash};

/// Accounts watched at most; the longest untouched is forgotten first.
const ACCOUNTS_MAX: u64 = 100_000;
/// A quiet account is forgotten after this time.
const FORGET: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// Failures are forgotten after a day.
const RESET_HOURS: i64 = 24;

#[derive(Debug, Clone, Copy)]
struct Entry {
    failures: u32,
    locked_until: DateTime<Utc>,
    reset_at: DateTime<Utc>,
}

/// Failed sign-ins per account.
#[derive(Debug)]
pub struct SoftLock {
    accounts: Cache<Hash, Entry>,
}

impl Default for SoftLock {
    fn default() -> Self {
        Self {
            accounts: Cache::builder()
                .max_capacity(ACCOUNTS_MAX)
                .time_to_idle(FORGET)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }
    }
}

/// Pause after this many failures: 1 s, then 3, 5, 10 s, and 30 s at most, so that nobody can lock somebody else out.
fn pause(failures: u32) -> Duration {
    match failures {
        0..3 => Duration::seconds(1),
        3..9 => Duration::seconds(3),
        9..25 => Duration::seconds(5),
        25..100 => Duration::seconds(10),
        _ => Duration::seconds(30),
    }
}

impl SoftLock {
    /// Counts an attempt in advance, so that a hundred at once are not all the first. Errors: how long the account must rest.
    pub fn attempt(&self, email: &str, now: DateTime<Utc>) -> Result<(), Duration> {
        let mut refused = None;
        self.accounts.entry(key(email)).and_compute_with(|entry| {
            let entry = entry
                .map(moka::Entry::into_value)
                .filter(|e| e.reset_at > now)
                .unwrap_or(Entry {
                    failures: 0,
                    locked_until: now,
                    reset_at: now + Duration::hours(RESET_HOURS),
                });
            if entry.locked_until > now {
                refused = Some(entry.locked_until - now);
                return Op::Nop;
            }
            let failures = entry.failures.saturating_add(1);
            Op::Put(Entry {
                failures,
                locked_until: (now + pause(failures)).min(entry.reset_at),
                ..entry
            })
        });
        refused.map_or(Ok(()), Err)
    }

    /// Attempts since the last right one, of an address that may have no account.
    pub fn failures(&self, email: &str, now: DateTime<Utc>) -> u32 {
        let entry = self.accounts.get(&key(email));
        entry
            .filter(|entry| entry.reset_at > now)
            .map_or(0, |entry| entry.failures)
    }

    /// The attempt was right: the account starts afresh.
    pub fn succeeded(&self, email: &str) {
        self.accounts.invalidate(&key(email));
    }
}

/// Addresses are not kept in memory in the clear.
fn key(email: &str) -> Hash {
    random::hash(&email.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let lock = SoftLock::default();
        let mut now: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
        let start = now;
        let mut pauses = Vec::new();
        for _ in 0..101 {
            assert_eq!(lock.attempt("a@b.example", now), Ok(()));
            let wait = lock.attempt("A@b.example", now).unwrap_err();
            pauses.push(wait.num_seconds());
            now += wait;
        }
        assert_eq!(pauses[..10], [1, 1, 3, 3, 3, 3, 3, 3, 5, 5]);
        assert_eq!((pauses[98], pauses[100]), (10, 30));
        assert!(
            lock.attempt("a@b.example", start + Duration::hours(24))
                .is_ok()
        );
        assert_eq!(
            lock.attempt("a@b.example", start + Duration::hours(24)),
            Err(Duration::seconds(1)),
            "the count began again"
        );
    }

    #[test]
    fn success_clears() {
        let lock = SoftLock::default();
        let now = DateTime::UNIX_EPOCH;
        assert!(lock.attempt("a@b.example", now).is_ok());
        lock.succeeded("a@b.example");
        assert!(lock.attempt("a@b.example", now).is_ok());
    }
}
