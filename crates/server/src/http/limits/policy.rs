//! The named limits and the memory they count in.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use som_domain::ids::UserId;
use uuid::Uuid;

use super::window::{Outcome, Window};
use crate::config::LimitsConfig;
use crate::http::Problem;
use crate::security::random;

/// Keys watched per policy at most; the longest untouched is forgotten first.
const KEYS_MAX: u64 = 100_000;

/// One limit: a name for the headers, a number of requests and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Name in `RateLimit` headers.
    pub name: &'static str,
    /// Requests.
    pub quota: u32,
    /// Length of the window.
    pub window: Duration,
}

/// What a policy said about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The policy.
    pub policy: Policy,
    /// Whether the request may go on.
    pub allowed: bool,
    /// Requests left.
    pub remaining: u32,
    /// Seconds until the oldest counted request leaves the window, rounded up.
    pub reset_seconds: u64,
}

#[derive(Debug)]
struct Counter<K: Hash + Eq + Send + Sync + 'static> {
    policy: Policy,
    windows: Cache<K, Arc<Mutex<Window>>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Counter<K> {
    fn new(name: &'static str, quota: u32, window: Duration) -> Self {
        let windows = Cache::builder()
            .max_capacity(KEYS_MAX)
            .time_to_idle(window * 2)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self {
            policy: Policy {
                name,
                quota,
                window,
            },
            windows,
        }
    }

    fn hit(&self, key: K, now: DateTime<Utc>) -> Verdict {
        let window = self.windows.get_with(key, Arc::default);
        let length = i64::try_from(self.policy.window.as_millis()).unwrap_or(i64::MAX);
        let Outcome {
            allowed,
            remaining,
            reset_ms,
        } = window.lock().unwrap_or_else(PoisonError::into_inner).hit(
            now.timestamp_millis(),
            length,
            self.policy.quota,
        );
        let reset_seconds = u64::try_from(reset_ms).unwrap_or(0).div_ceil(1000);
        Verdict {
            policy: self.policy,
            allowed,
            remaining,
            reset_seconds,
        }
    }
}

/// What anybody may do without signing in, and not often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Sign up.
    SignUp,
    /// Ask for a new password.
    Reset,
    /// Set a new password by link.
    ResetCompletion,
}

/// One act, counted per client address and per e-mail address.
#[derive(Debug)]
struct ActCounter {
    clients: Counter<IpAddr>,
    addresses: Counter<random::Hash>,
}

impl ActCounter {
    fn new(name: &'static str, quota: u32) -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            clients: Counter::new(name, quota, hour),
            addresses: Counter::new(name, quota, hour),
        }
    }
}

/// All limits of one process.
#[derive(Debug)]
pub struct Limiter {
    anonymous: Counter<IpAddr>,
    sign_in: Counter<IpAddr>,
    user: Counter<UserId>,
    program: Counter<Uuid>,
    sign_up: ActCounter,
    reset: ActCounter,
    reset_completion: ActCounter,
    enabled: bool,
}

impl Limiter {
    /// Limits with the configured numbers.
    pub fn new(config: &LimitsConfig) -> Self {
        let minute = Duration::from_secs(60);
        Self {
            anonymous: Counter::new("anonymous", config.global_per_minute, minute),
            sign_in: Counter::new("sign-in", config.sign_in_per_15_min, minute * 15),
            user: Counter::new("user", config.user_per_minute, minute),
            program: Counter::new("api-key", config.api_key_per_minute, minute),
            sign_up: ActCounter::new("sign-up", config.sign_up_per_hour),
            reset: ActCounter::new("password-reset", config.reset_per_hour),
            reset_completion: ActCounter::new(
                "password-reset-completion",
                config.reset_completion_per_hour,
            ),
            enabled: config.enabled,
        }
    }

    /// A request that nobody signed in stands behind.
    pub fn anonymous(&self, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.anonymous.hit(network(ip), now)
    }

    /// An attempt to sign in.
    pub fn sign_in(&self, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.sign_in.hit(network(ip), now)
    }

    /// An act of a client.
    pub fn act(&self, act: Act, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.counter(act).clients.hit(network(ip), now)
    }

    /// The same act for an e-mail address, whether there is an account or not. Errors: 429.
    pub fn act_for(&self, act: Act, email: &str, now: DateTime<Utc>) -> Result<(), Problem> {
        if !self.enabled {
            return Ok(());
        }
        // addresses are not kept in memory in the clear
        let key = random::hash(&email.to_lowercase());
        let verdict = self.counter(act).addresses.hit(key, now);
        if verdict.allowed {
            return Ok(());
        }
        Err(super::headers::refusal(&verdict))
    }

    const fn counter(&self, act: Act) -> &ActCounter {
        match act {
            Act::SignUp => &self.sign_up,
            Act::Reset => &self.reset,
            Act::ResetCompletion => &self.reset_completion,
        }
    }

    /// A request of a signed-in person: counted for the person, so that an office behind one address is not throttled.
    pub fn user(&self, user: UserId, now: DateTime<Utc>) -> Verdict {
        self.user.hit(user, now)
    }

    /// A request with an API key, counted for the key and those that replace it.
    pub fn program(&self, family: Uuid, now: DateTime<Utc>) -> Verdict {
        self.program.hit(family, now)
    }
}

/// What counts as one client: an IPv4 address, or the /64 an IPv6 client can choose addresses from.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & (u128::MAX << 64)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> Limiter {
        Limiter::new(&LimitsConfig {
            enabled: true,
            global_per_minute: 100,
            sign_in_per_15_min: 10,
            user_per_minute: 600,
            api_key_per_minute: 600,
            sign_up_per_hour: 5,
            reset_per_hour: 3,
            reset_completion_per_hour: 5,
        })
    }

    #[test]
    fn a_client_cannot_hide_in_its_own_network() {
        let limiter = limiter();
        let now = DateTime::UNIX_EPOCH;
        for i in 0..10_u128 {
            let ip = IpAddr::V6((0x2001_0db8 << 96 | i).into());
            assert!(limiter.sign_in(ip, now).allowed);
        }
        assert!(
            !limiter
                .sign_in("2001:db8::ffff".parse().unwrap(), now)
                .allowed
        );
        assert!(
            limiter
                .sign_in("2001:db8:0:1::1".parse().unwrap(), now)
                .allowed
        );
    }

    #[test]
    fn mapped_addresses_are_ipv4() {
        let limiter = limiter();
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..100 {
            assert!(limiter.anonymous("192.0.2.1".parse().unwrap(), now).allowed);
        }
        let refused = limiter.anonymous("::ffff:192.0.2.1".parse().unwrap(), now);
        assert_eq!(
            (refused.allowed, refused.remaining, refused.reset_seconds),
            (false, 0, 60)
        );
        assert!(limiter.anonymous("192.0.2.2".parse().unwrap(), now).allowed);
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = limiter();
        let now = DateTime::UNIX_EPOCH;
        for i in 0..150_000_u32 {
            limiter.anonymous(IpAddr::V4(i.into()), now);
        }
        limiter.anonymous.windows.run_pending_tasks();
        assert!(limiter.anonymous.windows.entry_count() <= KEYS_MAX);
    }
}
