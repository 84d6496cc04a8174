//! Section `outbound`: whom the server itself may ask over HTTP (identity providers, checks that a visitor is a person).
use super::Fault;
use super::keys::DefaultValue::{None as Unset, Same};
use super::keys::{Key, key};
use super::reader::Reader;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "outbound.allowed_hosts",
        "SOM_OUTBOUND_ALLOWED_HOSTS",
        Same(""),
        "Comma-separated hosts (`idp.example.com`, `*.example.com`) that may be asked. Empty: every public one.",
    ),
    key(
        "outbound.internal_origins",
        "SOM_OUTBOUND_INTERNAL_ORIGINS",
        Same(""),
        "Comma-separated origins inside the own network that may be asked, too: `https://idp.corp.example`, `http://localhost:9000`. Only these may be plain http; in production on this machine only.",
    ),
    key(
        "outbound.authorities",
        "SOM_OUTBOUND_AUTHORITIES",
        Unset,
        "A PEM file with certificate authorities to trust beside those of the machine.",
    ),
    key(
        "outbound.connect_timeout",
        "SOM_OUTBOUND_CONNECT_TIMEOUT",
        Same("2s"),
        "Patience for a connection, and again for its TLS handshake.",
    ),
    key(
        "outbound.timeout",
        "SOM_OUTBOUND_TIMEOUT",
        Same("5s"),
        "Time for a whole request, from the look-up of the name to the last byte.",
    ),
];

/// Whom the server itself may ask over HTTP.
#[derive(Debug, Clone)]
pub struct OutboundConfig {
    /// Hosts that may be asked; empty: every public one.
    pub allowed_hosts: Vec<String>,
    /// Origins inside the own network that may be asked.
    pub internal_origins: Vec<Url>,
    /// Further certificate authorities.
    pub authorities: Option<PathBuf>,
    /// Patience for a connection.
    pub connect_timeout: Duration,
    /// Time for a whole request.
    pub timeout: Duration,
}

impl OutboundConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (tick, most) = (Duration::from_millis(10), Duration::from_secs(60));
        let hosts: Option<Vec<String>> = r.get("outbound.allowed_hosts");
        let internal_origins = r.get("outbound.internal_origins");
        let authorities = r.optional("outbound.authorities");
        let connect_timeout = r.duration("outbound.connect_timeout", tick, most);
        let timeout = r.duration("outbound.timeout", tick, most);
        Some(Self {
            allowed_hosts: hosts?
                .iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
            internal_origins: internal_origins?,
            authorities,
            connect_timeout: connect_timeout?,
            timeout: timeout?,
        })
    }
}

/// Origins that would be asked over the network in the clear.
pub(super) fn open_origins(origins: &[Url], local: impl Fn(&Url) -> bool) -> Option<Fault> {
    let open = |url: &Url| url.scheme() != "https" && !local(url);
    origins.iter().any(open).then(|| {
        Fault::of(
            "outbound.internal_origins",
            "must be https unless on this machine".into(),
        )
    })
}
