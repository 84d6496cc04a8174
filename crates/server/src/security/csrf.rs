//! Cross-site request forgery: three independent checks on every unsafe request that a cookie authorises.

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, header};
use sha2::Sha256;
use som_domain::ids::SessionId;
use subtle::ConstantTimeEq;
use url::{Host, Url};

use super::{Keys, random};

/// The header that repeats the cookie.
pub const HEADER: &str = "x-csrf-token";

/// Where a request was made, judged by what the browser says about it: `Sec-Fetch-Site`, then `Origin`, else `Referer`.
/// Errors: a sentence on what is wrong.
pub fn check_site(headers: &HeaderMap, own_origin: &str) -> Result<(), &'static str> {
    if let Some(site) = headers.get("sec-fetch-site")
        && site.as_bytes() != b"same-origin"
    {
        return Err("Another site made this request.");
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let claimed = match (origins.next(), origins.next()) {
        (Some(_), Some(_)) => None,
        (Some(origin), None) => origin.to_str().ok().map(str::to_owned),
        _ => match headers.get(header::REFERER) {
            Some(referer) => referer
                .to_str()
                .ok()
                .and_then(|text| Url::parse(text).ok())
                .map(|url| url.origin().ascii_serialization()),
            None => return Err("The Origin header is missing: send the address of this server."),
        },
    };
    if claimed.is_some_and(|claimed| claimed == own_origin || both_loopback(&claimed, own_origin)) {
        return Ok(());
    }
    Err("The Origin header is not the address of this server.")
}

/// A trial on this machine opens as `localhost`, `127.0.0.1` and `[::1]`: one server, which nobody else can stand in for.
/// Plain HTTP only; port and scheme must be the same.
fn both_loopback(claimed: &str, own: &str) -> bool {
    let port = |origin: &str| {
        let url = Url::parse(origin)
            .ok()
            .filter(|url| url.scheme() == "http")?;
        let loopback = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => ip == Ipv4Addr::LOCALHOST,
            Host::Ipv6(ip) => ip == Ipv6Addr::LOCALHOST,
        };
        url.port_or_known_default().filter(|_| loopback)
    };
    port(own).is_some_and(|own| port(claimed) == Some(own))
}

impl Keys {
    /// A CSRF token for a session: `nonce.mac`.
    pub fn csrf_token(&self, session: SessionId) -> anyhow::Result<String> {
        let nonce = random::bytes::<16>()?;
        let key = self.csrf.first().map_or(&[][..], |key| key.as_slice());
        let mac = csrf_mac(key, session, &nonce)?.finalize().into_bytes();
        Ok(format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(nonce),
            URL_SAFE_NO_PAD.encode(mac)
        ))
    }

    /// Whether header and cookie are the same token and it was made for this session.
    pub fn csrf_matches(&self, session: SessionId, header: &str, cookie: &str) -> bool {
        let same: bool = header.as_bytes().ct_eq(cookie.as_bytes()).into();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let Some((nonce, mac)) = header
            .split_once('.')
            .and_then(|(nonce, mac)| Some((decode(nonce)?, decode(mac)?)))
        else {
            return false;
        };
        // `verify_slice` compares in constant time
        let made_by = |key: &[u8]| {
            csrf_mac(key, session, &nonce).is_ok_and(|mac2| mac2.verify_slice(&mac).is_ok())
        };
        same && nonce.len() == 16 && self.csrf.iter().any(|key| made_by(key.as_slice()))
    }
}

