//! Body of the first run.

use deserr::Deserr;
use som_domain::Email;
use som_domain::country::CountryCode;
use som_domain::currency::Currency;
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::http::InputErrors;
use crate::security::password::Password;

/// The first organization and its owner.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({
    "token": "the part of the first-run link after #t=",
    "organization": {"name": "Example Trading", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"},
    "administrator": {"name": "Ada Byron", "email": "ada@example.com", "password": "violet harbour nine lamps"},
    "demo_data": false
}))]
pub(super) struct CompleteSetup {
    /// From the first-run link.
    #[schema(value_type = String, max_length = 200)]
    pub token: Text<1, 200>,
    /// The company.
    pub organization: SetupOrganization,
    /// The first owner.
    pub administrator: SetupAdministrator,
    /// Whether to fill the organization with examples.
    #[deserr(default)]
    #[schema(required = false)]
    pub demo_data: bool,
}

/// The company.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub(super) struct SetupOrganization {
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

/// The first owner.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
pub(super) struct SetupAdministrator {
    /// Name.
    pub name: Name,
    /// Sign-in address.
    pub email: Email,
    /// At least 15 characters, hard to guess.
    pub password: Password,
}
