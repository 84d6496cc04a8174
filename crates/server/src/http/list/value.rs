//! Filter values: read by the kind of their field, bound with its SQL type, written back as canonical text.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use som_domain::ids::OrderId;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::spec::FieldKind;
use crate::http::input::nearest;

/// Longest text of one value.
pub(super) const VALUE_CHARS_MAX: usize = 200;

/// A value of the right kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, enum members, tags.
    Text(String),
    /// An identifier with its outside form.
    Id(Uuid, String),
    /// A civil date; for an instant's field the whole day.
    Date(NaiveDate),
    /// An instant.
    Timestamp(DateTime<Utc>),
    /// A decimal.
    Decimal(Decimal),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// Blind indexes of a text, under every key it may be stored with.
    Index(Vec<Vec<u8>>),
}

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    /// One sentence without the field's name.
    pub detail: String,
    /// What was probably meant.
    pub suggestions: Vec<String>,
}

fn bad<T>(detail: impl Into<String>) -> Result<T, BadValue> {
    Err(BadValue {
        detail: detail.into(),
        suggestions: Vec::new(),
    })
}

impl Value {
    /// Reads `text` as a value of `kind`.
    pub fn parse(kind: FieldKind, text: &str) -> Result<Self, BadValue> {
        if text.is_empty() {
            return bad("The value is empty; to find rows without a value use `.null=true`.");
        }
        if text.chars().count() > VALUE_CHARS_MAX {
            return bad(format!("A value has at most {VALUE_CHARS_MAX} characters."));
        }
        if text.chars().any(char::is_control) {
            return bad("A value may not contain control characters.");
        }
        match kind {
            FieldKind::Text | FieldKind::Upper | FieldKind::Tags | FieldKind::Personal => Ok(Self::Text(text.to_owned())),
            FieldKind::Enum(members) => member(members, text),
            FieldKind::Id(prefix) => identifier(prefix, text),
            FieldKind::Date => date(text).map_or_else(|| bad("Write a date as 2026-02-28."), |date| Ok(Self::Date(date))),
            FieldKind::Timestamp => instant(text),
            FieldKind::Decimal => decimal(text).map_or_else(|| bad("Write a decimal as 12.50, with at most 19 digits before and 9 after the point."), |d| Ok(Self::Decimal(d))),
            FieldKind::Bool => boolean(text),
            FieldKind::Int => whole(text),
        }
    }

    /// The text that reads back as the same value.
    pub fn canonical(&self) -> String {
        match self {
            Self::Text(text) | Self::Id(_, text) => text.clone(),
            Self::Date(date) => date.format("%Y-%m-%d").to_string(),
            Self::Timestamp(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            Self::Decimal(decimal) => decimal.normalize().to_string(),
            Self::Int(int) => int.to_string(),
            Self::Bool(bool) => bool.to_string(),
            Self::Index(_) => String::new(),
        }
    }

    pub(super) fn push(&self, qb: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Text(text) => qb.push_bind(text.clone()),
            Self::Id(uuid, _) => qb.push_bind(*uuid),
            Self::Date(date) => qb.push_bind(*date),
            Self::Timestamp(at) => qb.push_bind(*at),
            Self::Decimal(decimal) => qb.push_bind(*decimal),
            Self::Int(int) => qb.push_bind(*int),
            Self::Bool(bool) => qb.push_bind(*bool),
            Self::Index(indexes) => qb.push_bind(indexes.clone()),
        };
    }

    /// Pushes an array of values of one kind.
    pub(super) fn push_array(values: &[Self], qb: &mut QueryBuilder<Postgres>) {
        macro_rules! array {
            ($variant:pat => $value:expr) => {
                qb.push_bind(
                    values
                        .iter()
                        .filter_map(|v| if let $variant = v { Some($value) } else { None })
                        .collect::<Vec<_>>(),
                )
            };
        }
        match values.first() {
            Some(Self::Id(..)) => array!(Self::Id(uuid, _) => *uuid),
            Some(Self::Date(_)) => array!(Self::Date(date) => *date),
            Some(Self::Timestamp(_)) => array!(Self::Timestamp(at) => *at),
            Some(Self::Decimal(_)) => array!(Self::Decimal(decimal) => *decimal),
            Some(Self::Int(_)) => array!(Self::Int(int) => *int),
            Some(Self::Bool(_)) => array!(Self::Bool(bool) => *bool),
            Some(Self::Text(_) | Self::Index(_)) | None => array!(Self::Text(text) => text.clone()),
        };
    }
}

fn member(members: &'static [&'static str], text: &str) -> Result<Value, BadValue> {
    if members.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    Err(BadValue {
        detail: format!("“{text}” is none of: {}.", members.join(", ")),
        suggestions: nearest(text, members),
    })
}

