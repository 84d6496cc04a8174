//! HTTP/1 as attackers write it: requests inside requests, floods of headers, bodies without an end.

use crate::harness::TestApp;
use crate::harness::raw::Listening;

/// How often a status line begins in what came back.
fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

const SMUGGLED: &str = "GET /api/v1/meta HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn no_request_hides_in_another() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let refused = [
        ("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n"),
        ("a signed length", "Content-Length: +5\r\n"),
        ("a list of lengths", "Content-Length: 5, 6\r\n"),
        ("a hexadecimal length", "Content-Length: 0x5\r\n"),
        (
            "a length beyond numbers",
            "Content-Length: 99999999999999999999\r\n",
        ),
        (
            "a blank before the colon",
            "Transfer-Encoding : chunked\r\n",
        ),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n"),
        (
            "chunked that is not last",
            "Transfer-Encoding: chunked, identity\r\n",
        ),
        ("a folded line", "Transfer-Encoding:\r\n chunked\r\n"),
        ("a zero byte", "X-A: a\0b\r\n"),
    ];
    for (what, header) in refused {
        let request =
            format!("POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\n{header}\r\n{SMUGGLED}");
        let (text, closed) = server.talk(request.as_bytes()).await;
        assert!(
            text.starts_with("HTTP/1.1 400 ") && closed,
            "{what}: {text}"
        );
        assert_eq!(answers(&text), 1, "{what}: {text}");
    }
    // Both kinds of length: the coding counts, as RFC 9112 6.1 says, and nothing of what follows on this connection.
    for header in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    ] {
        let request = format!(
            "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n0\r\n\r\n{SMUGGLED}"
        );
        let (text, closed) = server.talk(request.as_bytes()).await;
        assert!(text.starts_with("HTTP/1.1 4") && closed, "{header}: {text}");
        assert_eq!(answers(&text), 1, "{header}: {text}");
    }
}

#[tokio::test]
async fn a_head_has_its_bounds() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let many: String = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "a".repeat(64 * 1024));
    let cases = [
        (
            "200 fields",
            format!("GET /health HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
            "431",
            "headers_too_large",
        ),
        (
            "a field of 64 kB",
            format!("GET /health HTTP/1.1\r\nHost: x\r\n{large}\r\n"),
            "431",
            "headers_too_large",
        ),
        (
            "an address of 100 kB",
            format!(
                "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n",
                "a".repeat(100 * 1024)
            ),
            "4",
            "code",
        ),
    ];
    for (what, request, status, code) in cases {
        let (text, closed) = server.talk(request.as_bytes()).await;
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status}")),
            "{what}: {text}"
        );
        assert!(text.contains(code) && closed, "{what}: {text}");
    }
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_at_once() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let head = |more: &str| {
        format!(
            "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\nContent-Type: application/json\r\n{more}\r\n"
        )
    };
    let (text, closed) = server
        .talk(head("Content-Length: 10737418240\r\n").as_bytes())
        .await;
    assert!(text.starts_with("HTTP/1.1 413 ") && closed, "{text}");
    let (text, _) = server
        .talk(
            format!(
                "{}{{}}",
                head("Content-Encoding: gzip\r\nContent-Length: 2\r\n")
            )
            .as_bytes(),
        )
        .await;
    assert!(text.starts_with("HTTP/1.1 415 "), "{text}");
    let chunk = format!("{:X}\r\n", u128::MAX);
    let (text, closed) = server
        .talk(format!("{}{chunk}", head("Transfer-Encoding: chunked\r\n")).as_bytes())
        .await;
    assert!(!text.contains("HTTP/1.1 2") && closed, "{text}");
}

#[tokio::test]
async fn unknown_methods_and_versions_are_refused() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    for method in ["TRACE", "FOO", "PROPFIND", "get"] {
        let (text, _) = server
            .talk(
                format!("{method} /api/v1/meta HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .as_bytes(),
            )
            .await;
        assert!(text.starts_with("HTTP/1.1 405 "), "{method}: {text}");
        assert!(
            text.to_lowercase().contains("\r\nallow: "),
            "{method}: {text}"
        );
    }
    for line in [
        "CONNECT evil.example:443 HTTP/1.1",
        "GET /health HTTP/1.9",
        "GET /health HTTP/3.0",
        "GET  /health HTTP/1.1",
        "\u{7f}GET / HTTP/1.1",
    ] {
        let (text, closed) = server
            .talk(format!("{line}\r\nHost: x\r\n\r\n").as_bytes())
            .await;
        assert!(
            text.starts_with("HTTP/1.1 4") || (text.is_empty() && closed),
            "{line}: {text}"
        );
    }
}

#[tokio::test]
async fn an_answer_says_how_long_it_is_once() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    for path in [
        "/health",
        "/api/v1/meta",
        "/api/v1/nothing",
        "/api/openapi.json",
        "/",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let (text, closed) = server.talk(request.as_bytes()).await;
        assert!(closed);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let chunked = head.contains("transfer-encoding: chunked");
        assert!(length.is_some() != chunked, "{path}: {head}");
        if let Some(length) = length {
            assert_eq!(length.parse::<usize>().unwrap(), body.len(), "{path}");
        }
        assert!(
            !head.contains("\r\nserver:") && !head.contains("\r\nx-powered-by"),
            "{path}: {head}"
        );
    }
}
