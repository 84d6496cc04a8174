//! Counting in Redis: one script per hit, exact for all instances.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use secrecy::{ExposeSecret, SecretString};

use super::super::window::Outcome;
use super::super::{Key, Policy};
use super::breaker::Breaker;

/// No request waits longer for a count.
const PATIENCE: Duration = Duration::from_millis(50);
/// For opening a connection, which goes on when the request no longer waits.
const CONNECT: Duration = Duration::from_millis(500);

/// The window of `window.rs`, by the clock of Redis. KEYS: the window. ARGV: length in milliseconds, quota. Gives allowed, remaining and
/// milliseconds until the oldest leaves.
const HIT: &str = r"
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local length, quota = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = tonumber(redis.call('LINDEX', KEYS[1], -1) or 0)
if last > now then now = last end
local first = redis.call('LINDEX', KEYS[1], 0)
while first and tonumber(first) <= now - length do
  redis.call('LPOP', KEYS[1])
  first = redis.call('LINDEX', KEYS[1], 0)
end
local used = redis.call('LLEN', KEYS[1])
local allowed = used < quota
if allowed then
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], length)
  used = used + 1
  first = first or now
end
return { allowed and 1 or 0, math.max(quota - used, 0), tonumber(first or now) + length - now }
";

/// A connection that comes back by itself.
pub(super) struct Redis {
    connection: ConnectionManager,
    script: Script,
    breaker: Breaker,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    /// Connects when it is needed.
    pub(super) fn new(url: &SecretString) -> anyhow::Result<Self> {
        // the URL may hold a password: what is wrong with it is not repeated
        let client = Client::open(url.expose_secret())
            .map_err(|_| anyhow::anyhow!("limits.redis_url cannot be read"))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1)
            .set_max_delay(CONNECT);
        let connection = ConnectionManager::new_lazy_with_config(client, config)
            .map_err(|error| anyhow::anyhow!("limits.redis_url: {}", error.category()))?;
        Ok(Self {
            connection,
            script: Script::new(HIT),
            breaker: Breaker::new(),
        })
    }

    /// Counts a hit.
    pub(super) async fn hit(&self, policy: &Policy, key: Key) -> anyhow::Result<Outcome> {
        let mut connection = self.connection.clone();
        let mut call = self.script.prepare_invoke();
        // the braces keep all keys of a client on one node of a cluster
        call.key(format!("som:limit:{}:{{{key}}}", policy.name))
            .arg(policy.window_ms())
            .arg(policy.quota);
        let counted = async { told(call.invoke_async(&mut connection).await) };
        let (allowed, remaining, reset_ms): (u8, u32, i64) =
            self.breaker.ask(PATIENCE, counted).await?;
        Ok(Outcome {
            allowed: allowed == 1,
            remaining,
            reset_ms,
        })
    }

    /// Whether it answers, asked as a request asks: without waiting for it when it failed a moment ago.
    pub(super) async fn answers(&self) -> bool {
        self.breaker.ask(PATIENCE, self.ping()).await.is_ok()
    }

    /// Asks it with more patience, to say why it does not answer.
    pub(super) async fn probe(&self) -> anyhow::Result<()> {
        let answer = tokio::time::timeout(CONNECT * 2, self.ping()).await;
        answer.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time")))
    }

    async fn ping(&self) -> anyhow::Result<()> {
        let mut connection = self.connection.clone();
        told(
            redis::cmd("PING")
                .query_async::<String>(&mut connection)
                .await,
        )
        .map(|_| ())
    }
}

/// What Redis says of an error may repeat what it was sent: only the kind of error is told.
fn told<T>(answer: redis::RedisResult<T>) -> anyhow::Result<T> {
    answer.map_err(|error| anyhow::anyhow!("Redis: {}", error.category()))
}
