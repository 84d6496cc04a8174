//! Answers to requests that hyper refuses before any of our code sees them: the same problem body and headers as everywhere else.

/// Largest head (request line and headers) in bytes, and most header fields.
pub(super) const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most header fields of a request.
pub(super) const HEADERS_MAX: usize = 100;

/// Every answer of ours carries it, hyper's own never does.
const OURS: &[u8] = b"x-request-id:";

/// Our answer in place of hyper's bare one; `None` when `bytes` are something else.
pub(super) fn replacement(bytes: &[u8], request_line_open: bool) -> Option<Vec<u8>> {
    // A short answer is written after its request has ended: that no request is under way does not prove it hyper's.
    if bytes
        .windows(OURS.len())
        .any(|window| window.eq_ignore_ascii_case(OURS))
    {
        return None;
    }
    let status: u16 = std::str::from_utf8(bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?)
        .ok()?
        .parse()
        .ok()?;
    match status {
        // the line itself was longer than everything together may be
        431 if request_line_open => Some(answer(
            414,
            "URI Too Long",
            "uri_too_long",
            "The address is too long.",
        )),
        431 => Some(answer(
            431,
            "Request Header Fields Too Large",
            "headers_too_large",
            "At most 100 header fields and 16 kB are accepted.",
        )),
        414 => Some(answer(
            414,
            "URI Too Long",
            "uri_too_long",
            "The address is too long.",
        )),
        400 => Some(answer(
            400,
            "Bad Request",
            "malformed_request",
            "This is not a valid HTTP request.",
        )),
        _ => None,
    }
}

fn answer(status: u16, title: &str, code: &str, detail: &str) -> Vec<u8> {
    let body = serde_json::json!({
        "type": crate::http::problem::type_of(code),
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    })
    .to_string();
    format!(
        "HTTP/1.1 {status} {title}\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: strict-origin-when-cross-origin\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_refusals_are_replaced() {
        let text = String::from_utf8(replacement(b"HTTP/1.1 431 Request", false).unwrap()).unwrap();
        assert!(text.starts_with("HTTP/1.1 431 ") && text.contains("headers_too_large"));
        assert!(
            String::from_utf8(replacement(b"HTTP/1.1 431 R", true).unwrap())
                .unwrap()
                .starts_with("HTTP/1.1 414 ")
        );
        let ours = b"HTTP/1.1 400 Bad Request\r\nX-Request-Id: req_1\r\n\r\n{}";
        assert_eq!(replacement(ours, false), None);
        assert_eq!(replacement(b"HTTP/1.1 100 Continue", false), None);
        assert_eq!(replacement(b"\x00\x01", false), None);
    }
}
