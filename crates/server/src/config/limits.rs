//! Section `limits`: rate limits.
use super::reader::Reader;

/// Rate limits.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// On or off.
    pub enabled: bool,
    /// Anonymous requests per client address and minute.
    pub global_per_minute: u32,
    /// Sign-in attempts per client address in 15 minutes.
    pub sign_in_per_15_min: u32,
    /// Requests per signed-in person and minute.
    pub user_per_minute: u32,
}

impl LimitsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let enabled = r.get("limits.enabled");
        let global_per_minute = r.number("limits.global_per_minute", 1, 1_000_000);
        let sign_in_per_15_min = r.number("limits.sign_in_per_15_min", 1, 1_000_000);
        let user_per_minute = r.number("limits.user_per_minute", 1, 1_000_000);
        Some(Self {
            enabled: enabled?,
            global_per_minute: global_per_minute?,
            sign_in_per_15_min: sign_in_per_15_min?,
            user_per_minute: user_per_minute?,
        })
    }
}
