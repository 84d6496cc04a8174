//! The named limits.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use som_domain::ids::UserId;
use uuid::Uuid;

use super::store::{Memory, Shared};
use super::{Key, Policy, Verdict};
use crate::config::LimitsConfig;
use crate::db::Db;
use crate::http::Problem;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What may be done, and not often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Sign up.
    SignUp,
    /// Ask for a new password.
    Reset,
    /// Set a new password by link.
    ResetCompletion,
    /// Show a second factor.
    SecondFactor,
    /// Invite somebody.
    Invite,
    /// Accept an invitation.
    AcceptInvitation,
}

/// One limit with this process's own count.
#[derive(Debug)]
struct Counter {
    policy: Policy,
    here: Memory,
}

impl Counter {
    fn new(name: &'static str, quota: u32, window: Duration, guards_accounts: bool) -> Self {
        let policy = Policy {
            name,
            quota,
            window,
            guards_accounts,
        };
        Self {
            policy,
            here: Memory::new(window),
        }
    }
}

/// One act, counted per client address and per person: by e-mail address, or by id where it is known.
#[derive(Debug)]
struct ActCounter {
    clients: Counter,
    people: Counter,
}

impl ActCounter {
    fn new(name: &'static str, quota: u32, window: Duration) -> Self {
        Self {
            clients: Counter::new(name, quota, window, true),
            people: Counter::new(name, quota, window, true),
        }
    }
}

/// All limits, counted in this process, or for all instances in what they share.
#[derive(Debug)]
pub struct Limiter {
    anonymous: Counter,
    sign_in: Counter,
    user: Counter,
    program: Counter,
    sign_up: ActCounter,
    reset: ActCounter,
    reset_completion: ActCounter,
    second_factor: ActCounter,
    invite: ActCounter,
    accept_invitation: ActCounter,
    shared: Shared,
    instances: u32,
    enabled: bool,
}

impl Limiter {
    /// Limits with the configured numbers.
    ///
    /// # Errors
    /// When the URL of Redis cannot be read.
    pub fn new(config: &LimitsConfig, db: &Db) -> anyhow::Result<Self> {
        let brief = Counter::new;
        Ok(Self {
            anonymous: brief("anonymous", config.global_per_minute, MINUTE, false),
            sign_in: brief("sign-in", config.sign_in_per_15_min, MINUTE * 15, true),
            user: brief("user", config.user_per_minute, MINUTE, false),
            program: brief("api-key", config.api_key_per_minute, MINUTE, false),
            sign_up: ActCounter::new("sign-up", config.sign_up_per_hour, HOUR),
            reset: ActCounter::new("password-reset", config.reset_per_hour, HOUR),
            reset_completion: ActCounter::new(
                "password-reset-completion",
                config.reset_completion_per_hour,
                HOUR,
            ),
            second_factor: ActCounter::new(
                "second-factor",
                config.second_factor_per_15_min,
                MINUTE * 15,
            ),
            invite: ActCounter::new("invitation", config.invitations_per_hour, HOUR),
            accept_invitation: ActCounter::new(
                "invitation-acceptance",
                config.acceptances_per_hour,
                HOUR,
            ),
            shared: Shared::new(config, db)?,
            instances: config.instances,
            enabled: config.enabled,
        })
    }

    /// Whether the limits are counted for all instances, as configured; without that each instance grants its share.
    pub async fn is_whole(&self) -> bool {
        !self.enabled || self.shared.answers().await
    }

    /// A request that nobody signed in stands behind.
    pub async fn anonymous(&self, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.hit(&self.anonymous, Key::client(ip), now).await
    }

    /// An attempt to sign in.
    pub async fn sign_in(&self, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.hit(&self.sign_in, Key::client(ip), now).await
    }

    /// A request of a signed-in person: counted for the person, so that an office behind one address is not throttled.
    pub async fn user(&self, user: UserId, now: DateTime<Utc>) -> Verdict {
        self.hit(&self.user, Key::Person(user), now).await
    }

    /// A request with an API key, counted for the key and those that replace it.
    pub async fn program(&self, family: Uuid, now: DateTime<Utc>) -> Verdict {
        self.hit(&self.program, Key::Program(family), now).await
    }

    /// An act of a client.
    pub async fn act(&self, act: Act, ip: IpAddr, now: DateTime<Utc>) -> Verdict {
        self.hit(&self.counter(act).clients, Key::client(ip), now)
            .await
    }

    /// The same act for an e-mail address, whether there is an account or not. Errors: 429.
    pub async fn act_for(&self, act: Act, email: &str, now: DateTime<Utc>) -> Result<(), Problem> {
        self.act_by(act, Key::address(email), now).await
    }

    /// The same act of a person who is known. Errors: 429.
    pub async fn act_of(&self, act: Act, user: UserId, now: DateTime<Utc>) -> Result<(), Problem> {
        self.act_by(act, Key::Person(user), now).await
    }

    async fn act_by(&self, act: Act, key: Key, now: DateTime<Utc>) -> Result<(), Problem> {
        if !self.enabled {
            return Ok(());
        }
        let verdict = self.hit(&self.counter(act).people, key, now).await;
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
            Act::SecondFactor => &self.second_factor,
            Act::Invite => &self.invite,
            Act::AcceptInvitation => &self.accept_invitation,
        }
    }

    /// Counts for all instances where that is possible. What this process let in is a part of that count: when its part alone is used up, nobody
    /// needs to be asked, so a flood costs the others nothing. Without an answer each instance grants its share: more than before never gets in.
    async fn hit(&self, counter: &Counter, key: Key, now: DateTime<Utc>) -> Verdict {
        let policy = counter.policy;
        if !self.shared.counts(&policy) {
            let quota = self.shared.quota_of_one(&policy, self.instances);
            return policy.verdict(counter.here.hit(key, &policy, quota, now));
        }
        if let Some(used_up) = counter.here.used_up(key, &policy, now) {
            return policy.verdict(used_up);
        }
        match self.shared.hit(&policy, key).await {
            Some(outcome) => {
                if outcome.allowed {
                    counter.here.hit(key, &policy, policy.quota, now);
                }
                policy.verdict(outcome)
            }
            None => {
                let quota = self.shared.quota_of_one(&policy, self.instances);
                policy.verdict(counter.here.hit(key, &policy, quota, now))
            }
        }
    }
}
