//! Reading JSON bodies: every problem at once, each with its JSON pointer, unknown members refused.

use std::ops::ControlFlow;

use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, MergeWithError, Value, ValueKind,
    ValuePointerRef,
};
use http::StatusCode;

use super::{FieldProblem, Problem, strict_json};

/// More problems than this are cut: nobody reads them, and the answer stays small.
const PROBLEMS_MAX: usize = 100;

/// All that is wrong with a body.
#[derive(Debug, Default)]
pub struct InputErrors(pub Vec<FieldProblem>);

impl MergeWithError<Self> for InputErrors {
    fn merge(this: Option<Self>, other: Self, _at: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = this.unwrap_or_default();
        all.0.extend(other.0);
        if all.0.len() >= PROBLEMS_MAX {
            ControlFlow::Break(all)
        } else {
            ControlFlow::Continue(all)
        }
    }
}

impl DeserializeError for InputErrors {
    fn error<V: IntoValue>(
        this: Option<Self>,
        error: ErrorKind<'_, V>,
        at: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let here = pointer(at);
        let problem = match error {
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                let expected = accepted
                    .iter()
                    .map(|kind| kind_name(*kind))
                    .collect::<Vec<_>>()
                    .join(" or ");
                FieldProblem::at(
                    here,
                    "wrong_type",
                    format!("Expected {expected}, got {}.", kind_name(actual.kind())),
                )
            }
            ErrorKind::MissingField { field } => FieldProblem::at(
                format!("{here}/{}", escape(field)),
                "required",
                format!("`{field}` is required."),
            ),
            ErrorKind::UnknownKey { key, accepted } => FieldProblem::at(
                format!("{here}/{}", escape(key)),
                "unknown_field",
                format!("There is no field `{}` here.", cut(key)),
            )
            .with_suggestions(nearest(key, accepted)),
            ErrorKind::UnknownValue { value, accepted } => FieldProblem::at(
                here,
                "unknown_value",
                format!("`{}` is not one of: {}.", cut(value), accepted.join(", ")),
            )
            .with_value(value)
            .with_suggestions(nearest(value, accepted)),
            ErrorKind::BadSequenceLen { expected, .. } => FieldProblem::at(
                here,
                "wrong_length",
                format!("Expected exactly {expected} items."),
            ),
            ErrorKind::Unexpected { msg } if msg.starts_with("value: `") => {
                FieldProblem::at(here, "out_of_range", range(&msg))
            }
            ErrorKind::Unexpected { msg } => {
                let (code, detail) = split_code(&msg);
                FieldProblem::at(here, code, detail)
            }
        };
        Self::merge(this, Self(vec![problem]), at)
    }
}

/// The parser says "value: `300` is too large to be deserialized, maximum value authorized is `255`".
fn range(message: &str) -> String {
    let limit = message
        .trim_end_matches('`')
        .rsplit('`')
        .next()
        .unwrap_or_default();
    let side = if message.contains("too large") {
        "most"
    } else {
        "least"
    };
    format!("The value is at {side} {limit}.")
}

/// Domain scalars say `code: sentence`.
fn split_code(message: &str) -> (&str, String) {
    match message.split_once(": ") {
        Some((code, detail))
            if !code.is_empty()
                && code
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') =>
        {
            (code, sentence(detail))
        }
        _ => ("invalid_value", sentence(message)),
    }
}

/// A lower-case clause (`has too many digits`) as a sentence about the value.
fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    match text.chars().next() {
        Some(first) if first.is_lowercase() => format!("The value {text}."),
        _ => format!("{text}."),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

fn escape(key: &str) -> String {
    cut(key).replace('~', "~0").replace('/', "~1")
}

/// The JSON Pointer of a place, without `#`.
fn pointer(at: ValuePointerRef<'_>) -> String {
    match at {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => format!("{}/{}", pointer(*prev), escape(key)),
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

const fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer | ValueKind::NegativeInteger => "an integer",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "an array",
        ValueKind::Map => "an object",
    }
}

/// Known words within an edit distance of two, nearest first, at most three.
pub fn nearest(word: &str, known: &[&str]) -> Vec<String> {
    if word.len() > 60 {
        return Vec::new();
    }
    let mut close: Vec<(usize, &str)> = known
        .iter()
        .map(|k| (distance(word, k), *k))
        .filter(|(d, k)| *d <= 2 && *d < k.len())
        .collect();
    close.sort_unstable();
    close
        .into_iter()
        .take(3)
        .map(|(_, k)| k.to_owned())
        .collect()
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, cb) in b.iter().enumerate() {
            let (left, up) = (
                row.get(j).copied().unwrap_or(0),
                row.get(j + 1).copied().unwrap_or(0),
            );
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = up;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = cost.min(left + 1).min(up + 1);
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Parses bytes as JSON and then as `T`. Errors: 400 for what is not JSON, 422 for what does not fit.
pub fn parse<T: Deserr<InputErrors>>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::bad_request("malformed_json", "The body is not UTF-8."))?;
    let value: serde_json::Value = if text.trim().is_empty() {
        serde_json::Value::Object(serde_json::Map::new())
    } else {
        strict_json::read(text).map_err(|e| {
            Problem::bad_request(
                "malformed_json",
                format!(
                    "The body is not JSON: {}.",
                    e.to_string().trim_end_matches('.')
                ),
            )
        })?
    };
    parse_value(value)
}

