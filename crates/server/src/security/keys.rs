//! Every key the server works with, derived by purpose from the configured secrets, so that no key serves two ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use hkdf::Hkdf;
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::server_key::ServerKey;
use crate::config::Secrets;

/// Separates this product's keys from any other use of the same secret.
const SALT: &[u8] = b"som v1";

/// The derived keys, each with those that are accepted beside it while it is changed. `Debug` shows none of them.
pub struct Keys {
    pub(super) signing: EncodingKey,
    pub(super) key_id: String,
    /// By name; ours among them.
    pub(super) verifying: Vec<(String, DecodingKey)>,
    pub(super) issuer: String,
    /// The first makes tokens.
    pub(super) csrf: Vec<Zeroizing<[u8; 32]>>,
    /// By name; the first makes links.
    pub(super) links: Vec<(String, Zeroizing<[u8; 32]>)>,
}

impl Keys {
    /// Derives the keys. Errors when the signing key cannot be made.
    pub fn new(secrets: &Secrets, issuer: String) -> anyhow::Result<Self> {
        let (current, previous) = ServerKey::Session.of(secrets);
        let (mut verifying, mut links) = (Vec::new(), Vec::new());
        for secret in std::iter::once(current).chain(previous) {
            let public = signing_key(secret)?.verifying_key().to_bytes();
            verifying.push((kid(&public), DecodingKey::from_ed_der(&public)));
            let name = ServerKey::Session.id(secret)?;
            links.push((name, derive(secret, "links in mails")?));
        }
        let key = signing_key(current)?;
        let document = key
            .to_pkcs8_der()
            .map_err(|e| anyhow::anyhow!("session key: {e}"))?;
        let (csrf, csrf_previous) = ServerKey::Csrf.of(secrets);
        let csrf = std::iter::once(csrf).chain(csrf_previous);
        Ok(Self {
            signing: EncodingKey::from_ed_der(document.as_bytes()),
            key_id: kid(&key.verifying_key().to_bytes()),
            verifying,
            issuer,
            csrf: csrf
                .map(|secret| derive(secret, "csrf"))
                .collect::<Result<_, _>>()?,
            links,
        })
    }
}

fn signing_key(secret: &SecretSlice<u8>) -> anyhow::Result<SigningKey> {
    let seed = derive(secret, "access token ed25519")?;
    Ok(SigningKey::from_bytes(&seed))
}

/// The name of a key in its tokens.
fn kid(public: &[u8]) -> String {
    let print = Sha256::digest(public);
    URL_SAFE_NO_PAD.encode(print.get(..12).unwrap_or_default())
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The key of a purpose.
///
/// # Errors
/// Never for secrets of the configuration's least length.
pub(crate) fn derive(
    secret: &SecretSlice<u8>,
    purpose: &str,
) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(SALT), secret.expose_secret())
        .expand(purpose.as_bytes(), key.as_mut())
        .map_err(|e| anyhow::anyhow!("key for {purpose}: {e}"))?;
    Ok(key)
}

/// Tells a secret apart from others and nothing about it.
///
/// # Errors
/// As [`derive`].
pub(crate) fn fingerprint(secret: &SecretSlice<u8>, label: &str) -> anyhow::Result<String> {
    let print = Sha256::digest(derive(secret, label)?.as_slice());
    Ok(URL_SAFE_NO_PAD.encode(print.get(..6).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_and_a_secret_make_one_key() {
        let (one, other): (SecretSlice<u8>, SecretSlice<u8>) =
            (vec![1; 32].into(), vec![2; 32].into());
        assert_eq!(*derive(&one, "a").unwrap(), *derive(&one, "a").unwrap());
        assert_ne!(*derive(&one, "a").unwrap(), *derive(&one, "b").unwrap());
        assert_ne!(*derive(&one, "a").unwrap(), *derive(&other, "a").unwrap());
    }
}
