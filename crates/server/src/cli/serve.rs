//! `som serve` and `som worker`.

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::arguments::{ConfigFlags, ServeOptions};
use super::open::{self, Opened};
use super::{Exit, Failure, Outcome, first_run, inputs};
use crate::app::{self, AppState};
use crate::db::embedded::Embedded;
use crate::http;
use crate::jobs::Runner;
use crate::rotation;
use crate::workers;

pub(super) async fn serve(flags: &ConfigFlags, options: ServeOptions) -> Outcome {
    let demo = options.demo.then_some(options.demo_orders);
    let flags = with_options(flags, options)?;
    let (config, telemetry) = open::configure(&flags)?;
    // First of all: a port in use is the commonest mistake and is told before anything starts.
    let listener = http::serve::bind(config.server.listen).await.map_err(|e| {
        Failure::new(
            Exit::Configuration,
            format!("cannot listen on {}: {e}", config.server.listen),
        )
        .next("stop what uses it, or choose another port: SOM_LISTEN=127.0.0.1:8081 som serve")
    })?;
    let stop = stop_on_signal()?;
    let opened = tokio::select! {
        opened = open::open_configured(config, telemetry) => opened?,
        () = stop.cancelled() => return Ok(Exit::Interrupted),
    };
    let outcome = run(&opened, &flags, listener, demo, &stop).await;
    opened.close().await;
    outcome
}

pub(super) async fn worker(flags: &ConfigFlags) -> Outcome {
    let opened = open::open(flags).await?;
    let outcome = async {
        let state = opened.application().await?;
        let stop = stop_on_signal()?;
        let following = follow_keys(&state, flags, &stop)?;
        tracing::info!("the worker runs");
        runner(&state, &stop)
            .run(state.config().server.drain_timeout)
            .await;
        let _ = following.await;
        state.db().close().await;
        Ok(Exit::Ok)
    };
    let outcome = outcome.await;
    opened.close().await;
    outcome
}

async fn run(
    opened: &Opened,
    flags: &ConfigFlags,
    listener: TcpListener,
    demo: Option<u64>,
    stop: &CancellationToken,
) -> Outcome {
    if opened.config.database.auto_migrate {
        opened.migrate().await?;
    }
    let state = opened.application().await?;
    let place = opened.embedded.as_ref().map(Embedded::root);
    first_run::welcome(&state, demo, place).await?;
    let patience = state.config().server.drain_timeout;
    let jobs = state.config().jobs.enabled.then(|| {
        let stop = stop.clone();
        tokio::spawn(runner(&state, &stop).run(patience))
    });
    let following = follow_keys(&state, flags, stop)?;
    tracing::info!(listen = %opened.config.server.listen, version = env!("CARGO_PKG_VERSION"), "serving");
    let router = app::router(state.clone());
    http::serve::serve(listener, router, &opened.config.server, stop.clone()).await;
    if let Some(jobs) = jobs {
        let _ = jobs.await;
    }
    let _ = following.await;
    if let Err(error) = state.reads().flush(&state).await {
        tracing::error!(%error, "entries of the audit log are lost: who read what in the last moments");
    }
    state.db().close().await;
    tracing::info!("stopped");
    Ok(Exit::Ok)
}

/// Keys may be changed in the configuration while the server runs; SIGHUP has it read at once.
fn follow_keys(
    state: &AppState,
    flags: &ConfigFlags,
    stop: &CancellationToken,
) -> Result<JoinHandle<()>, Failure> {
    let hurry = signal(SignalKind::hangup())
        .map_err(|e| Failure::new(Exit::Unexpected, format!("cannot watch for signals: {e}")))?;
    let following = rotation::follow(state.clone(), inputs(flags)?, Some(hurry), stop.clone());
    Ok(tokio::spawn(following))
}

fn runner(state: &AppState, stop: &CancellationToken) -> Runner {
    let name = format!("som-{}", std::process::id());
    Runner::new(state.clone(), workers::registry(), name, stop.clone())
}

fn with_options(flags: &ConfigFlags, options: ServeOptions) -> Result<ConfigFlags, Failure> {
    let mut flags = ConfigFlags {
        more: flags.values()?,
        config: flags.config.clone(),
        ..ConfigFlags::default()
    };
    if options.demo {
        flags.more.insert("mode".into(), "development".into());
    }
    for (name, value) in [
        ("server.listen", options.listen),
        ("server.public_url", options.public_url),
    ] {
        if let Some(value) = value {
            flags.more.insert(name.into(), value);
        }
    }
    Ok(flags)
}

/// Cancelled by the first SIGTERM or Ctrl-C; the second one ends the process at once.
fn stop_on_signal() -> Result<CancellationToken, Failure> {
    let fail = |e: std::io::Error| {
        Failure::new(Exit::Unexpected, format!("cannot watch for signals: {e}"))
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        let mut times = 0;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            times += 1;
            if times > 1 {
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
            tracing::info!("stopping: requests under way are finished first");
            asked.cancel();
        }
    });
    Ok(stop)
}
