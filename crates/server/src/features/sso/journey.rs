//! The secrets of one way to a provider and back. All of them are made of the token in the browser's cookie, of which the server keeps the hash: neither a copy
//! of the database nor one of the address bar is enough to come back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::security::random::{self, Hash};

/// The token of a cookie.
pub(super) struct JourneyToken(Zeroizing<String>);

impl std::fmt::Debug for JourneyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JourneyToken(…)")
    }
}

impl JourneyToken {
    /// A fresh one.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self(random::token()?))
    }

    /// The one a browser brings back.
    pub(super) fn brought(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// For the cookie.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// What the server keeps.
    pub(super) fn hash(&self) -> Hash {
        random::hash(&self.0)
    }

    /// The parameter `state`.
    pub(super) fn state(&self) -> anyhow::Result<String> {
        self.derived("state")
    }

    /// The claim `nonce`.
    pub(super) fn nonce(&self) -> anyhow::Result<String> {
        self.derived("nonce")
    }

    /// The PKCE verifier: 43 characters of the alphabet of RFC 7636.
    pub(super) fn verifier(&self) -> anyhow::Result<String> {
        self.derived("pkce")
    }

    /// Whether `state` came back as it was sent.
    pub(super) fn sent(&self, state: &str) -> anyhow::Result<bool> {
        Ok(self.state()?.as_bytes().ct_eq(state.as_bytes()).into())
    }

    fn derived(&self, label: &str) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes())
            .map_err(|e| anyhow::anyhow!("journey: {e}"))?;
        mac.update(b"som sso ");
        mac.update(label.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_another_and_needs_the_token() {
        let (one, two) = (JourneyToken::new().unwrap(), JourneyToken::new().unwrap());
        let secrets = |token: &JourneyToken| {
            [
                token.state().unwrap(),
                token.nonce().unwrap(),
                token.verifier().unwrap(),
            ]
        };
        let mut all: Vec<String> = secrets(&one).into_iter().chain(secrets(&two)).collect();
        assert!(all.iter().all(|secret| secret.len() == 43));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6);
        assert_eq!(
            secrets(&JourneyToken::brought(one.text().to_owned())),
            secrets(&one)
        );
        assert!(one.sent(&one.state().unwrap()).unwrap());
        assert!(!one.sent(&two.state().unwrap()).unwrap() && !one.sent("").unwrap());
        assert!(!format!("{one:?}").contains(one.text()));
    }
}
