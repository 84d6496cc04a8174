//! What the routes of second factors answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::PasskeyId;
use utoipa::ToSchema;

use super::service::{Codes, NewAuthenticator, Registered};
use super::store::{OverviewRow, PasskeyRow};
use crate::features::auth::service::Ceremony;
use crate::security::qr::Drawn;

/// The person's second factors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SecondFactors {
    /// Whether an organization asks it of the person: the last one cannot be removed then.
    pub required: bool,
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// The authenticator app.
    pub authenticator: Option<AuthenticatorView>,
    /// The recovery codes.
    pub recovery_codes: RecoveryCodesView,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasskeyView {
    /// Identity.
    pub id: PasskeyId,
    /// What its person calls it.
    #[schema(example = "Telephone")]
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// What an authenticator is asked for a new passkey.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasskeyBegun {
    /// Goes back with the answer.
    pub ceremony: String,
    /// For `navigator.credentials.create({ publicKey })`, after `PublicKeyCredential.parseCreationOptionsFromJSON`.
    #[schema(value_type = Object)]
    pub public_key: serde_json::Value,
    /// Until when the answer is taken.
    pub expires_at: Timestamp,
}

/// A registered passkey.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasskeyRegistered {
    /// The passkey.
    pub passkey: PasskeyView,
    /// Ten codes, shown once, when there were none yet.
    #[schema(example = json!(["k3m9x-7q2ad-4tz8w-hn6pv-c1r5b-y"]))]
    pub recovery_codes: Option<Vec<String>>,
}

/// An authenticator app.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuthenticatorView {
    /// When it was set up.
    pub added_at: Timestamp,
    /// When a code of it was last taken.
    pub last_used_at: Option<Timestamp>,
}

/// Recovery codes, without the codes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecoveryCodesView {
    /// How many still work.
    #[schema(example = 10)]
    pub left: i64,
    /// When they were made.
    pub made_at: Option<Timestamp>,
}

/// A new authenticator app on its way. Shown once; it counts from its first right code on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuthenticatorBegun {
    /// For typing into the app, in base32.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    /// The same as an address that apps open.
    #[schema(
        example = "otpauth://totp/Sales%20Order%20Manager:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Sales%20Order%20Manager"
    )]
    pub address: String,
    /// The same for the app's camera.
    pub qr_code: QrCodeView,
    /// Until when its first code is taken.
    pub expires_at: Timestamp,
}

/// A QR code as an outline: `<svg viewBox="-4 -4 size+8 size+8"><path d="path"/></svg>`, dark on white.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QrCodeView {
    /// Modules along one side, without the quiet zone of four around it.
    #[schema(example = 41)]
    pub size: i32,
    /// The `d` of an SVG path, one unit a module.
    #[schema(example = "M0 0h7v1h-7z")]
    pub path: String,
}

/// Fresh recovery codes. Shown once; those before no longer work.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FreshRecoveryCodes {
    /// Ten codes, each of which works once.
    #[schema(example = json!(["k3m9x-7q2ad-4tz8w-hn6pv-c1r5b-y"]))]
    pub recovery_codes: Vec<String>,
}

impl From<PasskeyRow> for PasskeyView {
    fn from(row: PasskeyRow) -> Self {
        Self {
            id: PasskeyId::from_uuid(row.id),
            name: row.name,
            created_at: Timestamp::new(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::new),
        }
    }
}

impl From<Ceremony> for PasskeyBegun {
    fn from(asked: Ceremony) -> Self {
        Self {
            ceremony: asked.token.to_string(),
            public_key: asked.options,
            expires_at: Timestamp::new(asked.expires_at),
        }
    }
}

impl From<Registered> for PasskeyRegistered {
    fn from(registered: Registered) -> Self {
        let shown = |codes: Codes| codes.iter().map(|code| code.to_string()).collect();
        Self {
            passkey: registered.passkey.into(),
            recovery_codes: registered.recovery_codes.map(shown),
        }
    }
}

impl From<(OverviewRow, Vec<PasskeyRow>)> for SecondFactors {
    fn from((row, passkeys): (OverviewRow, Vec<PasskeyRow>)) -> Self {
        Self {
            required: row.required,
            passkeys: passkeys.into_iter().map(PasskeyView::from).collect(),
            authenticator: row.added_at.map(|added_at| AuthenticatorView {
                added_at: Timestamp::new(added_at),
                last_used_at: row.last_used_at.map(Timestamp::new),
            }),
            recovery_codes: RecoveryCodesView {
                left: row.codes_left,
                made_at: row.codes_made_at.map(Timestamp::new),
            },
        }
    }
}

impl From<NewAuthenticator> for AuthenticatorBegun {
    fn from(new: NewAuthenticator) -> Self {
        let Drawn { size, path } = new.qr_code;
        Self {
            secret: new.secret.to_string(),
            address: new.address.to_string(),
            qr_code: QrCodeView { size, path },
            expires_at: Timestamp::new(new.expires_at),
        }
    }
}
