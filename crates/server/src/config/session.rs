//! Section `session`: how long sign-ins last.
use super::keys::DefaultValue::Same;
use super::keys::{Key, key};
use super::reader::Reader;
use std::time::Duration;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "session.access_ttl",
        "SOM_ACCESS_TTL",
        Same("15m"),
        "Life of an access token. At most 60 minutes.",
    ),
    key(
        "session.idle",
        "SOM_SESSION_IDLE",
        Same("30m"),
        "A session without use ends after this time.",
    ),
    key(
        "session.absolute",
        "SOM_SESSION_ABSOLUTE",
        Same("12h"),
        "A session ends after this time in any case.",
    ),
    key(
        "session.remember",
        "SOM_SESSION_REMEMBER",
        Same("30d"),
        "The same for a session with \"remember me\".",
    ),
    key(
        "session.max_sessions",
        "SOM_MAX_SESSIONS",
        Same("10"),
        "Sessions of one person at most; the oldest ends.",
    ),
];

/// How long sign-ins last.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of an unused session.
    pub idle: Duration,
    /// Life of a session.
    pub absolute: Duration,
    /// Life of a session with "remember me".
    pub remember: Duration,
    /// Sessions of one person at most.
    pub max_sessions: u32,
}

impl SessionConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (second, day) = (Duration::from_secs(1), Duration::from_secs(86_400));
        let access_ttl = r.duration("session.access_ttl", second, Duration::from_secs(3600));
        let idle = r.duration("session.idle", second, day * 30);
        let absolute = r.duration("session.absolute", second, day * 30);
        let remember = r.duration("session.remember", second, day * 90);
        let max_sessions = r.number("session.max_sessions", 1, 1000);
        Some(Self {
            access_ttl: access_ttl?,
            idle: idle?,
            absolute: absolute?,
            remember: remember?,
            max_sessions: max_sessions?,
        })
    }
}
