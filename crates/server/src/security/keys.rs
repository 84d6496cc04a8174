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

use crate::config::Config;

/// Separates this product's keys from any other use of the same secret.
const SALT: &[u8] = b"som v1";

/// The derived keys. `Debug` shows none of them.
pub struct Keys {
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    pub(super) key_id: String,
    pub(super) issuer: String,
    pub(super) csrf: Zeroizing<[u8; 32]>,
    pub(super) links: Zeroizing<[u8; 32]>,
    cursor: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// Derives the keys. Errors when the signing key cannot be made.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let seed = derive(&config.secrets.session_key, "access token ed25519")?;
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key().to_bytes();
        let document = key
            .to_pkcs8_der()
            .map_err(|e| anyhow::anyhow!("session key: {e}"))?;
        let fingerprint = Sha256::digest(public);
        Ok(Self {
            signing: EncodingKey::from_ed_der(document.as_bytes()),
            verifying: DecodingKey::from_ed_der(&public),
            key_id: URL_SAFE_NO_PAD.encode(fingerprint.get(..12).unwrap_or_default()),
            issuer: config.server.origin(),
            csrf: derive(&config.secrets.csrf_key, "csrf")?,
            links: derive(&config.secrets.session_key, "links in mails")?,
            cursor: derive(&config.secrets.cursor_key, "list cursor")?,
        })
    }

    /// The key that signs list cursors.
    pub fn cursor(&self) -> &[u8; 32] {
        &self.cursor
    }
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
