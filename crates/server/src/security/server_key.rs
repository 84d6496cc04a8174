//! The configured keys, as what can be changed while the server runs: which there are, their names, and how they are told apart without being shown.

use secrecy::{ExposeSecret, SecretSlice};

use super::keys::fingerprint;
use crate::config::Secrets;

/// A configured key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServerKey {
    /// Signs access tokens.
    Session,
    /// Binds CSRF tokens to sessions.
    Csrf,
    /// Signs list cursors.
    Cursor,
    /// Wraps the keys of personal data.
    Encryption,
}

impl ServerKey {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Session, Self::Csrf, Self::Cursor, Self::Encryption];

    /// As stored and as the command line calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Csrf => "csrf",
            Self::Cursor => "cursor",
            Self::Encryption => "encryption",
        }
    }

    /// The one of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }

    /// The name of its value in the configuration.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Session => "secrets.session_key",
            Self::Csrf => "secrets.csrf_key",
            Self::Cursor => "secrets.cursor_key",
            Self::Encryption => "secrets.encryption_key",
        }
    }

    /// Where the value before the last change stands in the configuration.
    pub const fn previous_setting(self) -> &'static str {
        match self {
            Self::Session => "secrets.session_key_previous",
            Self::Csrf => "secrets.csrf_key_previous",
            Self::Cursor => "secrets.cursor_key_previous",
            Self::Encryption => "secrets.encryption_key_previous",
        }
    }

    /// The value in use, and the one that is accepted beside it.
    pub const fn of(self, secrets: &Secrets) -> (&SecretSlice<u8>, Option<&SecretSlice<u8>>) {
        match self {
            Self::Session => (&secrets.session_key, secrets.session_key_previous.as_ref()),
            Self::Csrf => (&secrets.csrf_key, secrets.csrf_key_previous.as_ref()),
            Self::Cursor => (&secrets.cursor_key, secrets.cursor_key_previous.as_ref()),
            Self::Encryption => (
                &secrets.encryption_key,
                secrets.encryption_key_previous.as_ref(),
            ),
        }
    }

    /// What tells values apart and nothing about them; of the encryption key it is the name beside what it wrapped.
    ///
    /// # Errors
    /// Never for values of the configuration's least length.
    pub fn id(self, value: &SecretSlice<u8>) -> anyhow::Result<String> {
        fingerprint(
            value,
            match self {
                Self::Session => "session key name",
                Self::Csrf => "csrf key name",
                Self::Cursor => "cursor key name",
                Self::Encryption => "key of keys name",
            },
        )
    }

    fn slots(self, secrets: &mut Secrets) -> (&mut SecretSlice<u8>, &mut Option<SecretSlice<u8>>) {
        match self {
            Self::Session => (&mut secrets.session_key, &mut secrets.session_key_previous),
            Self::Csrf => (&mut secrets.csrf_key, &mut secrets.csrf_key_previous),
            Self::Cursor => (&mut secrets.cursor_key, &mut secrets.cursor_key_previous),
            Self::Encryption => (
                &mut secrets.encryption_key,
                &mut secrets.encryption_key_previous,
            ),
        }
    }
}

fn same(a: &SecretSlice<u8>, b: &SecretSlice<u8>) -> bool {
    a.expose_secret() == b.expose_secret()
}

/// Whether two sets of configured keys are the same.
pub fn are_same(a: &Secrets, b: &Secrets) -> bool {
    ServerKey::ALL.into_iter().all(|key| {
        let (mine, theirs) = (key.of(a), key.of(b));
        let previous = match (mine.1, theirs.1) {
            (Some(mine), Some(theirs)) => same(mine, theirs),
            (None, None) => true,
            _ => false,
        };
        previous && same(mine.0, theirs.0)
    })
}

/// What a process works with from when it saw `next` until every other one must have seen it: still with the keys it has, and it accepts
/// what the new ones make. `None` when there is nothing to wait for.
pub fn between(now: &Secrets, next: &Secrets) -> Option<Secrets> {
    let mut between = next.clone();
    let mut waits = false;
    for key in ServerKey::ALL {
        let (mine, new) = (key.of(now).0, key.of(next).0);
        if same(mine, new) {
            continue;
        }
        waits = true;
        let (current, previous) = key.slots(&mut between);
        *previous = Some(new.clone());
        *current = mine.clone();
    }
    waits.then_some(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rotated(secrets: &Secrets, key: ServerKey) -> Secrets {
        let mut next = secrets.clone();
        let fresh = Secrets::random().unwrap();
        let (current, previous) = key.slots(&mut next);
        *previous = Some(std::mem::replace(current, key.of(&fresh).0.clone()));
        next
    }

    #[test]
    fn a_new_key_is_accepted_before_it_is_used() {
        let old = Secrets::random().unwrap();
        for key in ServerKey::ALL {
            let next = rotated(&old, key);
            assert!(!are_same(&old, &next), "{key:?}");
            let between = between(&old, &next).unwrap();
            let (current, accepted) = key.of(&between);
            assert!(same(current, key.of(&old).0), "{key:?} still works");
            assert!(same(accepted.unwrap(), key.of(&next).0), "{key:?} accepts");
            let others = ServerKey::ALL.into_iter().filter(|other| *other != key);
            for other in others {
                assert!(other.of(&between).1.is_none());
                assert!(same(other.of(&between).0, other.of(&old).0));
            }
        }
    }

    #[test]
    fn a_previous_key_that_goes_makes_nobody_wait() {
        let old = rotated(&Secrets::random().unwrap(), ServerKey::Session);
        let mut next = old.clone();
        next.session_key_previous = None;
        assert!(!are_same(&old, &next));
        assert!(between(&old, &next).is_none());
        assert!(are_same(&old, &old.clone()));
    }

    #[test]
    fn ids_tell_keys_and_purposes_apart() {
        let one = Secrets::random().unwrap();
        let two = rotated(&one, ServerKey::Csrf);
        let id = |key: ServerKey, value: &SecretSlice<u8>| key.id(value).unwrap();
        let (current, previous) = ServerKey::Csrf.of(&two);
        assert_ne!(
            id(ServerKey::Csrf, current),
            id(ServerKey::Csrf, previous.unwrap())
        );
        assert_eq!(
            id(ServerKey::Csrf, &one.csrf_key),
            id(ServerKey::Csrf, previous.unwrap())
        );
        assert_ne!(
            id(ServerKey::Csrf, &one.csrf_key),
            id(ServerKey::Cursor, &one.csrf_key)
        );
    }
}
