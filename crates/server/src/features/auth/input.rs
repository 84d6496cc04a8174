//! Bodies of the sign-in routes.

use deserr::Deserr;
use som_domain::ids::OrganizationId;
use som_domain::text::Text;
use utoipa::ToSchema;

use crate::http::InputErrors;
use crate::security::password::Password;

/// Who is signed in shows it again.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"password": "correct horse battery staple"}))]
pub(super) struct StepUp {
    /// The password.
    pub password: Password,
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
}
