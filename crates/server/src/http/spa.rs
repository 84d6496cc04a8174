//! The embedded web app: precompressed files with strong ETags; hashed names are kept by browsers for ever, pages are asked for again.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::{Embed, EmbeddedFile};

use super::Problem;

/// Read from disk in debug builds, so that a change of the web app needs no new build of the server.
#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

const PAGE: &str = "index.html";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers what no other route does: a file, the page for a navigation, or 404.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == "api" || path.starts_with("api/") {
        return Problem::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing at this address.",
        )
        .into_response();
    }
    if !reads {
        let problem = Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Pages can only be read.",
        );
        let mut response = problem.into_response();
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = if path.is_empty() { PAGE } else { path };
    if is_plain(name) && Dist::get(name).is_some() {
        return file(name, request.headers());
    }
    if is_navigation(request.headers()) {
        return file(PAGE, request.headers());
    }
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this address.",
    )
    .into_response()
}

/// Only names as the build makes them; nothing that could leave the directory or shows our compressed twins.
fn is_plain(name: &str) -> bool {
    let segments_are_plain = name
        .split('/')
        .all(|s| !s.is_empty() && !s.starts_with('.'));
    segments_are_plain
        && !name.contains(['\\', '%', '\0'])
        && !name.ends_with(".br")
        && !name.ends_with(".gz")
}

fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some((file, encoding)) = best(name, headers) else {
        let detail = "The web app is not part of this build.";
        return Problem::new(StatusCode::NOT_FOUND, "not_found", detail).into_response();
    };
    let etag = etag(&file, encoding);
    let mut response = if matches(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(file.data.into_owned()));
        // the type is the file's own, not that of its compressed twin
        let kind = content_type(name);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(encoding) = encoding {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let out = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, value);
    }
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(
        header::CACHE_CONTROL,
        if name.starts_with("assets/") {
            FOREVER
        } else {
            ASK_AGAIN
        },
    );
    response
}

/// The smallest version the client takes.
fn best(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, encoding)
            && let Some(file) = Dist::get(&format!("{name}{suffix}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Dist::get(name).map(|file| (file, None))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|v| v.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|n| n.eq_ignore_ascii_case(encoding));
        let refused =
            parts.any(|p| p.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0));
        named && !refused
    })
}

fn etag(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect();
    match encoding {
        Some(encoding) => format!("\"{hash}-{encoding}\""),
        None => format!("\"{hash}\""),
    }
}

fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let lines = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|t| t == "*" || t.trim_start_matches("W/") == etag)
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn encodings_are_negotiated() {
        let sent = headers(header::ACCEPT_ENCODING, "gzip;q=1.0, BR;q=0, zstd");
        assert!(accepts(&sent, "gzip"));
        assert!(!accepts(&sent, "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn names_cannot_leave_the_directory() {
        for name in [
            "../secret",
            "a/../../b",
            ".env",
            "a//b",
            "a\\b",
            "index.html.br",
            "a/.git/x",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("assets/index-abc123.js"));
    }

    #[tokio::test]
    async fn only_navigations_get_the_page() {
        let ask = |method: &str, path: &str, accept: &str| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::ACCEPT, accept);
            serve(request.body(Body::empty()).unwrap_or_default())
        };
        assert_eq!(
            ask("GET", "/orders/new", "text/html,*/*").await.status(),
            200
        );
        assert_eq!(
            ask("GET", "/orders/new", "application/json").await.status(),
            404
        );
        assert_eq!(
            ask("GET", "/api/v1/nothing", "text/html").await.status(),
            404
        );
        assert_eq!(ask("POST", "/orders/new", "text/html").await.status(), 405);
        assert_eq!(ask("GET", "/assets/missing.js", "*/*").await.status(), 404);
    }
}
