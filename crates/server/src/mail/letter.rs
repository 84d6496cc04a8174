//! The letters the server writes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::factor::FactorEvent;
use crate::app::AppState;
use crate::security::links::{Purpose, Seed};

/// A link that is made when the mail is sent: until then only its seed exists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// What its token is made of.
    pub seed: Seed,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// A key that ends soon.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndingKey {
    /// What its owner calls it.
    pub name: String,
    /// How its text begins.
    pub hint: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// One letter with what it needs to be written. Nothing a stranger typed goes into a letter that a stranger can cause.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Completes a sign-up.
    ConfirmSignUp {
        /// Where.
        link: Link,
    },
    /// Somebody signed up with an address that has an account.
    HaveAccount,
    /// Sets a new password.
    ResetPassword {
        /// Where.
        link: Link,
    },
    /// An invitation into an organization.
    Invitation {
        /// Where.
        link: Link,
        /// The organization.
        organization: String,
        /// Who invites.
        inviter: String,
    },
    /// To the present address: a new one is wanted.
    EmailChangeAsked {
        /// The new address.
        new_email: String,
    },
    /// To the new address.
    ConfirmNewEmail {
        /// Where.
        link: Link,
    },
    /// Somebody wanted to change to an address that has an account.
    AddressInUse,
    /// The address of the account changed; to both addresses.
    EmailChanged {
        /// Before.
        old_email: String,
        /// Now.
        new_email: String,
        /// Takes it back; to the address before.
        undo: Option<Link>,
    },
    /// The password changed.
    PasswordChanged {
        /// When.
        at: DateTime<Utc>,
    },
    /// A sign-in from a browser that was not seen before.
    NewDevice {
        /// When.
        at: DateTime<Utc>,
        /// What the browser calls itself.
        device: String,
        /// From where.
        ip: Option<String>,
    },
    /// A session was ended because a copy of its token was used.
    SessionStolen {
        /// When.
        at: DateTime<Utc>,
    },
    /// Something about second factors.
    SecondFactor {
        /// What.
        event: FactorEvent,
        /// When.
        at: DateTime<Utc>,
    },
    /// API keys end soon; to their owner.
    ApiKeysEnd {
        /// Which.
        keys: Vec<EndingKey>,
    },
    /// The account was deleted.
    AccountDeleted,
}

/// Whether anybody can cause a letter, or only what happened to the account itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Asked for, possibly by a stranger.
    Requested,
    /// Caused by the account's own doings.
    Notice,
}

impl Class {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Notice => "notice",
        }
    }

    /// Letters to one address in an hour.
    pub(super) const fn hourly(self) -> i64 {
        match self {
            Self::Requested => 3,
            Self::Notice => 20,
        }
    }
}

const IGNORE: &str = "If this was not you, you need not do anything.";
pub(super) const ALARM: &str = "If this was not you, set a new password at once and tell an administrator of your organization.";

