//! Section `limits`: rate limits.
use super::Fault;
use super::reader::Reader;
use super::value::FromText;
use secrecy::SecretString;

/// Where limits are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsStore {
    /// In each process by itself.
    Memory,
    /// In the database for what guards accounts, by each process for the rest.
    Postgres,
    /// In Redis, for all instances.
    Redis,
}

impl FromText for LimitsStore {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "memory" => Ok(Self::Memory),
            "postgres" => Ok(Self::Postgres),
            "redis" => Ok(Self::Redis),
            _ => Err("expected memory, postgres or redis".into()),
        }
    }
}

/// Rate limits.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// On or off.
    pub enabled: bool,
    /// Where they are counted.
    pub store: LimitsStore,
    /// Redis, when they are counted there.
    pub redis_url: Option<SecretString>,
    /// Instances that share the limits.
    pub instances: u32,
    /// Anonymous requests per client address and minute.
    pub global_per_minute: u32,
    /// Sign-in attempts per client address in 15 minutes.
    pub sign_in_per_15_min: u32,
    /// Requests per signed-in person and minute.
    pub user_per_minute: u32,
    /// Requests per API key and minute.
    pub api_key_per_minute: u32,
    /// Sign-ups per client address, and per e-mail address, in an hour.
    pub sign_up_per_hour: u32,
    /// Requests for a new password, counted alike.
    pub reset_per_hour: u32,
    /// New passwords set by link, counted alike.
    pub reset_completion_per_hour: u32,
    /// Second factors shown per client address at sign-in, and per person, in 15 minutes.
    pub second_factor_per_15_min: u32,
}

impl LimitsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let enabled = r.get("limits.enabled");
        let store = r.get("limits.store");
        let redis_url: Option<SecretString> = r.optional("limits.redis_url");
        let instances = r.number("limits.instances", 1, 1000);
        if store == Some(LimitsStore::Redis) && redis_url.is_none() {
            r.faults.push(Fault::of(
                "limits.redis_url",
                "must be set when limits.store is redis".into(),
            ));
        }
        let global_per_minute = r.number("limits.global_per_minute", 1, 1_000_000);
        let sign_in_per_15_min = r.number("limits.sign_in_per_15_min", 1, 1_000_000);
        let user_per_minute = r.number("limits.user_per_minute", 1, 1_000_000);
        let api_key_per_minute = r.number("limits.api_key_per_minute", 1, 1_000_000);
        let sign_up_per_hour = r.number("limits.sign_up_per_hour", 1, 1_000_000);
        let reset_per_hour = r.number("limits.reset_per_hour", 1, 1_000_000);
        let completion = r.number("limits.reset_completion_per_hour", 1, 1_000_000);
        let second_factor = r.number("limits.second_factor_per_15_min", 1, 1_000_000);
        Some(Self {
            enabled: enabled?,
            store: store?,
            redis_url,
            instances: instances?,
            global_per_minute: global_per_minute?,
            sign_in_per_15_min: sign_in_per_15_min?,
            user_per_minute: user_per_minute?,
            api_key_per_minute: api_key_per_minute?,
            sign_up_per_hour: sign_up_per_hour?,
            reset_per_hour: reset_per_hour?,
            reset_completion_per_hour: completion?,
            second_factor_per_15_min: second_factor?,
        })
    }
}
