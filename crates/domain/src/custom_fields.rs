//! Fields an organization adds to its records: typed definitions and the validation of a JSON object against them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::dates::Date;
use crate::money::Amount;
use crate::scalar::{Invalid, Scalar, scalar_traits};
use crate::text::LongText;

/// Most definitions per kind of record.
pub const CUSTOM_FIELDS_MAX: usize = 100;
/// Most options of a choice.
pub const OPTIONS_MAX: usize = 200;
/// Most characters of a text value.
pub const TEXT_MAX: usize = 2_000;

/// The key of a custom field in JSON: lower-case letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldKey(String);

impl FieldKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for FieldKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if starts && text.len() <= 40 && text.bytes().all(fits) {
            return Ok(FieldKey(text.to_owned()));
        }
        Err(Invalid::new(
            "invalid_field_key",
            "is not a key of up to 40 lower-case letters, digits and underscores",
        ))
    }
}

impl std::fmt::Display for FieldKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scalar for FieldKey {
    const DESCRIPTION: &'static str = "Key of a custom field";
    const EXAMPLE: &'static str = "delivery_note";
    const PATTERN: Option<&'static str> = Some("^[a-z][a-z0-9_]{0,39}$");
}
scalar_traits!(FieldKey);

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub enum FieldKind {
    /// Text of up to `max_length` characters.
    Text {
        /// Most characters, at most 2000.
        max_length: u16,
    },
    /// A decimal, as a string.
    Number {
        /// Least value.
        min: Option<Amount>,
        /// Greatest value.
        max: Option<Amount>,
        /// Most decimals, at most 4.
        decimals: u8,
    },
    /// Yes or no.
    Boolean,
    /// A date.
    Date,
    /// One of the options.
    Choice {
        /// The options, in order.
        options: Vec<String>,
    },
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(utoipa::ToSchema))]
pub struct FieldDefinition {
    /// Its key in `custom`.
    pub key: FieldKey,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub required: bool,
}

/// A refused value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The key, as sent.
    pub key: String,
    /// Why.
    pub invalid: Invalid,
}

impl FieldDefinition {
    /// Checks the definition itself.
    pub fn check(&self) -> Result<(), Invalid> {
        let refuse = |message: &'static str| Err(Invalid::new("invalid_definition", message));
        match &self.kind {
            FieldKind::Text { max_length }
                if *max_length == 0 || usize::from(*max_length) > TEXT_MAX =>
            {
                refuse("needs a length of 1 to 2000 characters")
            }
            FieldKind::Number { decimals, .. } if u32::from(*decimals) > Amount::SCALE => {
                refuse("may have at most 4 decimals")
            }
            FieldKind::Number {
                min: Some(min),
                max: Some(max),
                ..
            } if min > max => refuse("has a least value above the greatest"),
            FieldKind::Choice { options } => check_options(options),
            FieldKind::Text { .. }
            | FieldKind::Number { .. }
            | FieldKind::Boolean
            | FieldKind::Date => Ok(()),
        }
    }

    fn value(&self, value: &Value) -> Result<Value, Invalid> {
        match (&self.kind, value) {
            (FieldKind::Text { max_length }, Value::String(text)) => text_value(text, *max_length),
            (FieldKind::Number { min, max, decimals }, Value::String(text)) => {
                number_value(text, *min, *max, *decimals)
            }
            (FieldKind::Date, Value::String(text)) => text
                .parse::<Date>()
                .map(|date| Value::String(date.to_string())),
            (FieldKind::Choice { options }, Value::String(text)) => {
                let known = options.contains(text).then(|| value.clone());
                known.ok_or_else(|| Invalid::new("unknown_value", "is none of the options"))
            }
            (FieldKind::Boolean, Value::Bool(_)) => Ok(value.clone()),
            (FieldKind::Boolean, _) => Err(Invalid::new("wrong_type", "must be true or false")),
            (
                FieldKind::Text { .. }
                | FieldKind::Number { .. }
                | FieldKind::Date
                | FieldKind::Choice { .. },
                _,
            ) => Err(Invalid::new("wrong_type", "must be a string")),
        }
    }
}

fn check_options(options: &[String]) -> Result<(), Invalid> {
    let refuse = |message: &'static str| Err(Invalid::new("invalid_definition", message));
    if options.is_empty() || options.len() > OPTIONS_MAX {
        return refuse("needs 1 to 200 options");
    }
    if options.iter().any(|option| {
        option
            .parse::<crate::text::Text<1, 200>>()
            .map(|t| t.as_str() != option)
            .unwrap_or(true)
    }) {
        return refuse("has an option that is empty, too long or not plain text");
    }
    let mut sorted: Vec<&String> = options.iter().collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
        refuse("names an option twice")
    } else {
        Ok(())
    }
}

fn text_value(text: &str, max_length: u16) -> Result<Value, Invalid> {
    let text: LongText<TEXT_MAX> = text.parse()?;
    if text.as_str().chars().count() > usize::from(max_length) {
        return Err(Invalid::new(
            "too_long",
            format!("is longer than {max_length} characters"),
        ));
    }
    Ok(Value::String(text.into_string()))
}

fn number_value(
    text: &str,
    min: Option<Amount>,
    max: Option<Amount>,
    decimals: u8,
) -> Result<Value, Invalid> {
    let number: Amount = text.parse()?;
    if number.decimal().scale() > u32::from(decimals) {
        return Err(Invalid::new(
            "too_many_decimals",
            format!("has more than {decimals} decimals"),
        ));
    }
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(Invalid::new("too_small", format!("is below {min}")));
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(Invalid::new("too_large", format!("is above {max}")));
    }
    Ok(Value::String(number.decimal().normalize().to_string()))
}

/// Checks `custom` against the definitions and returns it in canonical form: defined order, `null` and empty text left out.
pub fn validate(
    definitions: &[FieldDefinition],
    custom: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = custom
        .keys()
        .filter(|key| {
            definitions
                .iter()
                .all(|definition| definition.key.as_str() != *key)
        })
        .map(|key| {
            error(
                key,
                Invalid::new("unknown_field", "is not a custom field of this record"),
            )
        })
        .collect();
    let mut valid = Map::new();
    for definition in definitions {
        let key = definition.key.as_str();
        let given = custom.get(key).filter(|value| !value.is_null());
        match given.map(|value| definition.value(value)) {
            Some(Ok(value)) if value.as_str() != Some("") => {
                valid.insert(key.to_owned(), value);
            }
            Some(Err(invalid)) => errors.push(error(key, invalid)),
            None | Some(Ok(_)) if definition.required => {
                errors.push(error(key, Invalid::new("required", "is required")))
            }
            None | Some(Ok(_)) => {}
        }
    }
    if errors.is_empty() {
        Ok(valid)
    } else {
        Err(errors)
    }
}

fn error(key: &str, invalid: Invalid) -> FieldError {
    FieldError {
        key: key.to_owned(),
        invalid,
    }
}

#[cfg(test)]
#[path = "custom_fields_tests.rs"]
mod tests;
