//! The headers that protect a browser, on every answer whatever became of the request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::captcha;
use crate::config::{CaptchaProvider, Config};

/// For pages: only our own files, no inline code, no strings as code.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /api/csp-reports";
/// For everything else: data is not a page.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Nothing of the device is needed.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), cross-origin-isolated=(), display-capture=(), encrypted-media=(), fullscreen=(self), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-get=(self), screen-wake-lock=(), serial=(), sync-xhr=(), usb=(), xr-spatial-tracking=()";

/// The headers of this installation, made once.
#[derive(Debug, Clone)]
pub(super) struct SecurityHeaders(Arc<Fixed>);

#[derive(Debug)]
struct Fixed {
    lines: Vec<(HeaderName, HeaderValue)>,
    page_policy: HeaderValue,
}

impl SecurityHeaders {
    pub(super) fn new(config: &Config) -> Self {
        let mut fixed = vec![
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (
                header::REFERRER_POLICY,
                HeaderValue::from_static("strict-origin-when-cross-origin"),
            ),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static(PERMISSIONS),
            ),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                HeaderValue::from_static("same-origin"),
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("same-origin"),
            ),
            (
                HeaderName::from_static("x-permitted-cross-domain-policies"),
                HeaderValue::from_static("none"),
            ),
        ];
        let chosen = [
            (
                header::X_XSS_PROTECTION,
                Some(&config.security.x_xss_protection),
            ),
            (
                header::STRICT_TRANSPORT_SECURITY,
                config.security.hsts.as_ref(),
            ),
        ];
        let chosen = chosen
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value?).ok()?)));
        fixed.extend(chosen);
        Self(Arc::new(Fixed {
            lines: fixed,
            page_policy: page_policy(config.captcha.provider),
        }))
    }
}

/// The policy of pages, with what the check of visitors needs and no more. Scripts of other houses know nothing of our trusted types.
fn page_policy(provider: CaptchaProvider) -> HeaderValue {
    let Some(also) = captcha::sources(provider) else {
        return HeaderValue::from_static(PAGE_POLICY);
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'{}; style-src 'self'{}; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{}; \
         frame-src{}; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-uri /api/csp-reports",
        also.script, also.style, also.connect, also.frame
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(PAGE_POLICY))
}

/// Adds the headers. Nothing of another origin may read an answer: no CORS header is ever sent.
pub(super) async fn protect(
    State(fixed): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    // A browser takes the headers of a 304 for the page it kept: it must get the page's policy again.
    let kept_page = !is_api && response.status() == StatusCode::NOT_MODIFIED;
    let policy = if kept_page || is_page(response.headers()) {
        fixed.0.page_policy.clone()
    } else {
        HeaderValue::from_static(DATA_POLICY)
    };
    let headers = response.headers_mut();
    for (name, value) in &fixed.0.lines {
        headers.insert(name, value.clone());
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}
