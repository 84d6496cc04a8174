//! The accept loop: our own on hyper, because limits begin before the first request is read.
//!
//! Time limits for headers, bodies and idle connections, caps on connections in all and per peer, HTTP/1 and HTTP/2, and a shutdown that
//! lets requests under way finish.

mod body;
mod canned;
mod connection;
mod io;
mod peers;
mod timing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use body::BodyTimeout;

use crate::config::{IpNet, ServerConfig};
use peers::Peers;

/// The socket's other end, in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// File descriptors that are not connections: database, logs, embedded files.
const OTHER_FILES: usize = 128;

/// A pause when the system has no descriptor left, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The limits of one connection.
#[derive(Debug, Clone)]
struct Limits {
    header_timeout: Duration,
    body_idle_timeout: Duration,
    body_timeout: Duration,
    keep_alive_idle: Duration,
}

/// Serves `router` until `stop` is cancelled; then waits for requests under way, at most `drain_timeout`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    stop: CancellationToken,
) {
    let limits = Arc::new(Limits {
        header_timeout: config.header_timeout,
        body_idle_timeout: config.body_idle_timeout,
        body_timeout: config.body_timeout,
        keep_alive_idle: config.keep_alive_idle,
    });
    let slots = Arc::new(Semaphore::new(connection_limit(config.max_connections)));
    let peers = Peers::new(config.max_connections_per_ip);
    let tasks = TaskTracker::new();
    let abort = CancellationToken::new();
    loop {
        // Taken before accepting: connections beyond the limit wait in the system's backlog.
        let slot = tokio::select! {
            () = stop.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                on_accept_error(&error).await;
                continue;
            }
        };
        let exempt = is_trusted(&config.trusted_proxies, peer);
        let Some(place) = peers.enter(peer.ip(), exempt) else {
            tracing::debug!("connection refused: too many of one peer");
            continue;
        };
        let serving = connection::run(
            stream,
            peer,
            router.clone(),
            Arc::clone(&limits),
            stop.clone(),
        );
        let abort = abort.clone();
        tasks.spawn(async move {
            let _held = (slot, place);
            tokio::select! {
                () = serving => {}
                () = abort.cancelled() => {}
            }
        });
    }
    drop(listener);
    drain(&tasks, &abort, config.drain_timeout).await;
}

/// Waits for the connections; those that take too long are cut.
async fn drain(tasks: &TaskTracker, abort: &CancellationToken, patience: Duration) {
    tasks.close();
    if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
        tracing::warn!(
            connections = tasks.len(),
            "shutdown cuts connections that did not finish"
        );
        abort.cancel();
        tasks.wait().await;
    }
}

/// Binds with a backlog for bursts.
///
/// # Errors
/// When the address is in use or not ours.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn on_accept_error(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::warn!(%error, "cannot accept connections");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

fn is_trusted(proxies: &[IpNet], peer: SocketAddr) -> bool {
    proxies.iter().any(|net| net.contains(peer.ip()))
}

/// The configured limit, or what the system's limit on open files leaves.
fn connection_limit(configured: usize) -> usize {
    let Some(files) = open_files_limit() else {
        return configured;
    };
    let possible = files.saturating_sub(OTHER_FILES).max(1);
    if possible < configured {
        tracing::warn!(
            configured,
            possible,
            "the limit on open files allows fewer connections: raise it (ulimit -n)"
        );
    }
    configured.min(possible)
}

/// The soft limit on open files, where the system tells it.
pub fn open_files_limit() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Small answers must not wait for more data.
fn tune(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
}