fn identifier(prefix: &str, text: &str) -> Result<Value, BadValue> {
    if prefix.is_empty() {
        return match text.split_once('_') {
            Some((prefix, _)) if !prefix.is_empty() => identifier(prefix, text),
            _ => bad("Write an id with its prefix, such as ord_ and 26 characters."),
        };
    }
    let body = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'));
    // The characters after the prefix are the same for every type, so one type reads them all.
    let parsed = body.and_then(|body| {
        format!("{}_{body}", OrderId::PREFIX)
            .parse::<OrderId>()
            .ok()
            .map(|id| (id.uuid(), body))
    });
    match parsed {
        Some((uuid, body)) => Ok(Value::Id(
            uuid,
            format!("{prefix}_{}", body.to_ascii_uppercase()),
        )),
        None => bad(format!("Write an id as {prefix}_ and 26 characters.")),
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    shape
        .then(|| text.parse::<NaiveDate>().ok())
        .flatten()
        .filter(|date| in_range(*date))
}

/// Years PostgreSQL and our documents both know.
fn in_range(date: NaiveDate) -> bool {
    (1..=9999).contains(&chrono::Datelike::year(&date))
}

fn instant(text: &str) -> Result<Value, BadValue> {
    if let Some(date) = date(text) {
        return Ok(Value::Date(date));
    }
    // An unescaped plus of the offset arrives as a blank.
    let text = text.replace(' ', "+");
    match DateTime::parse_from_rfc3339(&text) {
        Ok(at) if in_range(at.to_utc().date_naive()) => Ok(Value::Timestamp(micros(at.to_utc()))),
        _ => bad("Write an instant as 2026-02-28T09:30:00Z or a date as 2026-02-28."),
    }
}

fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, "0"), |(whole, fraction)| (whole, fraction));
    let are_digits = |part: &str, max: usize| {
        !part.is_empty() && part.len() <= max && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !are_digits(whole, 19) || !are_digits(fraction, 9) {
        return None;
    }
    let value = Decimal::from_str_exact(text).ok()?;
    Some(if value.is_zero() {
        Decimal::ZERO
    } else {
        value.normalize()
    })
}

fn boolean(text: &str) -> Result<Value, BadValue> {
    match text {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => bad("Write true or false."),
    }
}

fn whole(text: &str) -> Result<Value, BadValue> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let shape = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    shape
        .then(|| text.parse().ok())
        .flatten()
        .map_or_else(|| bad("Write a whole number."), |int| Ok(Value::Int(int)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_value() {
        for (kind, text) in [
            (FieldKind::Date, "2026-02-30"),
            (FieldKind::Date, "26-02-01"),
            (FieldKind::Date, "0000-01-01"),
            (FieldKind::Timestamp, "2026-02-30T00:00:00Z"),
            (FieldKind::Timestamp, "2026-02-03T00:00:00"),
            (FieldKind::Timestamp, "0000-01-01T00:00:00+10:00"),
            (FieldKind::Decimal, "1e5"),
            (FieldKind::Decimal, "NaN"),
            (FieldKind::Decimal, "1,5"),
            (FieldKind::Decimal, "+1"),
            (FieldKind::Decimal, ".5"),
            (FieldKind::Decimal, "123456789012345678901234567890"),
            (FieldKind::Int, "9223372036854775808"),
            (FieldKind::Int, "1.0"),
            (FieldKind::Bool, "yes"),
            (FieldKind::Enum(&["open", "held"]), "opne"),
            (FieldKind::Id("cus"), "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB"),
            (FieldKind::Id("cus"), "cus_"),
            (FieldKind::Text, ""),
            (FieldKind::Text, "a\0b"),
        ] {
            assert!(Value::parse(kind, text).is_err(), "{kind:?} {text:?}");
        }
        assert!(Value::parse(FieldKind::Text, &"ä".repeat(200)).is_ok());
        assert!(Value::parse(FieldKind::Text, &"ä".repeat(201)).is_err());
    }

    #[test]
    fn members_are_suggested() {
        let refused =
            Value::parse(FieldKind::Enum(&["draft", "confirmed"]), "confirmd").unwrap_err();
        assert_eq!(refused.suggestions, ["confirmed"]);
    }

    #[test]
    fn reads_back_its_own_text() {
        for (kind, text, canonical) in [
            (FieldKind::Decimal, "-0.00", "0"),
            (FieldKind::Decimal, "0012.500", "12.5"),
            (
                FieldKind::Timestamp,
                "2026-11-24T01:00:00.1234567 01:00",
                "2026-11-24T00:00:00.123456Z",
            ),
            (FieldKind::Timestamp, "2026-11-24", "2026-11-24"),
            (FieldKind::Int, "-5", "-5"),
            (
                FieldKind::Id("cus"),
                "cus_01k9zc5t3ge8v9m4r2x7q6p0ab",
                "cus_01K9ZC5T3GE8V9M4R2X7Q6P0AB",
            ),
        ] {
            let value = Value::parse(kind, text).unwrap();
            assert_eq!(value.canonical(), canonical);
            assert_eq!(Value::parse(kind, canonical).unwrap(), value);
        }
    }
}
