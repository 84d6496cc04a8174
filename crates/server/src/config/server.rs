//! Section `server`: the listener and its limits.
use super::keys::DefaultValue::Same;
use super::keys::{Key, key};
use super::reader::Reader;
use super::value::{Bytes, IpNet};
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "server.listen",
        "SOM_LISTEN",
        Same("127.0.0.1:8080"),
        "Address and port to listen on. Put a TLS proxy in front of anything but loopback.",
    ),
    key(
        "server.public_url",
        "SOM_PUBLIC_URL",
        Same("http://localhost:8080"),
        "The address people type. Used in links, cookies and origin checks; https in production unless it is loopback.",
    ),
    key(
        "server.trusted_proxies",
        "SOM_TRUSTED_PROXIES",
        Same(""),
        "Comma-separated networks (`10.0.0.0/8`) whose X-Forwarded-For is believed. Empty: the peer is the client.",
    ),
    key(
        "server.max_connections",
        "SOM_MAX_CONNECTIONS",
        Same("2000"),
        "Open connections at most; the next one waits in the backlog.",
    ),
    key(
        "server.max_connections_per_ip",
        "SOM_MAX_CONNECTIONS_PER_IP",
        Same("200"),
        "Open connections of one peer at most; more are closed at once. Trusted proxies are exempt.",
    ),
    key(
        "server.header_timeout",
        "SOM_HEADER_TIMEOUT",
        Same("10s"),
        "Time to send the request line and the headers.",
    ),
    key(
        "server.body_idle_timeout",
        "SOM_BODY_IDLE_TIMEOUT",
        Same("15s"),
        "Longest pause between two pieces of a request body.",
    ),
    key(
        "server.body_timeout",
        "SOM_BODY_TIMEOUT",
        Same("60s"),
        "Time to send a whole request body.",
    ),
    key(
        "server.keep_alive_idle",
        "SOM_KEEP_ALIVE_IDLE",
        Same("30s"),
        "An idle connection is closed after this time.",
    ),
    key(
        "server.max_body_bytes",
        "SOM_MAX_BODY_BYTES",
        Same("1MiB"),
        "Largest request body; 413 beyond it.",
    ),
    key(
        "server.max_import_bytes",
        "SOM_MAX_IMPORT_BYTES",
        Same("32MiB"),
        "Largest body of an import: the file and its mapping; 413 beyond it.",
    ),
    key(
        "server.drain_timeout",
        "SOM_DRAIN_TIMEOUT",
        Same("20s"),
        "How long shutdown waits for requests under way.",
    ),
];

/// The listener and its limits.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people type; always an origin without a path.
    pub public_url: Url,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Open connections at most.
    pub max_connections: usize,
    /// Open connections of one peer at most.
    pub max_connections_per_ip: usize,
    /// Time for request line and headers.
    pub header_timeout: Duration,
    /// Longest pause inside a body.
    pub body_idle_timeout: Duration,
    /// Time for a whole body.
    pub body_timeout: Duration,
    /// Life of an idle connection.
    pub keep_alive_idle: Duration,
    /// Largest body.
    pub max_body_bytes: usize,
    /// Largest body of an import.
    pub max_import_bytes: usize,
    /// Patience of shutdown.
    pub drain_timeout: Duration,
}

impl ServerConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (tick, hour) = (Duration::from_millis(10), Duration::from_secs(3600));
        let listen = r.get("server.listen");
        let public_url = r.get("server.public_url");
        let trusted_proxies = r.get("server.trusted_proxies");
        let max_connections = r.number("server.max_connections", 1, 1_000_000);
        let per_ip = r.number("server.max_connections_per_ip", 1, 1_000_000);
        let header_timeout = r.duration("server.header_timeout", tick, hour);
        let body_idle_timeout = r.duration("server.body_idle_timeout", tick, hour);
        let body_timeout = r.duration("server.body_timeout", tick, hour);
        let keep_alive_idle = r.duration("server.keep_alive_idle", tick, hour);
        let max_body = r.get::<Bytes>("server.max_body_bytes");
        let max_import = r.get::<Bytes>("server.max_import_bytes");
        let drain_timeout = r.duration("server.drain_timeout", Duration::ZERO, hour);
        Some(Self {
            listen: listen?,
            public_url: public_url?,
            trusted_proxies: trusted_proxies?,
            max_connections: max_connections? as usize,
            max_connections_per_ip: per_ip? as usize,
            header_timeout: header_timeout?,
            body_idle_timeout: body_idle_timeout?,
            body_timeout: body_timeout?,
            keep_alive_idle: keep_alive_idle?,
            max_body_bytes: max_body?.0,
            max_import_bytes: max_import?.0,
            drain_timeout: drain_timeout?,
        })
    }

    /// Whether the public address is https; cookies get their `__Host-` names then.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The public address as browsers send it in `Origin`: scheme, host and port without a slash.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// The public address with `path` (which begins with `/`) appended.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}
