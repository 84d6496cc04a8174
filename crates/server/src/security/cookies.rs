//! The cookies of a browser session, named and protected in one place.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, header};

/// The signed access token.
pub const ACCESS: &str = "som_at";
/// The opaque refresh token; looked at by `POST /auth/refresh` and sign-out only.
pub const REFRESH: &str = "som_rt";
/// The CSRF token: the one cookie that scripts may read.
pub const CSRF: &str = "som_csrf";
/// A sign-in that waits for its second factor.
pub const CHALLENGE: &str = "som_2f";
/// A way to an identity provider and back.
pub const JOURNEY: &str = "som_oidc";

/// By which a browser is known again at the next sign-in.
pub const DEVICE: &str = "som_dev";
/// A browser that was away for longer is a new one.
const DEVICE_AGE: i64 = 365 * 24 * 3600;

/// How cookies are named and flagged: `__Host-` and `Secure` on https, plain names on http (loopback, development).
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    https: bool,
}

/// The values for a browser after sign-in or refresh. `Debug` shows none.
pub struct Issued {
    /// Access token.
    pub access: String,
    /// Refresh token.
    pub refresh: String,
    /// CSRF token.
    pub csrf: String,
    /// "Remember me": the cookies survive the browser until then.
    pub persist_until: Option<DateTime<Utc>>,
    /// After a sign-in: by which the browser is known again.
    pub device: Option<String>,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issued(…)")
    }
}

/// Adds `Set-Cookie` lines to an answer.
pub fn set(headers: &mut HeaderMap, lines: Vec<HeaderValue>) {
    for line in lines {
        headers.append(header::SET_COOKIE, line);
    }
}

impl Cookies {
    /// Cookies for a public address with or without https.
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// The name in use.
    pub fn name(self, base: &str) -> String {
        if self.https {
            format!("__Host-{base}")
        } else {
            base.to_owned()
        }
    }

    /// The value a request carries. A name that comes twice counts as absent: one of the two was planted.
    pub fn read(self, headers: &HeaderMap, base: &str) -> Option<String> {
        let name = self.name(base);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        let value = found.next().filter(|value| !value.is_empty())?.to_owned();
        found.next().is_none().then_some(value)
    }

    /// `Set-Cookie` lines that hand a session to the browser.
    pub fn issue(self, issued: &Issued, now: DateTime<Utc>) -> Vec<HeaderValue> {
        let age = issued
            .persist_until
            .map(|end| (end - now).num_seconds().max(0));
        let device = issued.device.as_ref();
        let device = device.and_then(|token| self.line(DEVICE, token, true, Some(DEVICE_AGE)));
        let cookies = [
            (ACCESS, &issued.access, true),
            (REFRESH, &issued.refresh, true),
            (CSRF, &issued.csrf, false),
        ];
        cookies
            .iter()
            .filter_map(|(base, value, hidden)| self.line(base, value, *hidden, age))
            .chain(device)
            .collect()
    }

    /// `Set-Cookie` lines that take everything back.
    pub fn clear(self) -> Vec<HeaderValue> {
        [(ACCESS, true), (REFRESH, true), (CSRF, false)]
            .iter()
            .filter_map(|(base, hidden)| self.line(base, "", *hidden, Some(0)))
            .collect()
    }

    /// The `Set-Cookie` line that binds a waiting sign-in to the browser.
    pub fn challenge(self, token: &str, seconds: i64) -> Vec<HeaderValue> {
        self.line(CHALLENGE, token, true, Some(seconds))
            .into_iter()
            .collect()
    }

    /// The `Set-Cookie` line that binds a way to an identity provider and back to the browser. The only one that comes along when another
    /// site leads here, which is what it is for.
    pub fn journey(self, token: &str, seconds: i64) -> Vec<HeaderValue> {
        let line = self.line(JOURNEY, token, true, Some(seconds));
        line.into_iter().collect()
    }

    fn line(self, base: &str, value: &str, hidden: bool, age: Option<i64>) -> Option<HeaderValue> {
        let site = if base == JOURNEY { "Lax" } else { "Strict" };
        let mut line = format!("{}={value}; Path=/; SameSite={site}", self.name(base));
        if self.https {
            line.push_str("; Secure");
        }
        if hidden {
            line.push_str("; HttpOnly");
        }
        if let Some(age) = age {
            line.push_str(&format!("; Max-Age={age}"));
        }
        HeaderValue::from_str(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued(persist_until: Option<DateTime<Utc>>) -> Issued {
        Issued {
            access: "a".into(),
            refresh: "r".into(),
            csrf: "c".into(),
            persist_until,
            device: None,
        }
    }

    #[test]
    fn https_cookies_are_bound_to_the_host() {
        let lines: Vec<String> = Cookies::new(true)
            .issue(&issued(None), DateTime::UNIX_EPOCH)
            .iter()
            .map(|v| v.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            lines,
            [
                "__Host-som_at=a; Path=/; SameSite=Strict; Secure; HttpOnly",
                "__Host-som_rt=r; Path=/; SameSite=Strict; Secure; HttpOnly",
                "__Host-som_csrf=c; Path=/; SameSite=Strict; Secure",
            ]
        );
        let kept = Cookies::new(false).issue(
            &issued(Some(DateTime::UNIX_EPOCH + chrono::Duration::hours(1))),
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(
            kept[0],
            "som_at=a; Path=/; SameSite=Strict; HttpOnly; Max-Age=3600"
        );
    }

    #[test]
    fn a_cookie_that_comes_twice_is_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("x=1; som_at=good"));
        assert_eq!(
            Cookies::new(false).read(&headers, ACCESS).as_deref(),
            Some("good")
        );
        assert_eq!(Cookies::new(true).read(&headers, ACCESS), None);
        headers.append(header::COOKIE, HeaderValue::from_static("som_at=planted"));
        assert_eq!(Cookies::new(false).read(&headers, ACCESS), None);
    }
}
