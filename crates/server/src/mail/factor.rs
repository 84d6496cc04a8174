//! Letters about second factors: a person hears of every change, whoever made it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::letter::{ALARM, spoken};

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum FactorEvent {
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// It was removed.
    AuthenticatorRemoved,
    /// A passkey was added.
    PasskeyAdded {
        /// What its person calls it.
        name: String,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// What its person called it.
        name: String,
    },
    /// A passkey did not count on: there may be a copy of it.
    PasskeyCopied {
        /// What its person calls it.
        name: String,
    },
    /// The recovery codes were made anew.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: i64,
    },
    /// An identity provider speaks for the person from now on.
    IdentityLinked {
        /// Its issuer.
        issuer: String,
    },
    /// It no longer does.
    IdentityUnlinked {
        /// Its issuer.
        issuer: String,
    },
    /// All second factors were removed by an administrator of the organization, or at the server.
    Reset,
    /// The password was right and the codes were wrong, several times.
    Guessed,
}

impl FactorEvent {
    pub(super) fn content(&self, at: DateTime<Utc>) -> Content {
        let (subject, text) = self.words();
        let content = Content::new(subject).text(text);
        let content = match self {
            Self::RecoveryCodeUsed { left } => content.fact("Codes left", left.to_string()),
            Self::PasskeyAdded { name }
            | Self::PasskeyRemoved { name }
            | Self::PasskeyCopied { name } => content.fact("Passkey", name),
            Self::IdentityLinked { issuer } | Self::IdentityUnlinked { issuer } => {
                content.fact("Identity provider", issuer)
            }
            Self::AuthenticatorAdded
            | Self::AuthenticatorRemoved
            | Self::RecoveryCodesRenewed
            | Self::Reset
            | Self::Guessed => content,
        };
        content.fact("When", spoken(at)).text(ALARM)
    }

    const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::AuthenticatorAdded => (
                "An authenticator app was set up",
                "From now on, signing in to your account takes a code of the app. Every other device was signed out.",
            ),
            Self::AuthenticatorRemoved => (
                "The authenticator app was removed",
                "Codes of the app no longer count for your account. Every other device was signed out.",
            ),
            Self::PasskeyAdded { .. } => (
                "A passkey was added",
                "The passkey signs in to your account by itself. Every other device was signed out.",
            ),
            Self::PasskeyRemoved { .. } => (
                "A passkey was removed",
                "The passkey no longer signs in to your account. Every other device was signed out.",
            ),
            Self::PasskeyCopied { .. } => (
                "A passkey may have been copied",
                "A passkey of your account was shown by a device that is behind the one used before, and was refused. Remove it and register another.",
            ),
            Self::RecoveryCodesRenewed => (
                "Your recovery codes were made anew",
                "There are ten new recovery codes for your account. The ones before no longer work.",
            ),
            Self::RecoveryCodeUsed { .. } => (
                "A recovery code was used",
                "A recovery code of your account was used instead of the authenticator app. It does not work again.",
            ),
            Self::IdentityLinked { .. } => (
                "Single sign-on was linked to your account",
                "From now on, whoever the identity provider says you are signs in to your account.",
            ),
            Self::IdentityUnlinked { .. } => (
                "Single sign-on was removed from your account",
                "The identity provider no longer signs in to your account.",
            ),
            Self::Reset => (
                "Your second factors were removed",
                "An administrator removed every second factor of your account and signed out all devices. Set one up again after signing in.",
            ),
            Self::Guessed => (
                "Somebody knows your password",
                "Somebody entered your password and then five wrong codes, and was not let in. If it was not you, change the password.",
            ),
        }
    }
}
