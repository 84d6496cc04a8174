//! The one maker of identifiers: UUIDv7 from the request's time and the system's randomness.

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes UUIDv7s that grow within a process.
#[derive(Debug, Default)]
pub struct Ids {
    context: std::sync::Mutex<ContextV7>,
}

impl Ids {
    /// A new identifier; those of one process sort by creation.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that makes identifiers"
    )]
    pub fn next(&self, now: DateTime<Utc>) -> Uuid {
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }
}
