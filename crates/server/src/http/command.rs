//! A write as it comes in: the parsed body with everything that guards it (idempotency key, expected version, dry run); or, for what
//! is no transaction with a kept answer, the body alone.

use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use deserr::Deserr;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sha2::{Digest, Sha256};

use super::input::{self, InputErrors};
use super::{ApiError, FieldProblem, Problem};
use crate::app::AppState;
use crate::caller::Caller;

/// The key and fingerprint under which a write is carried out once.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The client's key.
    pub key: String,
    /// HTTP method.
    pub method: String,
    /// Path of the request.
    pub path: String,
    /// SHA-256 of the query and body.
    pub hash: [u8; 32],
}

/// What the client believes is the current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No header.
    Missing,
    /// `*`: knowingly whatever it is.
    Any,
    /// One of these versions.
    Versions(Vec<i32>),
}

/// A write: body, idempotency key, expected version and whether it is only tried (`?dry_run=true`).
#[derive(Debug)]
pub struct Command<T> {
    /// The parsed body.
    pub body: T,
    /// `If-Match`.
    pub if_match: IfMatch,
    /// `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
    /// Validate and roll back.
    pub dry_run: bool,
}

/// The body of what cannot be tried: sign-in, sessions, factors, and look-ups that keep nothing anyway. Who tries it is refused, so
/// that nothing happens which the sender believed to be a trial. Errors: 400 for `dry_run=true` and any other query parameter.
#[derive(Debug)]
pub struct Sent<T> {
    /// The parsed body.
    pub body: T,
}

impl<T> FromRequest<AppState> for Sent<T>
where
    T: Deserr<InputErrors> + Send + 'static,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        if dry_run(request.uri().query())? {
            return Err(Problem::bad_parameter(
                "dry_run",
                "dry_run_unsupported",
                "This cannot be tried: it is done or not done. Nothing was done.",
            )
            .into());
        }
        let Command { body, .. } = Command::from_request(request, state).await?;
        Ok(Self { body })
    }
}

impl<T> Command<T> {
    /// Programs repeat what they are not sure of: what they place comes with a key. Errors: 400 `idempotency_key_required`.
    pub fn require_key_of(&self, caller: &Caller) -> Result<(), Problem> {
        if caller.program.is_none() || self.idempotency.is_some() {
            return Ok(());
        }
        Err(Problem::with_errors(
            StatusCode::BAD_REQUEST,
            "idempotency_key_required",
            vec![FieldProblem::header(
                "Idempotency-Key",
                "required",
                "Orders placed with an API key need an Idempotency-Key, so that a repetition places nothing twice.",
            )],
        ))
    }
}

impl<T> FromRequest<AppState> for Command<T>
where
    T: Deserr<InputErrors> + Send + 'static,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(body, state.config().server.max_body_bytes).await?;
        if !bytes.is_empty() {
            check_content_type(&parts.headers)?;
        }
        let dry_run = dry_run(parts.uri.query())?;
        let if_match = if_match(&parts.headers)?;
        let idempotency = idempotency(&parts, &[&bytes])?;
        let body = input::parse(&bytes)?;
        Ok(Self {
            body,
            if_match,
            idempotency,
            dry_run,
        })
    }
}

/// Reads a body up to a limit. Errors: 413 (at once when its announced length is beyond it), 400 when it breaks off, 408 when it stalls.
pub async fn read_body(body: axum::body::Body, limit: usize) -> Result<bytes::Bytes, Problem> {
    let too_large = || {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body is larger than {limit} bytes."),
        )
    };
    if usize::try_from(body.size_hint().lower()).map_or(true, |announced| announced > limit) {
        return Err(too_large());
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(too_large()),
        Err(error) if error.to_string().contains("timed out") => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "The body did not arrive in time.",
        )),
        Err(_) => Err(Problem::bad_request(
            "body_incomplete",
            "The body broke off.",
        )),
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoded_body",
            "Compressed request bodies are not accepted.",
        ));
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if essence == "application/json" || essence == "application/merge-patch+json" {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "Send the body as application/json.",
    ))
}

fn dry_run(query: Option<&str>) -> Result<bool, Problem> {
    let mut dry_run = false;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match (name.as_ref(), value.as_ref()) {
            ("dry_run", "true") => dry_run = true,
            ("dry_run", "false") => {}
            ("dry_run", _) => {
                return Err(Problem::bad_parameter(
                    "dry_run",
                    "invalid_value",
                    "`dry_run` is true or false.",
                ));
            }
            (other, _) => {
                return Err(Problem::bad_parameter(
                    other,
                    "unknown_parameter",
                    "Writes take no query parameter but `dry_run`.",
                ));
            }
        }
    }
    Ok(dry_run)
}

fn if_match(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter().peekable();
    if values.peek().is_none() {
        return Ok(IfMatch::Missing);
    }
    let bad = || {
        Problem::with_errors(
            StatusCode::BAD_REQUEST,
            "invalid_header",
            vec![FieldProblem::header(
                "If-Match",
                "invalid_etag",
                "If-Match is `*` or an ETag as this API gave it, such as \"3\".",
            )],
        )
    };
    let mut versions = Vec::new();
    for value in values {
        for tag in value.to_str().map_err(|_| bad())?.split(',').map(str::trim) {
            if tag == "*" {
                return Ok(IfMatch::Any);
            }
            let inner = tag
                .strip_prefix('"')
                .and_then(|t| t.strip_suffix('"'))
                .ok_or_else(bad)?;
            versions.push(inner.parse().map_err(|_| bad())?);
        }
    }
    Ok(IfMatch::Versions(versions))
}

/// The key of a request, when it has one, and the fingerprint of query and content; `pieces` are the body, or what matters of it.
pub fn idempotency(
    parts: &http::request::Parts,
    pieces: &[&[u8]],
) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|k| (1..=255).contains(&k.len()))
        .ok_or_else(|| {
            Problem::with_errors(
                StatusCode::BAD_REQUEST,
                "invalid_header",
                vec![FieldProblem::header(
                    "Idempotency-Key",
                    "invalid_key",
                    "Idempotency-Key is 1 to 255 visible ASCII characters.",
                )],
            )
        })?;
    let mut hash = Sha256::new();
    hash.update(parts.uri.query().unwrap_or_default().as_bytes());
    for piece in pieces {
        hash.update([0]);
        hash.update(piece);
    }
    Ok(Some(Idempotency {
        key: key.to_owned(),
        method: parts.method.as_str().to_owned(),
        path: parts
            .extensions
            .get::<axum::extract::OriginalUri>()
            .map_or_else(|| parts.uri.path().to_owned(), |uri| uri.path().to_owned()),
        hash: hash.finalize().into(),
    }))
}
