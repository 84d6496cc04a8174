//! A browser-like client of the router: cookies, CSRF header, ETags, idempotency keys.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use som_server::http::serve::PeerAddr;
use tower::ServiceExt;

/// Talks to the router as one browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    origin: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    peer: SocketAddr,
}

/// A request being built.
pub struct Call {
    client: Client,
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
    headers: Vec<(String, String)>,
    csrf: bool,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    what: String,
}

impl Client {
    pub fn new(router: Router, origin: &str) -> Self {
        Self {
            router,
            origin: origin.trim_end_matches('/').to_owned(),
            cookies: Arc::default(),
            peer: SocketAddr::from(([127, 0, 0, 1], 40000)),
        }
    }

    /// Signs in a fixture member.
    pub async fn sign_in_as(&self, email: &str) {
        let body = serde_json::json!({ "email": email, "password": super::PASSWORD });
        self.post("/auth/sign-in").json(body).send().await.ok();
    }

    /// The same browser from another address.
    pub fn from_peer(mut self, peer: SocketAddr) -> Self {
        self.peer = peer;
        self
    }

    /// A browser that has a copy of this one's cookies and then goes its own way.
    pub fn fork(&self) -> Self {
        let copy = self.cookies.lock().unwrap().clone();
        Self {
            cookies: Arc::new(Mutex::new(copy)),
            ..self.clone()
        }
    }

    pub fn cookie(&self, name_ends: &str) -> Option<String> {
        self.cookies
            .lock()
            .unwrap()
            .iter()
            .find(|(name, _)| name.ends_with(name_ends))
            .map(|(_, v)| v.clone())
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies.lock().unwrap().keys().cloned().collect()
    }

    pub fn call(&self, method: Method, path: impl Into<String>) -> Call {
        let path = path.into();
        let path = if path.starts_with("/api/")
            || path == "/health"
            || path == "/readiness"
            || path == "/"
            || path.starts_with("/auth/sso/callback")
        {
            path
        } else {
            format!("/api/v1{path}")
        };
        Call {
            client: self.clone(),
            method,
            path,
            body: None,
            headers: Vec::new(),
            csrf: true,
        }
    }

    pub fn get(&self, path: impl Into<String>) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: impl Into<String>) -> Call {
        self.call(Method::POST, path)
    }

    pub fn put(&self, path: impl Into<String>) -> Call {
        self.call(Method::PUT, path)
    }

    pub fn patch(&self, path: impl Into<String>) -> Call {
        self.call(Method::PATCH, path)
    }

    pub fn delete(&self, path: impl Into<String>) -> Call {
        self.call(Method::DELETE, path)
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for value in headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_ascii_lowercase().contains("max-age=0") || value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Call {
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self.header("content-type", "application/json")
    }

    /// A body as it is, with the JSON content type.
    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    /// A body without a content type of its own.
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// A body of another kind.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    pub fn any_version(self) -> Self {
        self.header("if-match", "*")
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Without the CSRF header and Origin.
    pub fn without_csrf(mut self) -> Self {
        self.csrf = false;
        self
    }

    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let client = self.client;
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path);
        let cookies = client.cookies.lock().unwrap().clone();
        if !cookies.is_empty() {
            request = request.header(
                header::COOKIE,
                cookies
                    .iter()
                    .map(|(n, v)| format!("{n}={v}"))
                    .collect::<Vec<_>>()
                    .join("; "),
            );
        }
        if self.csrf && !self.method.is_safe() {
            request = request
                .header("sec-fetch-site", "same-origin")
                .header(header::ORIGIN, &client.origin);
            if let Some((_, token)) = cookies.iter().find(|(name, _)| name.ends_with("som_csrf")) {
                request = request.header("x-csrf-token", token);
            }
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request
            .body(self.body.map_or_else(Body::empty, Body::from))
            .unwrap();
        request.extensions_mut().insert(PeerAddr(client.peer));
        let response = client.router.clone().oneshot(request).await.unwrap();
        client.keep_cookies(response.headers());
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
            what,
        };
        answer.explained();
        answer
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("{}: not JSON ({e}): {}", self.what, self.text()))
    }

    /// Whatever a test asks: a failure is a problem, and its codes have an explanation.
    fn explained(&self) {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        if !failed || self.bytes.is_empty() {
            return;
        }
        let problem = self.json();
        let errors = problem["errors"].as_array().into_iter().flatten();
        for code in errors.chain([&problem]).map(|one| &one["code"]) {
            let known = code.as_str().and_then(som_server::http::codes::find);
            assert!(
                known.is_some(),
                "{}: explain {code} in http/codes",
                self.what
            );
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The body of an answer with exactly this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}: {}",
            self.what,
            self.text()
        );
        if self.bytes.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.expect(200)
    }

    #[track_caller]
    pub fn created(&self) -> Value {
        self.expect(201)
    }

    /// The problem of an answer with exactly this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.what
        );
        assert_eq!(body["code"], code, "{}: {body}", self.what);
        assert_eq!(body["status"], status, "{}: {body}", self.what);
        assert!(
            body["request_id"]
                .as_str()
                .is_some_and(|id| id.starts_with("req_")),
            "{}: {body}",
            self.what
        );
        body
    }

    /// `pointer code` of every field problem, sorted.
    pub fn errors(&self) -> Vec<String> {
        let mut found: Vec<String> = self.json()["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|e| {
                format!(
                    "{} {}",
                    e["pointer"]
                        .as_str()
                        .or(e["parameter"].as_str())
                        .or(e["header"].as_str())
                        .unwrap_or("-"),
                    e["code"].as_str().unwrap_or("-")
                )
            })
            .collect();
        found.sort();
        found
    }
}
