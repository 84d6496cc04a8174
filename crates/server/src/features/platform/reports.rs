//! What browsers say that a page's policy stopped: one line in the log each, so that an attack, or a mistake of ours, is seen. Nobody is believed:
//! a report is bounded, counted like every anonymous request, and of addresses only the origin is kept.

use axum::body::Body;
use http::StatusCode;
use serde_json::Value;

use crate::http::Problem;
use crate::http::command::read_body;

/// Where the policy sends them.
pub const PATH: &str = "/api/csp-reports";
/// Bytes of a report.
const BYTES_MAX: usize = 16 * 1024;
/// Reports of one request.
const REPORTS_MAX: usize = 10;
/// Characters of a word in the log.
const WORD_MAX: usize = 60;

/// Takes both forms: `{"csp-report": {…}}` of `report-uri`, and the list of the Reporting API.
pub(super) async fn take(body: Body) -> Result<StatusCode, Problem> {
    let bytes = read_body(body, BYTES_MAX).await?;
    let sent: Value = serde_json::from_slice(&bytes)
        .map_err(|_| Problem::bad_request("malformed_json", "A report is JSON."))?;
    let list = match sent {
        Value::Array(list) => list,
        one => vec![one],
    };
    for report in list.iter().take(REPORTS_MAX) {
        let body = report.get("csp-report").or_else(|| report.get("body"));
        if let Some(body) = body {
            let (directive, blocked) = told(body);
            tracing::warn!(target: "som::csp", directive, blocked, "a browser refused content");
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The directive that was violated, and by what: a keyword such as `inline`, or an origin.
fn told(body: &Value) -> (String, String) {
    let text = |names: [&str; 3]| {
        let mut found = names.iter().filter_map(|name| body.get(name)?.as_str());
        found.next().unwrap_or_default()
    };
    let directive = text([
        "effective-directive",
        "violated-directive",
        "effectiveDirective",
    ]);
    let blocked = text(["blocked-uri", "blockedURL", "blockedURI"]);
    let blocked = match url::Url::parse(blocked) {
        Ok(address) => address.origin().ascii_serialization(),
        Err(_) => word(blocked),
    };
    (word(directive), blocked)
}

/// Letters, digits and hyphens, and not many of them.
fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(WORD_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_report_only_words_and_origins_are_kept() {
        let old = json!({ "violated-directive": "script-src 'self'", "blocked-uri": "https://evil.example:8443/x?email=a@b.example" });
        assert_eq!(
            told(&old),
            (
                "script-src".to_owned(),
                "https://evil.example:8443".to_owned()
            )
        );
        let new = json!({ "effectiveDirective": "script-src-elem\n{\"level\":\"ERROR\"}", "blockedURL": "inline" });
        assert_eq!(
            told(&new),
            ("script-src-elem".to_owned(), "inline".to_owned())
        );
        let odd = json!({ "effective-directive": 7, "blocked-uri": "data:text/html,Erika" });
        assert_eq!(told(&odd), (String::new(), "null".to_owned()));
    }
}
