//! Counting in Redis: one script per hit, exact for all instances.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use secrecy::{ExposeSecret, SecretString};

use super::super::window::Outcome;
use super::super::{Key, Policy};

/// No request waits longer for a count.
const PATIENCE: Duration = Duration::from_millis(50);
/// After a failure nobody asks for this long.
const PAUSE: Duration = Duration::from_secs(1);
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
    born: Instant,
    /// Milliseconds since `born` until which nobody asks.
    silent_until: AtomicU64,
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
            born: Instant::now(),
            silent_until: AtomicU64::new(0),
        })
    }

    /// Counts a hit.
    pub(super) async fn hit(&self, policy: &Policy, key: Key) -> anyhow::Result<Outcome> {
        anyhow::ensure!(
            self.now_ms() >= self.silent_until.load(Ordering::Relaxed),
            "Redis failed a moment ago"
        );
        let mut connection = self.connection.clone();
        let mut call = self.script.prepare_invoke();
        // the braces keep all keys of a client on one node of a cluster
        call.key(format!("som:limit:{}:{{{key}}}", policy.name))
            .arg(policy.window_ms())
            .arg(policy.quota);
        let answer = tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await;
        let answer: Result<(u8, u32, i64), _> = match answer {
            Ok(answer) => answer.context("Redis"),
            Err(_) => Err(anyhow::anyhow!("Redis did not answer within {PATIENCE:?}")),
        };
        if answer.is_err() {
            let until = self.now_ms() + u64::try_from(PAUSE.as_millis()).unwrap_or(0);
            self.silent_until.store(until, Ordering::Relaxed);
        }
        answer.map(|(allowed, remaining, reset_ms)| Outcome {
            allowed: allowed == 1,
            remaining,
            reset_ms,
        })
    }

    /// Whether it answers at all.
    pub(super) async fn answers(&self) -> bool {
        let mut connection = self.connection.clone();
        let ping = redis::cmd("PING");
        let question = ping.query_async::<String>(&mut connection);
        matches!(tokio::time::timeout(CONNECT * 2, question).await, Ok(Ok(_)))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