fn csrf_mac(key: &[u8], session: SessionId, nonce: &[u8]) -> anyhow::Result<Hmac<Sha256>> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|e| anyhow::anyhow!("csrf key: {e}"))?;
    mac.update(session.uuid().as_bytes());
    mac.update(nonce);
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secrets;
    use http::HeaderValue;
    use uuid::Uuid;

    const OWN: &str = "https://orders.example.com";

    fn verdict(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        check_site(&headers, OWN).is_ok()
    }

    #[test]
    fn only_our_own_pages_may_write() {
        assert!(verdict(&[("origin", OWN)]));
        assert!(verdict(&[
            ("origin", OWN),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(verdict(&[(
            "referer",
            "https://orders.example.com/orders/new?x=1"
        )]));
        assert!(!verdict(&[]), "nothing said");
        assert!(
            !verdict(&[("sec-fetch-site", "same-origin")]),
            "Origin is needed beside it"
        );
        for site in ["cross-site", "same-site", "none", ""] {
            let site: &'static str = site;
            assert!(
                !verdict(&[("origin", OWN), ("sec-fetch-site", site)]),
                "{site}"
            );
        }
        for origin in [
            "null",
            "http://orders.example.com",
            "https://orders.example.com:8443",
            "https://orders.example.com.evil.test",
            "https://example.com",
        ] {
            let origin: &'static str = origin;
            assert!(!verdict(&[("origin", origin)]), "{origin}");
            assert!(
                !verdict(&[
                    ("origin", origin),
                    ("referer", "https://orders.example.com/")
                ]),
                "Origin counts before Referer"
            );
        }
        assert!(!verdict(&[
            ("origin", OWN),
            ("origin", "https://evil.test")
        ]));
        assert!(!verdict(&[(
            "referer",
            "https://evil.test/https://orders.example.com"
        )]));
    }

    #[test]
    fn a_trial_answers_to_every_name_of_this_machine() {
        let verdict = |own: &str, origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append("origin", HeaderValue::from_static(origin));
            check_site(&headers, own).is_ok()
        };
        for own in ["http://localhost:8080", "http://127.0.0.1:8080"] {
            for same in [
                "http://localhost:8080",
                "http://127.0.0.1:8080",
                "http://[::1]:8080",
            ] {
                assert!(verdict(own, same), "{own} {same}");
            }
            for other in [
                "http://localhost:8081",
                "https://localhost:8080",
                "http://localhost",
                "http://localhost.evil.test:8080",
                "http://127.0.0.2:8080",
                "http://192.168.1.5:8080",
                "null",
            ] {
                assert!(!verdict(own, other), "{own} {other}");
            }
        }
        assert!(!verdict(OWN, "http://localhost"));
        assert!(!verdict("https://localhost:8443", "https://127.0.0.1:8443"));
    }

    #[test]
    fn a_token_belongs_to_one_session() {
        let mut secrets = Secrets::random().unwrap();
        let keys = Keys::new(&secrets, OWN.to_owned()).unwrap();
        let (one, two) = (
            SessionId::from_uuid(Uuid::from_u128(1)),
            SessionId::from_uuid(Uuid::from_u128(2)),
        );
        let token = keys.csrf_token(one).unwrap();
        assert!(keys.csrf_matches(one, &token, &token));
        assert!(!keys.csrf_matches(two, &token, &token));
        assert!(
            !keys.csrf_matches(one, &token, &keys.csrf_token(one).unwrap()),
            "header and cookie differ"
        );
        assert!(!keys.csrf_matches(one, &token, ""));
        for wrong in ["", ".", "a.b", &token[..token.len() - 1]] {
            assert!(!keys.csrf_matches(one, wrong, wrong), "{wrong}");
        }
        let fresh = Secrets::random().unwrap().csrf_key;
        let old = std::mem::replace(&mut secrets.csrf_key, fresh);
        let without = Keys::new(&secrets, OWN.to_owned()).unwrap();
        assert!(!without.csrf_matches(one, &token, &token));
        secrets.csrf_key_previous = Some(old);
        let after = Keys::new(&secrets, OWN.to_owned()).unwrap();
        assert!(after.csrf_matches(one, &token, &token), "of the old key");
        let new = after.csrf_token(one).unwrap();
        assert!(!keys.csrf_matches(one, &new, &new), "of the new key");
    }
}
