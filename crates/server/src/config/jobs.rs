//! Section `jobs`: background work.
use super::keys::DefaultValue::Same;
use super::keys::{Key, key};
use super::reader::Reader;
use std::time::Duration;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "jobs.enabled",
        "SOM_JOBS",
        Same("true"),
        "Whether `som serve` also runs background jobs.",
    ),
    key(
        "jobs.workers",
        "SOM_JOB_WORKERS",
        Same("2"),
        "Jobs at the same time in one process.",
    ),
    key(
        "jobs.poll_interval",
        "SOM_JOB_POLL_INTERVAL",
        Same("5s"),
        "How often a worker that nobody wakes looks for work; queued jobs are announced.",
    ),
];

/// Background work.
#[derive(Debug, Clone)]
pub struct JobsConfig {
    /// Whether `som serve` runs jobs.
    pub enabled: bool,
    /// Jobs at the same time.
    pub workers: u32,
    /// Pause between two looks for work that nobody announced.
    pub poll_interval: Duration,
}

impl JobsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let enabled = r.get("jobs.enabled");
        let workers = r.number("jobs.workers", 1, 64);
        let poll_interval = r.duration(
            "jobs.poll_interval",
            Duration::from_millis(10),
            Duration::from_secs(60),
        );
        Some(Self {
            enabled: enabled?,
            workers: workers?,
            poll_interval: poll_interval?,
        })
    }
}