impl Letter {
    /// A short name for the queue.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::ConfirmSignUp { .. } => "confirm_sign_up",
            Self::HaveAccount => "have_account",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
            Self::EmailChangeAsked { .. } => "email_change_asked",
            Self::ConfirmNewEmail { .. } => "confirm_new_email",
            Self::AddressInUse => "address_in_use",
            Self::EmailChanged { .. } => "email_changed",
            Self::PasswordChanged { .. } => "password_changed",
            Self::NewDevice { .. } => "new_device",
            Self::SessionStolen { .. } => "session_stolen",
            Self::SecondFactor { .. } => "second_factor",
            Self::ApiKeysEnd { .. } => "api_keys_end",
            Self::AccountDeleted => "account_deleted",
        }
    }

    pub(super) const fn class(&self) -> Class {
        match self {
            Self::ConfirmSignUp { .. }
            | Self::HaveAccount
            | Self::ResetPassword { .. }
            | Self::Invitation { .. }
            | Self::ConfirmNewEmail { .. }
            | Self::AddressInUse => Class::Requested,
            Self::EmailChangeAsked { .. }
            | Self::EmailChanged { .. }
            | Self::PasswordChanged { .. }
            | Self::NewDevice { .. }
            | Self::SessionStolen { .. }
            | Self::SecondFactor { .. }
            | Self::ApiKeysEnd { .. }
            | Self::AccountDeleted => Class::Notice,
        }
    }

    /// The link in it.
    pub(super) const fn link(&self) -> Option<&Link> {
        match self {
            Self::ConfirmSignUp { link }
            | Self::ResetPassword { link }
            | Self::Invitation { link, .. }
            | Self::ConfirmNewEmail { link } => Some(link),
            Self::EmailChanged { undo, .. } => undo.as_ref(),
            Self::HaveAccount
            | Self::AddressInUse
            | Self::EmailChangeAsked { .. }
            | Self::PasswordChanged { .. }
            | Self::NewDevice { .. }
            | Self::SessionStolen { .. }
            | Self::SecondFactor { .. }
            | Self::ApiKeysEnd { .. }
            | Self::AccountDeleted => None,
        }
    }

    /// What it says.
    pub(super) fn content(&self, state: &AppState) -> anyhow::Result<Content> {
        let place = state.config().server.origin();
        let open = |link: &Link| -> anyhow::Result<String> {
            let token = state.auth().keys().link_token(link.purpose, &link.seed)?;
            // in the fragment: browsers send it nowhere, so no log and no Referer ever holds it
            let path = format!("{}#t={}", link.purpose.path(), token.as_str());
            Ok(state.config().server.link(&path))
        };
        Ok(match self {
            Self::ConfirmSignUp { link } => Content::new("Confirm your e-mail address")
                .text("Somebody signed up with this address. Open the link within 24 hours to complete it.")
                .link("Confirm the address", open(link)?)
                .text(IGNORE),
            Self::HaveAccount => Content::new("You have an account already")
                .text("Somebody signed up with this address, but there is an account for it. Sign in instead; if the password is forgotten, ask for a new one there.")
                .link("Sign in", place)
                .text(IGNORE),
            Self::ResetPassword { link } => Content::new("Set a new password")
                .text("Somebody asked for a new password for this address. Open the link within 30 minutes to set one.")
                .link("Set a new password", open(link)?)
                .text(IGNORE),
            Self::Invitation { link, organization, inviter } => {
                Content::new(format!("{inviter} invites you to {organization}"))
                    .text(format!("{inviter} invites you to work with {organization} in the Sales Order Manager."))
                    .link("Accept the invitation", open(link)?)
                    .fact("The link works once, until", spoken(link.expires_at))
                    .text("If you do not know them, you need not do anything.")
            }
            Self::EmailChangeAsked { new_email } => Content::new("A change of your e-mail address was asked for")
                .text("The e-mail address of your account is to change. It takes effect when the new address has confirmed it.")
                .fact("New address", new_email)
                .text(ALARM),
            Self::ConfirmNewEmail { link } => Content::new("Confirm your new e-mail address")
                .text("This address is to become the one of an account. It takes effect when you open the link, within 24 hours; everybody signs in with it from then on.")
                .link("Confirm the address", open(link)?)
                .text(IGNORE),
            Self::AddressInUse => Content::new("Your e-mail address was entered for another account")
                .text("Somebody wanted to use this address for another account. There is an account for it already, so nothing was changed.")
                .text(IGNORE),
            Self::EmailChanged { old_email, new_email, undo } => {
                let undo = undo.as_ref().map(open).transpose()?;
                email_changed(old_email, new_email, undo)
            }
            Self::PasswordChanged { at } => Content::new("Your password was changed")
                .text("The password of your account was changed. Every other device was signed out.")
                .fact("When", spoken(*at))
                .text(ALARM),
            Self::NewDevice { at, device, ip } => {
                let content = Content::new("A sign-in from a new device")
                    .text("Somebody signed in to your account from a browser that was not seen before.")
                    .fact("When", spoken(*at))
                    .fact("Browser", device);
                match ip {
                    Some(ip) => content.fact("Address", ip),
                    None => content,
                }
                .text(ALARM)
            }
            Self::SessionStolen { at } => Content::new("A session was ended for your safety")
                .text("A used sign-in token of your account was shown again, which happens when somebody copied it. The session was ended at once.")
                .fact("When", spoken(*at))
                .text(ALARM),
            Self::SecondFactor { event, at } => event.content(*at),
            Self::ApiKeysEnd { keys } => keys_end(keys),
            Self::AccountDeleted => Content::new("Your account was deleted")
                .text("Your account and its sign-ins were deleted, as you asked. Documents you made stay with their organizations."),
        }
        .text(format!("Sales Order Manager, {}", state.config().server.origin())))
    }
}

fn email_changed(old_email: &str, new_email: &str, undo: Option<String>) -> Content {
    let content = Content::new("Your e-mail address was changed")
        .text("The e-mail address of your account was changed, and every device was signed out. Sign in with the new one from now on.")
        .fact("Before", old_email)
        .fact("Now", new_email);
    match undo {
        Some(address) => content
            .text("If this was not you, take the address back within seven days, and then set a new password.")
            .link("Take the address back", address),
        None => content.text(ALARM),
    }
}

fn keys_end(keys: &[EndingKey]) -> Content {
    let content = Content::new("API keys of yours end soon")
        .text("Programs that use these keys stop working when they end. Replace them before, under Account: both keys work for a while.");
    keys.iter().fold(content, |content, key| {
        let ends = spoken(key.expires_at);
        content.text(format!("{} ({}…) ends on {ends}.", key.name, key.hint))
    })
}

pub(super) fn spoken(at: DateTime<Utc>) -> String {
    at.format("%d %B %Y, %H:%M UTC").to_string()
}
