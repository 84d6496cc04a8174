//! The one place that knows how limits are told (draft-ietf-httpapi-ratelimit-headers) and what 429 says.

use http::{HeaderMap, HeaderValue, StatusCode};

use super::Verdict;
use crate::http::Problem;

/// Adds `RateLimit-Policy` and `RateLimit` for the limits that were asked.
pub fn write(headers: &mut HeaderMap, verdicts: &[Verdict]) {
    if verdicts.is_empty() {
        return;
    }
    let policy = |v: &Verdict| {
        format!(
            "\"{}\";q={};w={}",
            v.policy.name,
            v.policy.quota,
            v.policy.window.as_secs()
        )
    };
    let state = |v: &Verdict| {
        format!(
            "\"{}\";r={};t={}",
            v.policy.name, v.remaining, v.reset_seconds
        )
    };
    for (name, text) in [
        ("ratelimit-policy", join(verdicts, policy)),
        ("ratelimit", join(verdicts, state)),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

fn join(verdicts: &[Verdict], text: impl Fn(&Verdict) -> String) -> String {
    verdicts.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// 429 with the time after which a try makes sense, spread a little so that all who were refused do not come back at once.
pub fn refusal(verdict: &Verdict) -> Problem {
    rate_limited(verdict.reset_seconds)
}

/// 429 for a number of seconds, rounded up by at most a tenth.
pub fn rate_limited(seconds: u64) -> Problem {
    let seconds = seconds.max(1);
    let spread = seconds.div_ceil(10) + 1;
    let jitter = if seconds < 10 {
        0
    } else {
        u64::from(crate::security::random::bytes::<1>().map_or(0, |[b]| b)) % spread
    };
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        format!("Too many requests. Try again in {}.", spoken(seconds)),
    )
    .retry_after(seconds + jitter)
}

fn spoken(seconds: u64) -> String {
    match seconds {
        1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;
    use std::time::Duration;

    #[test]
    fn limits_are_told_as_structured_fields() {
        let mut headers = HeaderMap::new();
        let policy = Policy {
            name: "sign-in",
            quota: 10,
            window: Duration::from_secs(900),
            guards_accounts: true,
        };
        let verdict = Verdict {
            policy,
            allowed: false,
            remaining: 0,
            reset_seconds: 412,
        };
        write(&mut headers, &[verdict]);
        assert_eq!(headers["ratelimit-policy"], "\"sign-in\";q=10;w=900");
        assert_eq!(headers["ratelimit"], "\"sign-in\";r=0;t=412");
        for _ in 0..100 {
            let after = refusal(&verdict).retry_after.unwrap();
            assert!((412..=454).contains(&after), "{after}");
        }
        write(&mut headers, &[]);
        assert!(headers.contains_key("ratelimit"));
    }
}
