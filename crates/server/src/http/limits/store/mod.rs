//! Where limits are counted: in this process, in PostgreSQL for what guards accounts, or in Redis.

mod breaker;
mod memory;
mod postgres;
mod redis;

use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use self::memory::Memory;

use self::postgres::Postgres;
use self::redis::Redis;
use super::window::Outcome;
use super::{Key, Policy};
use crate::config::{LimitsConfig, LimitsStore};
use crate::db::Db;

/// How the Redis of a configuration stands.
#[derive(Debug, PartialEq, Eq)]
pub enum RedisState {
    /// There is none.
    Unused,
    /// It answers.
    Answers,
    /// It does not, and this kind of error is why.
    Fails(String),
}

/// Asks the Redis of this configuration.
///
/// # Errors
/// When its URL cannot be read.
pub async fn redis_state(config: &LimitsConfig) -> anyhow::Result<RedisState> {
    let (LimitsStore::Redis, Some(url)) = (config.store, &config.redis_url) else {
        return Ok(RedisState::Unused);
    };
    Ok(match Redis::new(url)?.probe().await {
        Ok(()) => RedisState::Answers,
        Err(error) => RedisState::Fails(error.to_string()),
    })
}

/// What instances share to count together.
#[derive(Debug)]
pub(super) struct Shared {
    place: Place,
    failing: AtomicBool,
}

#[derive(Debug)]
enum Place {
    Nothing,
    Postgres(Postgres),
    Redis(Redis),
}

impl Shared {
    /// As configured.
    ///
    /// # Errors
    /// When the URL of Redis cannot be read.
    pub(super) fn new(config: &LimitsConfig, db: &Db) -> anyhow::Result<Self> {
        let place = match (config.store, &config.redis_url) {
            (LimitsStore::Redis, Some(url)) => Place::Redis(Redis::new(url)?),
            (LimitsStore::Postgres, _) => Place::Postgres(Postgres::new(db.clone())),
            (LimitsStore::Memory | LimitsStore::Redis, _) => Place::Nothing,
        };
        Ok(Self {
            place,
            failing: AtomicBool::new(false),
        })
    }

    /// Whether this limit is counted together. The database counts what guards accounts; a write for every request would be too dear.
    pub(super) fn counts(&self, policy: &Policy) -> bool {
        match self.place {
            Place::Nothing => false,
            Place::Postgres(_) => policy.guards_accounts,
            Place::Redis(_) => true,
        }
    }

    /// What one of the instances may grant by itself.
    pub(super) fn quota_of_one(&self, policy: &Policy, instances: u32) -> u32 {
        match self.place {
            Place::Nothing => policy.quota,
            Place::Postgres(_) | Place::Redis(_) => (policy.quota / instances.max(1)).max(1),
        }
    }

    /// Whether counting together works, as far as it can be told without waiting.
    pub(super) async fn answers(&self) -> bool {
        match &self.place {
            Place::Nothing => true,
            Place::Postgres(_) => !self.failing.load(Ordering::Relaxed),
            Place::Redis(redis) => redis.answers().await,
        }
    }

    /// Counts together; `None` when there is no answer in time.
    pub(super) async fn hit(&self, policy: &Policy, key: Key) -> Option<Outcome> {
        let outcome = match &self.place {
            Place::Nothing => return None,
            Place::Postgres(postgres) => postgres.hit(policy, key).await,
            Place::Redis(redis) => redis.hit(policy, key).await,
        };
        self.note(outcome)
    }

    /// Says once that counting together fails, and once that it works again.
    fn note(&self, outcome: anyhow::Result<Outcome>) -> Option<Outcome> {
        match outcome {
            Ok(outcome) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("rate limits are counted together again");
                }
                Some(outcome)
            }
            Err(error) => {
                if !self.failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "rate limits cannot be counted together: every instance grants its share"
                    );
                }
                None
            }
        }
    }
}
