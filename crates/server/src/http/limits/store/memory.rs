//! Counting in this process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::super::window::{Outcome, Window};
use super::super::{Key, Policy};

/// Keys watched per policy at most; the longest untouched is forgotten first.
const KEYS_MAX: u64 = 100_000;

/// The windows of one policy.
#[derive(Debug)]
pub(in crate::http::limits) struct Memory {
    windows: Cache<Key, Arc<Mutex<Window>>>,
}

impl Memory {
    /// For windows of this length.
    pub(in crate::http::limits) fn new(window: Duration) -> Self {
        let windows = Cache::builder()
            .max_capacity(KEYS_MAX)
            .time_to_idle(window * 2)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { windows }
    }

    /// Lets in and counts, unless the quota is used up.
    pub(in crate::http::limits) fn hit(
        &self,
        key: Key,
        policy: &Policy,
        quota: u32,
        now: DateTime<Utc>,
    ) -> Outcome {
        let window = self.windows.get_with(key, Arc::default);
        window.lock().unwrap_or_else(PoisonError::into_inner).hit(
            now.timestamp_millis(),
            policy.window_ms(),
            quota,
        )
    }

    /// The refusal, when what was counted here alone uses up the whole quota.
    pub(in crate::http::limits) fn used_up(
        &self,
        key: Key,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Option<Outcome> {
        let window = self.windows.get(&key)?;
        window
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .used_up(now.timestamp_millis(), policy.window_ms(), policy.quota)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded() {
        let window = Duration::from_secs(60);
        let policy = Policy {
            name: "anonymous",
            quota: 100,
            window,
            guards_accounts: false,
        };
        let memory = Memory::new(window);
        for i in 0..1_000_000_u32 {
            let key = Key::Client(std::net::IpAddr::V4(i.into()));
            memory.hit(key, &policy, 100, DateTime::UNIX_EPOCH);
        }
        memory.windows.run_pending_tasks();
        assert!(memory.windows.entry_count() <= KEYS_MAX);
    }
}
