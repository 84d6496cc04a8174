//! Links in mails: single-use secrets of 256 bits. The database keeps their hash, the queue a seed that is worthless without the server's key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Keys;
use super::random::{self, Hash};

/// What a link is for; a link of one purpose opens nothing of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Completes a sign-up.
    SignUp,
    /// Sets a new password.
    ResetPassword,
    /// Joins an organization.
    Invite,
    /// The owner of the new address agrees.
    ConfirmNewEmail,
    /// The owner of the address before takes it back.
    UndoEmail,
}

impl Purpose {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::ResetPassword => "reset_password",
            Self::Invite => "invite",
            Self::ConfirmNewEmail => "confirm_new_email",
            Self::UndoEmail => "undo_email",
        }
    }

    /// The page of the web app that takes the link.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SignUp => "/confirm-sign-up",
            Self::ResetPassword => "/reset-password",
            Self::Invite => "/accept-invitation",
            Self::ConfirmNewEmail => "/confirm-email",
            Self::UndoEmail => "/undo-email",
        }
    }

    /// How long the link works.
    pub const fn life(self) -> Duration {
        match self {
            Self::ResetPassword => Duration::minutes(30),
            // at most: who invites may say less
            Self::Invite | Self::UndoEmail => Duration::days(7),
            Self::SignUp | Self::ConfirmNewEmail => Duration::hours(24),
        }
    }
}

/// What the token of a link is made of, together with the server's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(String);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Keys {
    /// 256 fresh random bits for a link, with the name of the key that makes it: the letter is written later, when another may be in use.
    pub fn seed(&self) -> anyhow::Result<Seed> {
        let name = self.links.first().map_or("", |(name, _)| name);
        Ok(Seed(format!("{name}.{}", *random::token()?)))
    }

    /// The token of a link.
    pub fn link_token(&self, purpose: Purpose, seed: &Seed) -> anyhow::Result<Zeroizing<String>> {
        let named = seed.0.split_once('.').map(|(name, _)| name);
        let mut keys = self.links.iter();
        // seeds without a name are of a time when there was one key
        let key = match named {
            Some(named) => keys.find(|(name, _)| name == named),
            None => keys.next(),
        };
        let (_, key) = key.ok_or_else(|| anyhow::anyhow!("the key of this link is gone"))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
            .map_err(|e| anyhow::anyhow!("link key: {e}"))?;
        mac.update(purpose.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(seed.0.as_bytes());
        Ok(Zeroizing::new(
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()),
        ))
    }

    /// What the database keeps of the address a link goes to: the same for the same address.
    pub fn address_mark(&self, email: &str) -> anyhow::Result<String> {
        let mark = self.address_marks(email)?.into_iter().next();
        mark.ok_or_else(|| anyhow::anyhow!("there is no link key"))
    }

    /// The same under every key that is accepted, for looking it up.
    pub fn address_marks(&self, email: &str) -> anyhow::Result<Vec<String>> {
        let mark = |key: &[u8]| -> anyhow::Result<String> {
            let mut mac = Hmac::<Sha256>::new_from_slice(key)
                .map_err(|e| anyhow::anyhow!("link key: {e}"))?;
            mac.update(b"address\0");
            mac.update(email.to_lowercase().as_bytes());
            Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        let keys = self.links.iter();
        keys.map(|(_, key)| mark(key.as_slice())).collect()
    }

    /// What the database keeps of it.
    pub fn link_hash(&self, purpose: Purpose, seed: &Seed) -> anyhow::Result<Hash> {
        Ok(random::hash(&self.link_token(purpose, seed)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secrets;

    #[test]
    fn a_token_needs_the_seed_the_purpose_and_the_key() {
        let mut secrets = Secrets::random().unwrap();
        let keys = |secrets: &Secrets| Keys::new(secrets, String::new()).unwrap();
        let (ours, theirs) = (keys(&secrets), keys(&Secrets::random().unwrap()));
        let (seed, other) = (ours.seed().unwrap(), ours.seed().unwrap());
        let token = ours.link_token(Purpose::SignUp, &seed).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(token.as_bytes()).unwrap().len(), 32);
        assert_eq!(token, ours.link_token(Purpose::SignUp, &seed).unwrap());
        assert_ne!(token, ours.link_token(Purpose::SignUp, &other).unwrap());
        assert_ne!(
            token,
            ours.link_token(Purpose::ResetPassword, &seed).unwrap()
        );
        assert!(theirs.link_token(Purpose::SignUp, &seed).is_err());
        // the letter goes out after a change of the key
        let fresh = Secrets::random().unwrap().session_key;
        secrets.session_key_previous = Some(std::mem::replace(&mut secrets.session_key, fresh));
        let after = keys(&secrets);
        assert_eq!(token, after.link_token(Purpose::SignUp, &seed).unwrap());
        let old = ours.address_mark("Ada@example.com").unwrap();
        assert_ne!(after.address_mark("ada@example.com").unwrap(), old);
        assert!(
            after
                .address_marks("ada@example.com")
                .unwrap()
                .contains(&old)
        );
        let new = after.seed().unwrap();
        assert!(ours.link_token(Purpose::SignUp, &new).is_err());
        assert!(!format!("{seed:?}").contains(&seed.0));
    }
}