/// Reads an already parsed JSON value as `T`.
pub fn parse_value<T: Deserr<InputErrors>>(value: serde_json::Value) -> Result<T, Problem> {
    deserr::deserialize::<T, _, InputErrors>(value).map_err(|errors| {
        Problem::with_errors(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            errors.0,
        )
    })
}

/// A member of a merge patch: absent (unchanged), `null` (cleared) or a value. Use with `#[deserr(default)]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not in the body: unchanged.
    #[default]
    Absent,
    /// `null`: cleared.
    Null,
    /// Set.
    Value(T),
}

impl<T> Patch<T> {
    /// The new value of an optional column.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Absent => current,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)),
        }
    }

    /// Whether the body names the member.
    pub const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<T: Deserr<E>, E: DeserializeError> Deserr<E> for Patch<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        at: ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        match value {
            Value::Null => Ok(Self::Null),
            value => T::deserialize_from_value(value, at).map(Self::Value),
        }
    }
}

/// The schema of the value, or null.
impl<T> utoipa::__dev::ComposeSchema for Patch<T> {
    fn compose(
        schemas: Vec<utoipa::openapi::RefOr<utoipa::openapi::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let null =
            utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::Null);
        match schemas.into_iter().next() {
            Some(value) => utoipa::openapi::schema::OneOfBuilder::new()
                .item(null)
                .item(value)
                .into(),
            None => null.into(),
        }
    }
}

impl<T: utoipa::ToSchema> utoipa::ToSchema for Patch<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::name()
    }
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        T::schemas(schemas);
    }
}

/// The body of an action that takes none.
#[derive(Debug, Default, Deserr, utoipa::ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({}))]
pub struct NoBody {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserr)]
    #[deserr(deny_unknown_fields, error = InputErrors)]
    #[allow(dead_code, reason = "only its parsing is looked at")]
    struct Sample {
        name: String,
        #[deserr(default)]
        note: Patch<String>,
        #[deserr(default)]
        tags: Vec<bool>,
    }

    #[test]
    fn all_problems_come_at_once_with_pointers() {
        let problem = parse::<Sample>(br#"{"nmae":"x","tags":[true,1,"a"],"note":3}"#).unwrap_err();
        let mut found: Vec<(String, String)> = problem
            .errors
            .iter()
            .map(|e| (e.pointer.clone().unwrap_or_default(), e.code.clone()))
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                ("#/name", "required"),
                ("#/nmae", "unknown_field"),
                ("#/note", "wrong_type"),
                ("#/tags/1", "wrong_type"),
                ("#/tags/2", "wrong_type")
            ]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert_eq!(
            problem
                .errors
                .iter()
                .find(|e| e.code == "unknown_field")
                .map(|e| e.suggestions.clone()),
            Some(vec!["name".to_owned(), "note".to_owned()])
        );
    }

    #[test]
    fn deep_nesting_is_malformed_not_a_crash() {
        let deep = "[".repeat(100_000);
        assert_eq!(
            parse::<Sample>(deep.as_bytes()).unwrap_err().code,
            "malformed_json"
        );
    }

    #[test]
    fn patch_tells_absent_from_null() {
        assert_eq!(
            parse::<Sample>(br#"{"name":"x"}"#).unwrap().note,
            Patch::Absent
        );
        assert_eq!(
            parse::<Sample>(br#"{"name":"x","note":null}"#)
                .unwrap()
                .note,
            Patch::Null
        );
        assert_eq!(
            parse::<Sample>(br#"{"name":"x","note":"y"}"#).unwrap().note,
            Patch::Value("y".to_owned())
        );
    }

    #[test]
    fn integers_have_a_range() {
        let problem = parse::<i32>(b"9223372036854775807").unwrap_err();
        assert_eq!(problem.errors[0].code, "out_of_range");
        assert_eq!(problem.errors[0].detail, "The value is at most 2147483647.");
    }

    #[test]
    fn numbers_beyond_range_and_lone_surrogates_are_malformed() {
        for body in [r#"{"name":1e400}"#, r#"{"name":"\ud800"}"#] {
            assert_eq!(
                parse::<Sample>(body.as_bytes()).unwrap_err().code,
                "malformed_json"
            );
        }
    }
}
