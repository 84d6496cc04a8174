//! Section `log`: what is written and how.
use super::keys::DefaultValue::{ByMode, Same};
use super::keys::{Key, key};
use super::reader::Reader;
use super::value::FromText;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "log.format",
        "SOM_LOG_FORMAT",
        ByMode {
            development: "pretty",
            production: "json",
        },
        "`json` (one line per request) or `pretty`.",
    ),
    key(
        "log.level",
        "SOM_LOG",
        Same("info"),
        "`error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,sqlx=warn`.",
    ),
];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

impl FromText for LogFormat {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "pretty" => Ok(Self::Pretty),
            _ => Err("expected json or pretty".into()),
        }
    }
}

/// What is written and how.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// How lines look.
    pub format: LogFormat,
    /// Level or filter.
    pub level: String,
}

impl LogConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let format = r.get("log.format");
        let level: Option<String> = r.get("log.level");
        if level
            .as_ref()
            .is_some_and(|l| l.parse::<tracing_subscriber::EnvFilter>().is_err())
        {
            r.faults.push(super::Fault::of(
                "log.level",
                "expected a level or a filter such as info,sqlx=warn".into(),
            ));
        }
        Some(Self {
            format: format?,
            level: level?,
        })
    }
}
