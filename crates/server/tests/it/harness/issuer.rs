//! An identity provider that says what a test tells it: it publishes keys, takes codes, and signs whatever it is asked to.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use som_server::clock::Clock;
use tokio::net::TcpListener;
use url::Url;

/// How it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// ES256, with the key it publishes.
    Rightly,
    /// `none`, without a signature.
    Not,
    /// HS256 with the client secret, which it shares with us.
    Symmetrically,
    /// With another key under the published name.
    WithAnotherKey,
    /// With another key under a name of its own.
    WithAnUnknownKey,
}

/// What it does instead of answering at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    Answers,
    Refuses,
    Redirects,
    IsHuge,
    IsSilent,
    SaysNothing,
}

struct Inner {
    url: String,
    clock: Clock,
    keys: [SigningKey; 2],
    signs: Signs,
    published: Vec<usize>,
    tokens: Tokens,
    discovery: Value,
    user_info: Option<Value>,
    subject: Value,
    codes: BTreeMap<String, Value>,
    forms: Vec<BTreeMap<String, String>>,
    authorizations: Vec<String>,
    key_requests: usize,
}

/// The running provider.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

/// Of every client here.
pub const SECRET: &str = "a secret of the provider";

impl Issuer {
    pub async fn start(clock: &Clock) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = || {
            let seed: [u8; 32] = som_server::security::random::bytes().unwrap();
            SigningKey::from_slice(&seed).unwrap()
        };
        let inner = Arc::new(Mutex::new(Inner {
            url: url.clone(),
            clock: clock.clone(),
            keys: [key(), key()],
            signs: Signs::Rightly,
            published: vec![0],
            tokens: Tokens::Answers,
            discovery: json!({}),
            user_info: None,
            subject: json!({}),
            codes: BTreeMap::new(),
            forms: Vec::new(),
            authorizations: Vec::new(),
            key_requests: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    pub fn signs(&self, how: Signs) {
        self.inner.lock().unwrap().signs = how;
    }

    pub fn tokens(&self, how: Tokens) {
        self.inner.lock().unwrap().tokens = how;
    }

    /// Publishes its second key as well.
    pub fn publish_both_keys(&self) {
        self.inner.lock().unwrap().published = vec![0, 1];
    }

    /// Members of the discovery document, laid over the usual ones.
    pub fn discovery(&self, more: Value) {
        self.inner.lock().unwrap().discovery = more;
    }

    /// What it says about anybody when it is asked; usually who it is and nothing more.
    pub fn user_info(&self, claims: Value) {
        self.inner.lock().unwrap().user_info = Some(claims);
    }

    /// What arrived at the token endpoint.
    pub fn forms(&self) -> Vec<BTreeMap<String, String>> {
        self.inner.lock().unwrap().forms.clone()
    }

    /// The `Authorization` headers that came with it.
    pub fn authorizations(&self) -> Vec<String> {
        self.inner.lock().unwrap().authorizations.clone()
    }

    /// How often its keys were asked for.
    pub fn key_requests(&self) -> usize {
        self.inner.lock().unwrap().key_requests
    }

    /// Somebody signs in there: takes the address the browser was sent to, and gives the one it is sent back to. `claims` are laid over the usual
    /// ones; null takes one away.
    pub fn sign_in(&self, authorization: &str, claims: Value) -> String {
        let url = Url::parse(authorization).unwrap();
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        let code = som_server::security::random::token().unwrap().to_string();
        let mut inner = self.inner.lock().unwrap();
        let now = inner.clock.now().timestamp();
        let mut all = json!({
            "iss": inner.url, "aud": query["client_id"], "sub": "ada-1", "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": query["nonce"], "email": "ada@acme.example", "email_verified": true, "name": "Ada Byron",
        });
        lay_over(&mut all, &claims);
        let kept = json!({ "claims": all, "challenge": query["code_challenge"] });
        inner.subject = json!({ "sub": kept["claims"]["sub"] });
        inner.codes.insert(code.clone(), kept);
        let mut back = Url::parse("http://x/auth/sso/callback").unwrap();
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &query["state"])
            .append_pair("iss", &inner.url)
            .append_pair("session_state", "of no interest");
        back[url::Position::BeforePath..].to_owned()
    }
}

fn lay_over(all: &mut Value, more: &Value) {
    for (name, value) in more.as_object().into_iter().flatten() {
        if value.is_null() {
            all.as_object_mut().unwrap().remove(name);
        } else {
            all[name] = value.clone();
        }
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn discovery(State(inner): Shared) -> Json<Value> {
    let inner = inner.lock().unwrap();
    let url = &inner.url;
    let mut document = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"), "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256", "HS256"],
        "authorization_response_iss_parameter_supported": true,
    });
    lay_over(&mut document, &inner.discovery);
    Json(document)
}

async fn jwks(State(inner): Shared) -> Json<Value> {
    let mut inner = inner.lock().unwrap();
    inner.key_requests += 1;
    let keys = inner.published.iter().map(|n| {
        let point = inner.keys[*n].verifying_key().to_encoded_point(false);
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": format!("key-{n}"),
                "x": part(point.x().unwrap()), "y": part(point.y().unwrap()) })
    });
    Json(json!({ "keys": keys.collect::<Vec<_>>() }))
}

async fn user_info(State(inner): Shared, headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer access");
    let inner = inner.lock().unwrap();
    let said = inner.user_info.as_ref().unwrap_or(&inner.subject);
    Json(said.clone()).into_response()
}

async fn token(State(inner): Shared, headers: HeaderMap, body: String) -> Response {
    let pairs = url::form_urlencoded::parse(body.as_bytes());
    let form: BTreeMap<String, String> = pairs.into_owned().collect();
    let (how, found) = {
        let mut inner = inner.lock().unwrap();
        inner.forms.push(form.clone());
        let authorization = headers
            .get("authorization")
            .map(|v| v.to_str().unwrap().to_owned());
        inner.authorizations.extend(authorization);
        (inner.tokens, inner.codes.remove(&form["code"]))
    };
    let refused = || {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
            .into_response()
    };
    match how {
        Tokens::Answers => {}
        Tokens::Refuses => return refused(),
        Tokens::Redirects => {
            return (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response();
        }
        Tokens::IsHuge => return vec![b' '; 1 << 20].into_response(),
        Tokens::IsSilent => std::future::pending().await,
        Tokens::SaysNothing => {
            return Json(json!({ "access_token": "access", "token_type": "Bearer" }))
                .into_response();
        }
    }
    let Some(kept) = found else { return refused() };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if kept["challenge"] != challenge {
        return refused();
    }
    let token = inner.lock().unwrap().signed(&kept["claims"]);
    Json(json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token })).into_response()
}

impl Inner {
    fn signed(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let (algorithm, name, key) = match self.signs {
            Signs::Rightly => ("ES256", "key-0", 0),
            Signs::Not => ("none", "key-0", 0),
            Signs::Symmetrically => ("HS256", "key-0", 0),
            Signs::WithAnotherKey => ("ES256", "key-0", 1),
            Signs::WithAnUnknownKey => ("ES256", "key-1", 1),
        };
        let head = part(&json!({ "alg": algorithm, "kid": name, "typ": "JWT" }));
        let text = format!("{head}.{}", part(claims));
        let signature = match self.signs {
            Signs::Not => Vec::new(),
            Signs::Symmetrically => {
                use hmac::{Hmac, KeyInit, Mac};
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            _ => {
                let signature: Signature = self.keys[key].sign(text.as_bytes());
                signature.to_bytes().to_vec()
            }
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
