//! The one place that encrypts: XChaCha20-Poly1305 with a random nonce, bound to where the text stands.
//!
//! A sealed text reads `v1|key|nonce|ciphertext|tag` (base64url), so that format and key can change without touching a query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::random;

/// The first format.
const FORMAT: &str = "v1";
/// Bytes of the nonce: long enough to be drawn at random for ever.
const NONCE: usize = 24;
/// Bytes of the authentication tag.
const TAG: usize = 16;

/// A text could not be sealed or opened. It never says which check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened here")]
pub struct SealError;

impl From<SealError> for sqlx::Error {
    fn from(error: SealError) -> Self {
        Self::Decode(Box::new(error))
    }
}

impl From<SealError> for crate::http::ApiError {
    fn from(error: SealError) -> Self {
        Self::Internal(error.into())
    }
}

/// Where a sealed text stands; it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Column, with what tells it apart inside the row.
    pub column: &'a str,
    /// The row's id.
    pub row: Uuid,
}

impl<'a> Place<'a> {
    /// A column of a row.
    pub const fn new(table: &'a str, column: &'a str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    fn bytes(&self, organization: Uuid) -> Vec<u8> {
        let mut bytes = organization.as_bytes().to_vec();
        for part in [self.table, self.column] {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(self.row.as_bytes());
        bytes
    }
}

/// A symmetric key with its name; wiped when dropped, never shown.
#[derive(Clone)]
pub struct SealKey {
    /// The name in the sealed text.
    pub id: String,
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealKey({})", self.id)
    }
}

impl SealKey {
    /// A key and its name.
    pub const fn new(id: String, key: Zeroizing<[u8; 32]>) -> Self {
        Self { id, key }
    }

    /// Seals a text for a place of an organization.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(
        &self,
        organization: Uuid,
        place: Place<'_>,
        text: &str,
    ) -> Result<String, SealError> {
        let nonce: [u8; NONCE] = random::bytes().map_err(|_| SealError)?;
        let aad = place.bytes(organization);
        let sealed = self.encrypt(&nonce, &aad, text.as_bytes())?;
        let (text, tag) = sealed
            .split_at_checked(sealed.len().saturating_sub(TAG))
            .ok_or(SealError)?;
        let [nonce, text, tag] = [&nonce[..], text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{FORMAT}|{}|{nonce}|{text}|{tag}", self.id))
    }

    /// Opens what was sealed with this key for this place.
    ///
    /// # Errors
    /// For anything else, always the same one.
    pub fn open(
        &self,
        organization: Uuid,
        place: Place<'_>,
        sealed: &Sealed<'_>,
    ) -> Result<String, SealError> {
        let bytes = self.decrypt(
            &sealed.nonce,
            &place.bytes(organization),
            &sealed.ciphertext,
        )?;
        String::from_utf8(bytes.to_vec()).map_err(|_| SealError)
    }

    /// Wraps another key: `nonce ciphertext tag`.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn wrap(&self, aad: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE] = random::bytes().map_err(|_| SealError)?;
        let mut wrapped = nonce.to_vec();
        wrapped.extend(self.encrypt(&nonce, aad, key)?);
        Ok(wrapped)
    }

    /// Unwraps a key that was wrapped with the same `aad`.
    ///
    /// # Errors
    /// For anything else.
    pub fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let (nonce, text) = wrapped.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let bytes = self.decrypt(nonce, aad, text)?;
        let mut key = Zeroizing::new([0; 32]);
        let exact: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| SealError)?;
        key.copy_from_slice(exact);
        Ok(key)
    }

    fn encrypt(&self, nonce: &[u8; NONCE], aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, SealError> {
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        cipher
            .encrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .map_err(|_| SealError)
    }

    fn decrypt(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        msg: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .map(Zeroizing::new)
            .map_err(|_| SealError)
    }
}

/// A sealed text taken apart.
#[derive(Debug)]
pub struct Sealed<'a> {
    /// The name of its key.
    pub key: &'a str,
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

impl<'a> Sealed<'a> {
    /// Takes a stored text apart.
    ///
    /// # Errors
    /// When it is not of a known format.
    pub fn parse(stored: &'a str) -> Result<Self, SealError> {
        let parts: Vec<&str> = stored.split('|').collect();
        let [FORMAT, key, nonce, text, tag] = parts[..] else {
            return Err(SealError);
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| SealError);
        let mut ciphertext = decode(text)?;
        ciphertext.extend(decode(tag)?);
        Ok(Self {
            key,
            nonce: decode(nonce)?.try_into().map_err(|_| SealError)?,
            ciphertext,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place::new("customers", "email", Uuid::from_u128(7));

    fn key(id: &str, byte: u8) -> SealKey {
        SealKey::new(id.to_owned(), Zeroizing::new([byte; 32]))
    }

    fn open(key: &SealKey, organization: u128, place: Place<'_>, stored: &str) -> Option<String> {
        let sealed = Sealed::parse(stored).ok()?;
        key.open(Uuid::from_u128(organization), place, &sealed).ok()
    }

    #[test]
    fn a_text_opens_at_its_place_and_nowhere_else() {
        let key = key("1", 1);
        let stored = key
            .seal(Uuid::from_u128(1), HERE, "ada@example.com")
            .unwrap();
        assert_eq!(
            open(&key, 1, HERE, &stored).as_deref(),
            Some("ada@example.com")
        );
        assert!(stored.starts_with("v1|1|") && stored.split('|').count() == 5);
        let elsewhere = [
            Place::new("contacts", "email", HERE.row),
            Place::new("customers", "phone", HERE.row),
            Place::new("customers", "email", Uuid::from_u128(8)),
            Place::new("customersemail", "", HERE.row),
        ];
        for place in elsewhere {
            assert_eq!(open(&key, 1, place, &stored), None);
        }
        assert_eq!(open(&key, 2, HERE, &stored), None, "another organization");
    }

    #[test]
    fn a_changed_text_or_another_key_opens_nothing() {
        let one = key("1", 1);
        let stored = one.seal(Uuid::nil(), HERE, "x|y").unwrap();
        assert_eq!(open(&one, 0, HERE, &stored).as_deref(), Some("x|y"));
        assert_eq!(open(&key("1", 2), 0, HERE, &stored), None);
        for at in 5..stored.len() {
            let mut changed = stored.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&one, 0, HERE, &changed), None, "{changed}");
        }
        for junk in ["", "0|plain", "v1|1|a|b", "v1|1|||", "v2|1|a|b|c"] {
            assert_eq!(open(&one, 0, HERE, junk), None, "{junk}");
        }
    }

    #[test]
    fn a_nonce_is_never_used_twice() {
        let key = key("1", 1);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..20_000 {
            let stored = key.seal(Uuid::nil(), HERE, "").unwrap();
            assert!(seen.insert(stored.split('|').nth(2).unwrap().to_owned()));
        }
    }

    #[test]
    fn wrapped_keys_come_back_for_their_purpose_only() {
        let root = key("k", 9);
        let wrapped = root.wrap(b"purpose", &[3; 32]).unwrap();
        assert_eq!(*root.unwrap(b"purpose", &wrapped).unwrap(), [3; 32]);
        assert!(root.unwrap(b"other", &wrapped).is_err());
        assert!(root.unwrap(b"purpose", &wrapped[1..]).is_err());
        assert!(root.unwrap(b"purpose", &[]).is_err());
    }

    #[test]
    fn keys_are_not_shown() {
        assert_eq!(format!("{:?}", key("1", 65)), "SealKey(1)");
    }
}
