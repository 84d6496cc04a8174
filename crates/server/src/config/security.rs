//! Section `security`: headers that are a matter of choice.
use super::reader::Reader;

/// Headers that are a matter of choice.
#[derive(Debug, Clone)]
pub struct SecurityConfig {
    /// Value of `X-XSS-Protection`.
    pub x_xss_protection: String,
    /// Value of `Strict-Transport-Security`; `None`: not sent.
    pub hsts: Option<String>,
}

impl SecurityConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let x_xss_protection: Option<String> = r.get("security.x_xss_protection");
        let hsts: Option<String> = r.optional("security.hsts");
        for (name, value) in [
            ("security.x_xss_protection", &x_xss_protection),
            ("security.hsts", &hsts),
        ] {
            if value
                .as_ref()
                .is_some_and(|v| http::HeaderValue::from_str(v).is_err())
            {
                r.faults
                    .push(super::Fault::of(name, "is not a valid header value".into()));
            }
        }
        Some(Self {
            x_xss_protection: x_xss_protection?,
            hsts,
        })
    }
}
