//! Section `limits`: rate limits.
use super::Fault;
use super::keys::DefaultValue::Same;
use super::keys::{Key, key, secret};
use super::reader::Reader;
use super::value::FromText;
use secrecy::SecretString;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "limits.enabled",
        "SOM_LIMITS",
        Same("true"),
        "Rate limits on or off. Off is for load tests.",
    ),
    key(
        "limits.store",
        "SOM_LIMITS_STORE",
        Same("memory"),
        "Where they are counted: `memory` (each process by itself), `postgres` (sign-in, sign-up and passwords for all instances) or `redis` (all limits for all instances).",
    ),
    secret(
        "limits.redis_url",
        "SOM_REDIS_URL",
        "Redis of `limits.store`: `redis://user:password@host:6379/0`, `rediss://` for TLS, `unix:///path`.",
    ),
    key(
        "limits.instances",
        "SOM_INSTANCES",
        Same("1"),
        "How many instances share the limits: each grants its part alone while Redis or the database does not answer.",
    ),
    key(
        "limits.global_per_minute",
        "SOM_LIMIT_GLOBAL_PER_MINUTE",
        Same("100"),
        "Anonymous requests per client address and minute.",
    ),
    key(
        "limits.sign_in_per_15_min",
        "SOM_LIMIT_SIGN_IN_PER_15_MIN",
        Same("10"),
        "Sign-in attempts per client address, and failures per account, in 15 minutes.",
    ),
    key(
        "limits.user_per_minute",
        "SOM_LIMIT_USER_PER_MINUTE",
        Same("600"),
        "Requests per signed-in person and minute.",
    ),
    key(
        "limits.api_key_per_minute",
        "SOM_LIMIT_API_KEY_PER_MINUTE",
        Same("600"),
        "Requests per API key and minute; a key and those that replace it share them.",
    ),
    key(
        "limits.sign_up_per_hour",
        "SOM_LIMIT_SIGN_UP_PER_HOUR",
        Same("5"),
        "Sign-ups per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.reset_per_hour",
        "SOM_LIMIT_RESET_PER_HOUR",
        Same("3"),
        "Requests for a new password per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.reset_completion_per_hour",
        "SOM_LIMIT_RESET_COMPLETION_PER_HOUR",
        Same("5"),
        "New passwords set by link per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.invitations_per_hour",
        "SOM_LIMIT_INVITATIONS_PER_HOUR",
        Same("60"),
        "Invitations one person sends in an hour.",
    ),
    key(
        "limits.acceptances_per_hour",
        "SOM_LIMIT_ACCEPTANCES_PER_HOUR",
        Same("20"),
        "Invitations accepted per client address, and per e-mail address, in an hour.",
    ),
    key(
        "limits.second_factor_per_15_min",
        "SOM_LIMIT_SECOND_FACTOR_PER_15_MIN",
        Same("10"),
        "Codes of second factors per client address at sign-in, and per person, in 15 minutes.",
    ),
];

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
    /// Invitations one person sends in an hour.
    pub invitations_per_hour: u32,
    /// Invitations accepted per client address, and per e-mail address, in an hour.
    pub acceptances_per_hour: u32,
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
        let invitations = r.number("limits.invitations_per_hour", 1, 1_000_000);
        let acceptances = r.number("limits.acceptances_per_hour", 1, 1_000_000);
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
            invitations_per_hour: invitations?,
            acceptances_per_hour: acceptances?,
            second_factor_per_15_min: second_factor?,
        })
    }
}
