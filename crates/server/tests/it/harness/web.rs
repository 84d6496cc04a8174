//! A small web server on the loopback, plain or with a certificate of its own authority: it answers what a test writes, byte by byte.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use som_server::config::OutboundConfig;
use som_server::outbound::{Outbound, Resolver};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server does once it has read a request.
#[derive(Debug, Clone)]
pub enum Then {
    /// Writes this and closes.
    Answer(Vec<u8>),
    /// Writes this, and then this again and again.
    Forever(Vec<u8>, Vec<u8>),
    /// The same, with a pause before each repetition.
    Slowly(Vec<u8>, Vec<u8>),
    /// Says nothing.
    Silence,
}

/// The running server.
#[derive(Clone)]
pub struct Web {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    then: Arc<Mutex<Then>>,
}

/// A certificate authority with one certificate for a name.
pub struct Authority {
    pub pem: String,
    pub acceptor: TlsAcceptor,
}

impl Authority {
    pub fn of(name: &str) -> Self {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let own = own.signed_by(&key, &ca).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], key)
            .unwrap();
        Self {
            pem: ca.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}

impl Web {
    /// Listens on a free port; with an acceptor it speaks TLS.
    pub async fn start(tls: Option<TlsAcceptor>, then: Then) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let web = Self {
            port: listener.local_addr().unwrap().port(),
            requests: Arc::default(),
            then: Arc::new(Mutex::new(then)),
        };
        let server = web.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, tls) = (server.clone(), tls.clone());
                let then = server.then.lock().unwrap().clone();
                tokio::spawn(async move {
                    match tls {
                        None => server.talk(stream, then).await,
                        Some(tls) => server.talk(tls.accept(stream).await.ok()?, then).await,
                    }
                });
            }
        });
        web
    }

    /// What it does from now on.
    pub fn then(&self, then: Then) {
        *self.then.lock().unwrap() = then;
    }

    /// Requests that arrived, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    async fn talk(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        then: Then,
    ) -> Option<()> {
        let mut read = Vec::new();
        let mut piece = [0; 4096];
        while !complete(&read) {
            let n = stream.read(&mut piece).await.ok()?;
            if n == 0 {
                return None;
            }
            read.extend_from_slice(&piece[..n]);
        }
        let text = String::from_utf8_lossy(&read).into_owned();
        self.requests.lock().unwrap().push(text);
        match then {
            Then::Answer(bytes) => stream.write_all(&bytes).await.ok()?,
            Then::Forever(first, again) => {
                stream.write_all(&first).await.ok()?;
                loop {
                    stream.write_all(&again).await.ok()?;
                }
            }
            Then::Slowly(first, again) => {
                stream.write_all(&first).await.ok()?;
                loop {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    stream.write_all(&again).await.ok()?;
                    stream.flush().await.ok()?;
                }
            }
            Then::Silence => while stream.read(&mut piece).await.ok()? > 0 {},
        }
        stream.shutdown().await.ok()
    }
}

/// Head and, by its length, body.
fn complete(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}

/// A configuration that lets the named origins in, with short times.
pub fn outbound_config(internal: &[String], authorities: Option<&Path>) -> OutboundConfig {
    OutboundConfig {
        allowed_hosts: Vec::new(),
        internal_origins: internal.iter().map(|text| text.parse().unwrap()).collect(),
        authorities: authorities.map(Path::to_owned),
        connect_timeout: Duration::from_millis(900),
        timeout: Duration::from_millis(1000),
    }
}

/// A client for whom every name has these addresses; and how often it looked one up.
pub fn outbound(config: &OutboundConfig, addresses: &[IpAddr]) -> (Outbound, Arc<Mutex<u32>>) {
    let asked = Arc::new(Mutex::new(0));
    let (count, addresses) = (Arc::clone(&asked), addresses.to_vec());
    let lookup = move |_: &str, port: u16| {
        *count.lock().unwrap() += 1;
        let at = |ip: &IpAddr| SocketAddr::new(*ip, port);
        Ok(addresses.iter().map(at).collect())
    };
    let client = Outbound::with_resolver(config, Resolver::Given(Arc::new(lookup)));
    (client.unwrap(), asked)
}
