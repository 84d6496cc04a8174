//! Section `security`: headers that are a matter of choice, and the price of a password hash.
use super::keys::DefaultValue::{ByMode, Same};
use super::keys::{Key, key};
use super::reader::Reader;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    key(
        "security.x_xss_protection",
        "SOM_X_XSS_PROTECTION",
        Same("1; mode=block"),
        "Value of the X-XSS-Protection header. Browsers of today ignore it; `0` turns it off.",
    ),
    key(
        "security.hsts",
        "SOM_HSTS",
        ByMode {
            development: "",
            production: "max-age=63072000; includeSubDomains",
        },
        "Value of Strict-Transport-Security; empty: not sent.",
    ),
    key(
        "security.password_memory_kib",
        "SOM_PASSWORD_MEMORY_KIB",
        Same("19456"),
        "Memory of one password hash (argon2id) in KiB. Less than 19456 is for tests and refused in production.",
    ),
];

/// Headers that are a matter of choice, and the price of a password hash.
#[derive(Debug, Clone)]
pub struct SecurityConfig {
    /// Value of `X-XSS-Protection`.
    pub x_xss_protection: String,
    /// Value of `Strict-Transport-Security`; `None`: not sent.
    pub hsts: Option<String>,
    /// Memory of one password hash, in KiB.
    pub password_memory_kib: u32,
}

impl SecurityConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let x_xss_protection: Option<String> = r.get("security.x_xss_protection");
        let hsts: Option<String> = r.optional("security.hsts");
        let password_memory_kib = r.number("security.password_memory_kib", 8, 1 << 20);
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
            password_memory_kib: password_memory_kib?,
        })
    }
}
