//! Bodies of the account routes.

use deserr::Deserr;
use som_domain::Email;
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::captcha::{Answer as CaptchaAnswer, Purpose};
use crate::http::InputErrors;
use crate::security::password::Password;

/// A person who wants an account, with the organization they found.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({
    "name": "Ada Byron", "email": "ada@example.com", "password": "violet harbour nine lamps",
    "organization": {"name": "Example Trading", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"}
}))]
pub(super) struct SignUp {
    /// Name.
    pub name: Name,
    /// Sign-in address; a link goes there.
    pub email: Email,
    /// At least 15 characters, hard to guess.
    pub password: Password,
    /// The company.
    pub organization: SignUpOrganization,
    /// That you are a person, where the server asks for it: see `captcha` of `/auth/options`.
    #[deserr(default)]
    pub captcha: Option<CaptchaAnswer>,
}

/// The company of a sign-up.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub(super) struct SignUpOrganization {
    /// Name.
    pub name: Name,
    /// Home country.
    pub country: CountryCode,
    /// Base currency.
    pub currency: Currency,
    /// IANA time zone of business days.
    #[schema(value_type = String, example = "Europe/Berlin")]
    pub time_zone: Text<1, 60>,
}

/// What a visitor wants to be taken for a person for.
#[derive(Debug, Clone, Copy, Deserr, ToSchema)]
#[deserr(error = InputErrors)]
pub(super) enum Asked {
    /// Signing up.
    #[deserr(rename = "sign_up")]
    #[schema(rename = "sign_up")]
    SignUp,
    /// A new password.
    #[deserr(rename = "password_reset")]
    #[schema(rename = "password_reset")]
    PasswordReset,
    /// Signing in.
    #[deserr(rename = "sign_in")]
    #[schema(rename = "sign_in")]
    SignIn,
}

impl From<Asked> for Purpose {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::SignUp => Self::SignUp,
            Asked::PasswordReset => Self::PasswordReset,
            Asked::SignIn => Self::SignIn,
        }
    }
}

/// Who wants a question of the server's own.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"purpose": "sign_up"}))]
pub(super) struct WantedChallenge {
    /// What for: the answer counts for nothing else.
    pub purpose: Asked,
}

/// An address that wants a mail.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub(super) struct Address {
    /// The address.
    pub email: Email,
    /// That you are a person, where the server asks for it: see `captcha` of `/auth/options`.
    #[deserr(default)]
    pub captcha: Option<CaptchaAnswer>,
}

/// Another address for the account.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"email": "ada@new.example"}))]
pub(super) struct ChangeEmail {
    /// The new address; a link goes there.
    pub email: Email,
}

/// The link of a mail.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"token": "the part of the link after #t="}))]
pub(super) struct FollowLink {
    /// From the link.
    #[schema(value_type = String, max_length = 200)]
    pub token: Text<1, 200>,
}

/// A new password by link.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"token": "the part of the link after #t=", "password": "violet harbour nine lamps"}))]
pub(super) struct CompleteReset {
    /// From the link.
    #[schema(value_type = String, max_length = 200)]
    pub token: Text<1, 200>,
    /// At least 15 characters, hard to guess.
    pub password: Password,
}

/// A new password for the signed-in person.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"current_password": "correct horse battery staple", "new_password": "violet harbour nine lamps"}))]
pub(super) struct ChangePassword {
    /// The present one.
    pub current_password: Password,
    /// At least 15 characters, hard to guess.
    pub new_password: Password,
}
