//! Seals what belongs to a person and to no organization: the secret of an authenticator app. The key is derived from the key of keys, for this alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretSlice;
use serde_json::{Value, json};
use som_domain::ids::UserId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::{derive, fingerprint};
use super::seal::{Place, SealError, SealKey, Sealed};
use crate::config::Secrets;

/// Marks what is sealed as a whole.
const SEALED: &str = "$sealed";

/// Seals and opens; what the key before the last change sealed still opens.
#[derive(Debug)]
pub struct PersonKey {
    current: SealKey,
    previous: Option<SealKey>,
}

/// An opened secret.
#[derive(Debug)]
pub struct Opened {
    /// The secret.
    pub secret: Zeroizing<Vec<u8>>,
    /// Sealed with the key before the last change: it is time to seal it anew.
    pub outdated: bool,
}

impl PersonKey {
    /// From the configured secrets.
    ///
    /// # Errors
    /// Never for keys of the configuration's least length.
    pub fn new(secrets: &Secrets) -> anyhow::Result<Self> {
        let previous = secrets.encryption_key_previous.as_ref();
        Ok(Self {
            current: key(&secrets.encryption_key)?,
            previous: previous.map(key).transpose()?,
        })
    }

    /// Seals what is known of somebody who has no organization yet, as it is kept where JSON is.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal_whole(&self, place: Place<'_>, value: &Value) -> Result<Value, SealError> {
        let text = Zeroizing::new(value.to_string());
        Ok(json!({ SEALED: self.current.seal(Uuid::nil(), place, &text)? }))
    }

    /// Opens it; what was kept in the clear is given as it stands.
    ///
    /// # Errors
    /// When it was not sealed here for this place.
    pub fn open_whole(&self, place: Place<'_>, stored: Value) -> Result<Value, SealError> {
        let Some(text) = stored.get(SEALED).and_then(Value::as_str) else {
            return Ok(stored);
        };
        let sealed = Sealed::parse(text)?;
        let opened = Zeroizing::new(self.key(&sealed)?.open(Uuid::nil(), place, &sealed)?);
        serde_json::from_str(&opened).map_err(|_| SealError)
    }

    fn key(&self, sealed: &Sealed<'_>) -> Result<&SealKey, SealError> {
        let mut known = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten();
        known.find(|key| key.id == sealed.key).ok_or(SealError)
    }

    /// What was sealed as a whole as it is to be kept with the key in use; `None` when it is.
    ///
    /// # Errors
    /// When it was not sealed here for this place.
    pub fn fresh_whole(&self, place: Place<'_>, stored: Value) -> Result<Option<Value>, SealError> {
        let sealed = stored.get(SEALED).and_then(Value::as_str);
        let is_current = match sealed {
            Some(text) => Sealed::parse(text)?.key == self.current.id,
            None => true,
        };
        if is_current {
            return Ok(None);
        }
        self.seal_whole(place, &self.open_whole(place, stored)?)
            .map(Some)
    }

    /// Seals a person's secret; it opens for nobody else.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, person: UserId, secret: &[u8]) -> Result<String, SealError> {
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret));
        self.current.seal(Uuid::nil(), place(person), &text)
    }

    /// The name of the key that seals, as it stands in what it sealed.
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    /// Opens it.
    ///
    /// # Errors
    /// When it was not sealed here for this person.
    pub fn open(&self, person: UserId, stored: &str) -> Result<Opened, SealError> {
        let sealed = Sealed::parse(stored)?;
        let key = self.key(&sealed)?;
        let text = Zeroizing::new(key.open(Uuid::nil(), place(person), &sealed)?);
        let secret = URL_SAFE_NO_PAD
            .decode(text.as_bytes())
            .map_err(|_| SealError)?;
        Ok(Opened {
            secret: Zeroizing::new(secret),
            outdated: key.id != self.current.id,
        })
    }
}

fn place(person: UserId) -> Place<'static> {
    Place::new("authenticators", "secret", person.uuid())
}

fn key(secret: &SecretSlice<u8>) -> anyhow::Result<SealKey> {
    let id = fingerprint(secret, "secrets of people, name")?;
    Ok(SealKey::new(id, derive(secret, "secrets of people")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_secret_opens_for_its_person_only() {
        let key = PersonKey::new(&Secrets::random().unwrap()).unwrap();
        let stored = key.seal(person(1), b"twenty bytes or more").unwrap();
        let opened = key.open(person(1), &stored).unwrap();
        assert_eq!(opened.secret.as_slice(), b"twenty bytes or more");
        assert!(!opened.outdated);
        assert!(key.open(person(2), &stored).is_err());
        let other = PersonKey::new(&Secrets::random().unwrap()).unwrap();
        assert!(other.open(person(1), &stored).is_err());
    }

    #[test]
    fn a_document_opens_in_its_place_only_and_old_ones_stay_readable() {
        let key = PersonKey::new(&Secrets::random().unwrap()).unwrap();
        let row = |n| Place::new("one_time_tokens", "payload", Uuid::from_u128(n));
        let ada = json!({ "name": "Ada" });
        let stored = key.seal_whole(row(1), &ada).unwrap();
        assert!(!stored.to_string().contains("Ada"));
        assert!(key.open_whole(row(2), stored.clone()).is_err());
        assert_eq!(key.open_whole(row(1), stored).unwrap(), ada);
        assert_eq!(key.open_whole(row(1), ada.clone()).unwrap(), ada);
    }

    #[test]
    fn after_a_change_of_the_key_it_still_opens_and_is_outdated() {
        let mut secrets = Secrets::random().unwrap();
        let stored = PersonKey::new(&secrets).unwrap().seal(person(1), b"secret");
        let fresh = Secrets::random().unwrap().encryption_key;
        secrets.encryption_key_previous =
            Some(std::mem::replace(&mut secrets.encryption_key, fresh));
        let key = PersonKey::new(&secrets).unwrap();
        let opened = key.open(person(1), &stored.unwrap()).unwrap();
        assert_eq!(opened.secret.as_slice(), b"secret");
        assert!(opened.outdated);
        let renewed = key.seal(person(1), &opened.secret).unwrap();
        assert!(!key.open(person(1), &renewed).unwrap().outdated);
    }
}
