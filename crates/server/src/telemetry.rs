//! Log lines: JSON in production, readable in development, written to stderr by a thread of their own so that no request waits for a pipe.

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Writes what is still buffered when dropped: keep it until the end of `main`.
#[derive(Debug)]
#[must_use = "log lines are lost when the guard is dropped early"]
pub struct Telemetry {
    _writer: WorkerGuard,
}

/// Starts logging. A second call in one process changes nothing.
pub fn init(config: &LogConfig) -> Telemetry {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(&config.level))
        .with_writer(writer);
    // An error only means that logging has been started before (tests).
    let _ = match config.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            // the access log line carries what a span would repeat
            .with_span_list(false)
            .with_current_span(false)
            .finish()
            .try_init(),
        LogFormat::Pretty => builder
            .compact()
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .finish()
            .try_init(),
    };
    Telemetry { _writer: guard }
}

/// The configured filter; the chatter of libraries only when it is asked for by name.
fn filter(level: &str) -> EnvFilter {
    let quiet = format!("hyper=warn,h2=warn,sqlx=warn,rustls=warn,{level}");
    EnvFilter::try_new(quiet).unwrap_or_else(|_| EnvFilter::new("info"))
}
