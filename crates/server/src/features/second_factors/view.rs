//! What the routes of second factors answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use utoipa::ToSchema;

use super::service::NewAuthenticator;
use super::store::OverviewRow;
use crate::security::qr::Drawn;

/// The person's second factors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SecondFactors {
    /// Whether an organization asks it of the person: the last one cannot be removed then.
    pub required: bool,
    /// The authenticator app.
    pub authenticator: Option<AuthenticatorView>,
    /// The recovery codes.
    pub recovery_codes: RecoveryCodesView,
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

impl From<OverviewRow> for SecondFactors {
    fn from(row: OverviewRow) -> Self {
        Self {
            required: row.required,
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
