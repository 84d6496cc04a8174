//! Bodies of the routes of second factors.

use deserr::Deserr;
use som_domain::text::Text;
use utoipa::ToSchema;

use crate::http::InputErrors;

/// The first code of a new authenticator app.
#[derive(Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"code": "123 456"}))]
pub(super) struct ConfirmAuthenticator {
    /// Six digits, as the app shows them.
    #[schema(value_type = String, max_length = 64)]
    pub code: Text<1, 64>,
}

impl std::fmt::Debug for ConfirmAuthenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfirmAuthenticator(…)")
    }
}
