//! The one maker of secrets: 256 random bits, shown as URL-safe text, stored as a SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// SHA-256 of a secret as it is stored and looked up. The secrets have 256 random bits, so a fast hash is right.
pub type Hash = [u8; 32];

/// A fresh opaque token.
pub fn token() -> anyhow::Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(bytes::<32>()?);
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// Fresh random bytes.
pub fn bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    Ok(bytes)
}

/// The stored form of a token.
pub fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_carry_256_bits() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_ne!(a, b);
        assert_eq!(URL_SAFE_NO_PAD.decode(a.as_bytes()).unwrap().len(), 32);
        assert_ne!(hash(&a), hash(&b));
    }
}
