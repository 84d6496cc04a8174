//! One limit, and what it said.

use std::time::Duration;

use super::window::Outcome;

/// One limit: a name for the headers, a number of requests and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Name in `RateLimit` headers.
    pub name: &'static str,
    /// Requests.
    pub quota: u32,
    /// Length of the window.
    pub window: Duration,
    /// Guards accounts: counted for all instances even where only the database is shared.
    pub guards_accounts: bool,
}

impl Policy {
    /// Length of the window in milliseconds.
    pub fn window_ms(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX)
    }

    /// What an outcome means to the caller.
    pub(super) fn verdict(self, outcome: Outcome) -> Verdict {
        Verdict {
            policy: self,
            allowed: outcome.allowed,
            remaining: outcome.remaining,
            reset_seconds: u64::try_from(outcome.reset_ms).unwrap_or(0).div_ceil(1000),
        }
    }
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
