//! Bodies of the routes of second factors.

use deserr::Deserr;
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use super::service::Registration;
use crate::http::{InputErrors, Problem};
use crate::security::webauthn::Answer;

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

/// A passkey that the browser made.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"ceremony": "from the beginning", "name": "Telephone", "credential": {"id": "AQIDBA", "rawId": "AQIDBA", "type": "public-key", "clientExtensionResults": {}, "response": {"attestationObject": "AQ", "clientDataJSON": "e30"}}}))]
pub(super) struct NewPasskey {
    /// From `/passkeys/begin`.
    #[schema(value_type = String, max_length = 200)]
    pub ceremony: Text<1, 200>,
    /// What to call it.
    pub name: Name,
    /// What the authenticator answered.
    pub credential: Answer,
}

impl NewPasskey {
    /// Reads the answer. Errors: 422.
    pub(super) fn read(self) -> Result<Registration, Problem> {
        Ok(Registration {
            token: self.ceremony.into_string(),
            name: self.name,
            credential: self.credential.read()?,
        })
    }
}
