//! The key of keys: whoever holds it can unwrap every other key. It never lies in the database.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretSlice;
use zeroize::Zeroizing;

use super::keys::derive;
use super::seal::{SealError, SealKey};
use super::server_key::ServerKey;
use crate::config::Secrets;

/// Wraps and unwraps keys; the implementation may be a service outside, so it is asked rarely and the answers are cached.
pub trait KekProvider: fmt::Debug + Send + Sync {
    /// The name of the key that wraps now; stored beside what it wrapped.
    fn current(&self) -> &str;

    /// Wraps a key for a purpose.
    fn wrap<'a>(
        &'a self,
        purpose: &'a [u8],
        key: &'a [u8; 32],
    ) -> BoxFuture<'a, Result<Vec<u8>, SealError>>;

    /// Unwraps what the key named `kek` wrapped for the same purpose.
    fn unwrap<'a>(
        &'a self,
        kek: &'a str,
        purpose: &'a [u8],
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, SealError>>;
}

/// The key from the configuration (in development: from the data directory), and the one before it.
#[derive(Debug)]
pub struct Configured {
    current: SealKey,
    previous: Option<SealKey>,
}

impl Configured {
    /// From the configured secrets.
    ///
    /// # Errors
    /// Never for keys of the configuration's least length.
    pub fn provider(secrets: &Secrets) -> anyhow::Result<Arc<dyn KekProvider>> {
        let previous = secrets.encryption_key_previous.as_ref();
        Ok(Arc::new(Self {
            current: key(&secrets.encryption_key)?,
            previous: previous.map(key).transpose()?,
        }))
    }
}

/// Derived, so that the secret itself is never a cipher's key; named by a fingerprint that tells nothing about it.
fn key(secret: &SecretSlice<u8>) -> anyhow::Result<SealKey> {
    let id = ServerKey::Encryption.id(secret)?;
    Ok(SealKey::new(id, derive(secret, "key of keys")?))
}

impl KekProvider for Configured {
    fn current(&self) -> &str {
        &self.current.id
    }

    fn wrap<'a>(
        &'a self,
        purpose: &'a [u8],
        key: &'a [u8; 32],
    ) -> BoxFuture<'a, Result<Vec<u8>, SealError>> {
        Box::pin(async move { self.current.wrap(purpose, key) })
    }

    fn unwrap<'a>(
        &'a self,
        kek: &'a str,
        purpose: &'a [u8],
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<[u8; 32]>, SealError>> {
        let mut known = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten();
        let key = known.find(|key| key.id == kek);
        Box::pin(async move { key.ok_or(SealError)?.unwrap(purpose, wrapped) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_previous_key_still_unwraps() {
        let mut secrets = Secrets::random().unwrap();
        let old = Configured::provider(&secrets).unwrap();
        let wrapped = old.wrap(b"p", &[5; 32]).await.unwrap();
        let id = old.current().to_owned();
        let replaced = std::mem::replace(
            &mut secrets.encryption_key,
            Secrets::random().unwrap().encryption_key,
        );
        let without = Configured::provider(&secrets).unwrap();
        assert!(without.unwrap(&id, b"p", &wrapped).await.is_err());
        secrets.encryption_key_previous = Some(replaced);
        let with = Configured::provider(&secrets).unwrap();
        assert_ne!(with.current(), id);
        assert_eq!(*with.unwrap(&id, b"p", &wrapped).await.unwrap(), [5; 32]);
    }
}
