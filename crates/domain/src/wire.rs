//! Request bodies and OpenAPI: deserr and utoipa implementations for every [`Scalar`](crate::Scalar), behind the `wire` feature.
//!
//! A refused value becomes deserr's `Unexpected` error whose message starts with the stable code: `too_many_decimals: …`.
//! A JSON number where a string belongs is `IncorrectValueKind`: money, quantities and rates are never JSON numbers.

#[cfg(feature = "wire")]
pub use on::{deserialize_scalar, scalar_schema};

#[cfg(feature = "wire")]
mod on {
    use deserr::{
        DeserializeError, ErrorKind, IntoValue, Value, ValueKind, ValuePointerRef, take_cf_content,
    };
    use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
    use utoipa::openapi::{RefOr, Schema};

    use crate::scalar::Scalar;

    /// Reads a [`Scalar`] from a JSON string.
    pub fn deserialize_scalar<T: Scalar, E: DeserializeError, V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<T, E> {
        let error = match value {
            Value::String(text) => match text.parse::<T>() {
                Ok(scalar) => return Ok(scalar),
                Err(_) if !T::VALUES.is_empty() => {
                    let kind = ErrorKind::UnknownValue {
                        value: &text,
                        accepted: T::VALUES,
                    };
                    E::error::<V>(None, kind, location)
                }
                Err(invalid) => E::error::<V>(
                    None,
                    ErrorKind::Unexpected {
                        msg: invalid.to_string(),
                    },
                    location,
                ),
            },
            actual => {
                let kind = ErrorKind::IncorrectValueKind {
                    actual,
                    accepted: &[ValueKind::String],
                };
                E::error::<V>(None, kind, location)
            }
        };
        Err(take_cf_content(error))
    }

    /// The OpenAPI schema of a [`Scalar`]: a string with all that is known about it.
    pub fn scalar_schema<T: Scalar>() -> RefOr<Schema> {
        let mut schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(T::DESCRIPTION))
            .format(T::FORMAT.map(|format| SchemaFormat::Custom(format.to_owned())))
            .pattern(T::PATTERN)
            .min_length(T::MIN_LENGTH)
            .max_length(T::MAX_LENGTH)
            .examples([T::EXAMPLE]);
        if !T::VALUES.is_empty() {
            schema = schema.enum_values(Some(T::VALUES.iter().copied()));
        }
        schema.into()
    }
}

/// Implements `deserr::Deserr`, `utoipa::PartialSchema` and (unless generic) `utoipa::ToSchema`.
#[cfg(feature = "wire")]
macro_rules! wire_scalar {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)* DeserrError: deserr::DeserializeError> deserr::Deserr<DeserrError> for $type {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                location: deserr::ValuePointerRef<'_>,
            ) -> Result<Self, DeserrError> {
                $crate::wire::deserialize_scalar(value, location)
            }
        }
        impl<$($generics)*> utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::wire::scalar_schema::<$type>()
            }
        }
        impl<$($generics)*> utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                $crate::wire::schema_name(std::any::type_name::<$type>())
            }
        }
    };
}
/// Nothing to implement without the feature.
#[cfg(not(feature = "wire"))]
macro_rules! wire_scalar {
    ([$($generics:tt)*] $type:ty) => {};
}
pub(crate) use wire_scalar;

/// `som_domain::text::Text<1, 200>` → `Text1To200`, `…::OrderId` → `OrderId`: unique per type, fit for a schema key.
#[cfg(feature = "wire")]
pub(crate) fn schema_name(type_name: &str) -> std::borrow::Cow<'static, str> {
    let (path, generics) = type_name.split_once('<').unwrap_or((type_name, ""));
    let base = path.rsplit("::").next().unwrap_or(path);
    let bounds: Vec<&str> = generics
        .trim_end_matches('>')
        .split(", ")
        .filter(|part| !part.is_empty())
        .collect();
    format!("{base}{}", bounds.join("To")).into()
}
