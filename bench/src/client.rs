//! A keep-alive HTTP client as a browser on loopback: one connection, one session.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use uuid::Uuid;

/// Who signs in. The database is private and thrown away.
pub const EMAIL: &str = "owner@bench.example";
/// Their password.
pub const PASSWORD: &str = "seven quiet benches by the pond";

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Method.
    pub method: Method,
    /// Path with its query, after `/api/v1` unless it begins with `//`.
    pub path: String,
    /// JSON.
    pub body: Option<Bytes>,
    /// Whether it carries a new idempotency key.
    pub keyed: bool,
}

impl Ask {
    /// A read.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            body: None,
            keyed: false,
        }
    }

    /// A write, or a question with a body.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            body: Some(Bytes::from(body.to_string())),
            keyed: false,
        }
    }

    /// The same with an `Idempotency-Key` of its own.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        self.keyed = true;
        self
    }
}

/// A signed-in browser's cookies.
#[derive(Debug, Clone, Default)]
pub struct Session {
    cookies: String,
    csrf: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Body as it came over the wire.
    pub body: Bytes,
    cookies: Vec<String>,
}

impl Answer {
    /// The body of a success.
    pub fn json(&self) -> Result<Value> {
        if !self.status.is_success() {
            bail!("{}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        Ok(serde_json::from_slice(&self.body)?)
    }
}

/// One connection.
#[derive(Debug)]
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    origin: String,
    /// Whose requests these are.
    pub session: Session,
    /// `Accept-Encoding`; a browser sends `gzip, deflate, br`.
    pub encoding: Option<&'static str>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // An end of the connection shows at the next request.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            origin: format!("http://localhost:{}", address.port()),
            session: Session::default(),
            encoding: None,
        })
    }

    /// Signs in; the session is in every request from then on.
    pub async fn sign_in(&mut self) -> Result<()> {
        let answer = self.ask(&sign_in()).await?;
        answer.json().context("sign-in")?;
        for cookie in &answer.cookies {
            if let Some(value) = cookie.strip_prefix("som_csrf=") {
                value.clone_into(&mut self.session.csrf);
            }
        }
        self.session.cookies = answer.cookies.join("; ");
        Ok(())
    }

    /// Asks and reads the whole answer.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer> {
        let request = self.request(ask)?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let cookies = head.headers.get_all(header::SET_COOKIE).iter();
        let cookies = cookies
            .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        Ok(Answer {
            status: head.status,
            body: body.collect().await?.to_bytes(),
            cookies,
        })
    }

    fn request(&self, ask: &Ask) -> Result<Request<Full<Bytes>>> {
        let path = match ask.path.strip_prefix("//") {
            Some(outside) => format!("/{outside}"),
            None => format!("/api/v1{}", ask.path),
        };
        let mut request = Request::builder()
            .method(&ask.method)
            .uri(path)
            .header(header::HOST, self.origin.trim_start_matches("http://"));
        if let Some(encoding) = self.encoding {
            request = request.header(header::ACCEPT_ENCODING, encoding);
        }
        if !self.session.cookies.is_empty() {
            request = request.header(header::COOKIE, &self.session.cookies);
        }
        if ask.method != Method::GET {
            request = request
                .header(header::ORIGIN, &self.origin)
                .header("sec-fetch-site", "same-origin")
                .header("x-csrf-token", &self.session.csrf)
                .header(header::CONTENT_TYPE, "application/json");
        }
        if ask.keyed {
            request = request.header("idempotency-key", Uuid::now_v7().to_string());
        }
        Ok(request.body(Full::new(ask.body.clone().unwrap_or_default()))?)
    }
}

/// The sign-in itself.
pub fn sign_in() -> Ask {
    Ask::post(
        "/auth/sign-in",
        &json!({ "email": EMAIL, "password": PASSWORD }),
    )
}
