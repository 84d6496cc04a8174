//! Bodies of the sign-in routes.

use deserr::Deserr;
use som_domain::ids::OrganizationId;
use som_domain::text::Text;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::service::{Method, Shown};
use crate::captcha::Answer as CaptchaAnswer;
use crate::http::InputErrors;
use crate::security::password::Password;
use crate::security::webauthn::Answer;

/// Who is signed in shows it again.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"password": "correct horse battery staple"}))]
pub(super) struct StepUp {
    /// The password.
    pub password: Password,
    /// Also a code, from those who have a second factor.
    #[deserr(default)]
    pub second_factor: Option<SecondFactor>,
}

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase)]
#[schema(rename_all = "snake_case")]
pub(super) enum FactorMethod {
    /// Six digits of the authenticator app.
    Totp,
    /// One of the ten recovery codes; it works once.
    #[deserr(rename = "recovery_code")]
    RecoveryCode,
}

/// A second factor as it is shown.
#[derive(Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"method": "totp", "code": "123 456"}))]
pub(super) struct SecondFactor {
    /// What it is.
    pub method: FactorMethod,
    /// As it is shown: blanks, hyphens and case do not matter.
    #[schema(value_type = String, max_length = 64)]
    pub code: Text<1, 64>,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecondFactor({:?})", self.method)
    }
}

impl From<SecondFactor> for Shown {
    fn from(input: SecondFactor) -> Self {
        Self {
            method: match input.method {
                FactorMethod::Totp => Method::Totp,
                FactorMethod::RecoveryCode => Method::RecoveryCode,
            },
            code: Zeroizing::new(input.code.into_string()),
        }
    }
}

/// Who wants in.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"email": "owner@test.example", "password": "correct horse battery staple", "remember": false}))]
pub(super) struct SignIn {
    /// The address of the account.
    #[schema(value_type = String, format = "email", max_length = 254)]
    pub email: Text<1, 254>,
    /// The password.
    pub password: Password,
    /// Stay signed in on this device.
    #[deserr(default)]
    pub remember: Option<bool>,
    /// Which organization to work for; the last one when absent.
    #[deserr(default)]
    pub organization_id: Option<OrganizationId>,
    /// That you are a person, where the server asks for it: see `captcha` of `/auth/options`.
    #[deserr(default)]
    pub captcha: Option<CaptchaAnswer>,
}

/// A passkey that signs in.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"ceremony": "from the challenge", "credential": {"id": "AQIDBA", "rawId": "AQIDBA", "type": "public-key", "clientExtensionResults": {}, "response": {"authenticatorData": "AQ", "clientDataJSON": "e30", "signature": "AQ", "userHandle": "AQ"}}, "remember": false}))]
pub(super) struct PasskeySignIn {
    /// From `/auth/passkey-challenge`.
    #[schema(value_type = String, max_length = 200)]
    pub ceremony: Text<1, 200>,
    /// What the authenticator answered.
    pub credential: Answer,
    /// Stay signed in on this device.
    #[deserr(default)]
    pub remember: Option<bool>,
    /// Which organization to work for; the last one when absent.
    #[deserr(default)]
    pub organization_id: Option<OrganizationId>,
}

/// A passkey of the signed-in person.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"ceremony": "from the challenge", "credential": {"id": "AQIDBA", "rawId": "AQIDBA", "type": "public-key", "clientExtensionResults": {}, "response": {"authenticatorData": "AQ", "clientDataJSON": "e30", "signature": "AQ", "userHandle": "AQ"}}}))]
pub(super) struct PasskeyStepUp {
    /// From `/auth/passkey-challenge`.
    #[schema(value_type = String, max_length = 200)]
    pub ceremony: Text<1, 200>,
    /// What the authenticator answered.
    pub credential: Answer,
}
