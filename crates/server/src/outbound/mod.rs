//! The one way out: an HTTP client for addresses that people type in, which cannot be turned against the own network.
//!
//! Only https, to public addresses; what lies inside must be named by `outbound.internal_origins`. A name is looked up once, every address is judged, and
//! the connection goes to an address that was judged: a second answer of the name server changes nothing. Redirects are not followed, and time, head and
//! body are bounded.

mod address;
mod connect;
mod error;
mod policy;
mod resolver;
mod tls;

pub use error::{OutboundError, Refusal};
pub use resolver::Resolver;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::config::OutboundConfig;
use connect::Wire;
use policy::{Policy, Target};
use tls::Tls;

/// An answer that fits a small document; callers that expect more say so with [`Outbound::send`].
pub const BODY_USUAL: usize = 256 * 1024;
/// Headers of an answer at most, by number and by size.
const HEADERS: usize = 64;
const HEAD_BYTES: usize = 16 * 1024;
/// Conversations at a time; the next one waits inside its own time limit.
const AT_A_TIME: usize = 64;
const USER_AGENT: &str = concat!("som/", env!("CARGO_PKG_VERSION"));

/// The client; cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    policy: Policy,
    resolver: Resolver,
    tls: Tls,
    connect_timeout: Duration,
    timeout: Duration,
    gate: Semaphore,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    /// From the configuration. Errors when the file of further authorities cannot be used.
    pub fn new(config: &OutboundConfig) -> anyhow::Result<Self> {
        Self::with_resolver(config, Resolver::System)
    }

    /// The same with another way from names to addresses.
    pub fn with_resolver(config: &OutboundConfig, resolver: Resolver) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Inner {
            policy: Policy::new(config),
            resolver,
            tls: Tls::new(config.authorities.as_deref())?,
            connect_timeout: config.connect_timeout,
            timeout: config.timeout,
            gate: Semaphore::new(AT_A_TIME),
        })))
    }

    /// Whether a request to this address would leave at all: for checking what somebody types in. Its name is not looked up yet.
    ///
    /// # Errors
    /// Why not.
    pub fn would_take(&self, url: &Url) -> Result<(), Refusal> {
        self.0.policy.target(url).map(|_| ())
    }

    /// Sends a request and reads the whole answer, of `most` bytes at most, whatever its status but redirects.
    ///
    /// # Errors
    /// Nothing came, in time and in size, from an address that may be asked.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        most: usize,
    ) -> Result<Response<Bytes>, OutboundError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Refusal::Url)?;
        let answer = tokio::time::timeout(self.0.timeout, self.exchange(&url, request, most));
        let answer = answer.await.unwrap_or(Err(OutboundError::Timeout));
        if let Err(OutboundError::Refused(why)) = &answer {
            let host = url.host_str().unwrap_or_default();
            tracing::warn!(host, %why, "a request was not let out");
        }
        answer
    }

    /// Gets a document.
    ///
    /// # Errors
    /// As [`Outbound::send`].
    pub async fn get(&self, url: &Url) -> Result<Response<Bytes>, OutboundError> {
        let request = Request::get(url.as_str()).body(Bytes::new());
        self.send(request.map_err(|_| Refusal::Url)?, BODY_USUAL)
            .await
    }

    /// Posts the fields of a form.
    ///
    /// # Errors
    /// As [`Outbound::send`].
    pub async fn post_form(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
    ) -> Result<Response<Bytes>, OutboundError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(body));
        self.send(request.map_err(|_| Refusal::Url)?, BODY_USUAL)
            .await
    }

    async fn exchange(
        &self,
        url: &Url,
        request: Request<Bytes>,
        most: usize,
    ) -> Result<Response<Bytes>, OutboundError> {
        let target = self.0.policy.target(url)?;
        let _place = self.0.gate.acquire().await;
        let addresses = self.0.resolver.addresses(&target).await?;
        let wire = connect::open(&target, &addresses, self.0.connect_timeout, &self.0.tls).await?;
        converse(wire, prepared(request, url, &target)?, most).await
    }
}

/// The request as it goes over the wire: no header of the caller decides where it goes or how long the connection lives.
fn prepared(
    request: Request<Bytes>,
    url: &Url,
    target: &Target,
) -> Result<Request<Full<Bytes>>, OutboundError> {
    let (mut parts, body) = request.into_parts();
    let place = &url[url::Position::BeforePath..url::Position::AfterQuery];
    parts.uri = place.parse().map_err(|_| Refusal::Url)?;
    let host = HeaderValue::from_str(&target.authority()).map_err(|_| Refusal::Url)?;
    let headers = &mut parts.headers;
    for name in [
        header::ACCEPT_ENCODING,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
        header::UPGRADE,
        header::TE,
    ] {
        headers.remove(name);
    }
    headers.insert(header::HOST, host);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(Request::from_parts(parts, Full::new(body)))
}

async fn converse(
    wire: Wire,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Response<Bytes>, OutboundError> {
    let mut http = http1::Builder::new();
    http.max_headers(HEADERS).max_header_size(HEAD_BYTES);
    let (mut sender, connection) = http.handshake(TokioIo::new(wire)).await?;
    let _driver = AbortOnDropHandle::new(tokio::spawn(connection));
    let (parts, body) = sender.send_request(request).await?.into_parts();
    if parts.status.is_redirection() {
        return Err(OutboundError::Redirect(parts.status));
    }
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(OutboundError::Protocol("the answer is compressed".into()));
    }
    let most_bytes = u64::try_from(most).unwrap_or(u64::MAX);
    if body.size_hint().lower() > most_bytes {
        return Err(OutboundError::TooLarge);
    }
    let whole = Limited::new(body, most).collect().await;
    let whole = whole.map_err(|error| match error.downcast::<hyper::Error>() {
        Ok(hyper) => (*hyper).into(),
        Err(error) if error.is::<LengthLimitError>() => OutboundError::TooLarge,
        Err(error) => OutboundError::Protocol(error.to_string()),
    })?;
    Ok(Response::from_parts(parts, whole.to_bytes()))
}
