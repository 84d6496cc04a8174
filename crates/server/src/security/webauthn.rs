//! The ceremonies of passkeys: who we are to an authenticator, what we ask of it, and its answers as they come in.

use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, Value, ValueKind, ValuePointerRef,
    take_cf_content,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

use crate::config::Config;
use crate::http::{FieldProblem, Problem};

/// What telephones and browsers show.
const NAME: &str = "Sales Order Manager";

/// The relying party of the public address; none when that is a bare IP address, for which browsers make no passkeys.
pub fn relying_party(config: &Config) -> Option<Webauthn> {
    let origin = &config.server.public_url;
    let builder = WebauthnBuilder::new(origin.domain()?, origin).ok()?;
    builder.rp_name(NAME).build().ok()
}

/// Asks for a passkey that knows its person, so that signing in needs no address; the library leaves that open.
pub fn discoverable(options: &mut serde_json::Value) {
    if let Some(selection) = options.get_mut("authenticatorSelection") {
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
    }
}

/// What a browser got from an authenticator, as `PublicKeyCredential.toJSON()` writes it.
#[derive(Debug)]
pub struct Answer(serde_json::Value);

impl Answer {
    /// Reads it. Errors: 422 at `/credential`.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Problem> {
        serde_json::from_value(self.0).map_err(|error| {
            let problem = FieldProblem::at(
                "/credential",
                "invalid_credential",
                format!("This is no answer of an authenticator: {error}."),
            );
            Problem::invalid(vec![problem])
        })
    }
}

impl<E: DeserializeError> Deserr<E> for Answer {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        at: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        if matches!(value, Value::Map(_)) {
            return Ok(Self(value.into()));
        }
        let error = ErrorKind::IncorrectValueKind {
            actual: value,
            accepted: &[ValueKind::Map],
        };
        Err(take_cf_content(E::error(None, error, at)))
    }
}

impl utoipa::PartialSchema for Answer {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("`PublicKeyCredential.toJSON()` of the browser"))
            .into()
    }
}

impl utoipa::ToSchema for Answer {
    fn name() -> std::borrow::Cow<'static, str> {
        "PasskeyAnswer".into()
    }
}
