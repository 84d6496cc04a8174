//! One mapped field: where its value comes from and how it is written as JSON.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde_json::Value;

use super::Formats;
use super::expression::Expression;
use crate::features::imports::table::{Row, Table};

/// Decimals of an expression that names none.
const DECIMALS: u32 = 6;

/// A field's origin. In a mapping file either a column's name or a table with exactly one of `column`, `constant` and `expression`.
#[derive(Debug, Clone)]
pub struct FieldMap {
    origin: Origin,
    /// Other values for some values (`{ "United States" = "US" }`).
    map: BTreeMap<String, String>,
    /// When the cell is empty.
    default: Option<String>,
    /// Format of a date.
    date: Option<String>,
}

#[derive(Debug, Clone)]
enum Origin {
    Column(String),
    Constant(Value),
    Expression {
        expression: Expression,
        decimals: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    column: Option<String>,
    constant: Option<Value>,
    expression: Option<String>,
    decimals: Option<u32>,
    #[serde(default)]
    map: BTreeMap<String, String>,
    default: Option<String>,
    date: Option<String>,
}

impl TryFrom<Full> for FieldMap {
    type Error = String;

    fn try_from(full: Full) -> Result<Self, String> {
        let origin = match (full.column, full.constant, full.expression) {
            (Some(column), None, None) => Origin::Column(column),
            (None, Some(constant), None) => Origin::Constant(constant),
            (None, None, Some(text)) => {
                let decimals = full.decimals.unwrap_or(DECIMALS).min(12);
                Origin::Expression {
                    expression: Expression::parse(&text)?,
                    decimals,
                }
            }
            _ => {
                return Err(
                    "a field has exactly one of `column`, `constant` and `expression`".to_owned(),
                );
            }
        };
        Ok(Self {
            origin,
            map: full.map,
            default: full.default,
            date: full.date,
        })
    }
}

impl<'de> Deserialize<'de> for FieldMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = FieldMap;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a column's name or a table")
            }
            fn visit_str<E: serde::de::Error>(self, column: &str) -> Result<FieldMap, E> {
                Ok(FieldMap::column(column))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<FieldMap, A::Error> {
                Full::deserialize(MapAccessDeserializer::new(map))?
                    .try_into()
                    .map_err(serde::de::Error::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// What a field is in one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing: the field is left out.
    Empty,
    /// Its JSON.
    Value(Value),
    /// It cannot be read: code, what is wrong.
    Wrong(&'static str, String),
}

impl FieldMap {
    /// The value of a column as it is.
    pub fn column(name: &str) -> Self {
        Self {
            origin: Origin::Column(name.to_owned()),
            map: BTreeMap::new(),
            default: None,
            date: None,
        }
    }

    /// The columns it needs.
    pub fn columns(&self) -> Vec<&str> {
        match &self.origin {
            Origin::Column(name) => vec![name],
            Origin::Constant(_) => Vec::new(),
            Origin::Expression { expression, .. } => expression.columns(),
        }
    }

    /// Its value in a row, as the JSON the field `path` takes.
    pub fn value(&self, path: &str, table: &Table, row: &Row, formats: &Formats) -> Cell {
        let cell = |name: &str| table.column(name).and_then(|column| row.get(column));
        match &self.origin {
            Origin::Constant(value) => Cell::Value(value.clone()),
            Origin::Column(name) => {
                let text = cell(name)
                    .map(|text| self.map.get(text).map_or(text, String::as_str))
                    .or(self.default.as_deref());
                text.map_or(Cell::Empty, |text| {
                    json(Kind::of(path), text, formats, self.date.as_deref())
                })
            }
            Origin::Expression {
                expression,
                decimals,
            } => {
                let number = |name: &str| {
                    cell(name)
                        .map(|text| {
                            number(text, formats)
                                .ok_or_else(|| format!("“{text}” in “{name}” is not a number."))
                        })
                        .transpose()
                };
                match expression.value(&number) {
                    Ok(None) => self
                        .default
                        .as_deref()
                        .map_or(Cell::Empty, |text| Cell::Value(text.into())),
                    Ok(Some(value)) => {
                        let rounded = value.round_dp_with_strategy(
                            *decimals,
                            RoundingStrategy::MidpointAwayFromZero,
                        );
                        Cell::Value(rounded.normalize().to_string().into())
                    }
                    Err(detail) => Cell::Wrong("invalid_expression", detail),
                }
            }
        }
    }
}

/// How a field's text becomes JSON; nearly all are strings in this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Decimal,
    Date,
    Bool,
    Int,
}

impl Kind {
    /// By the last name of the path, which means the same everywhere in the API.
    fn of(path: &str) -> Self {
        match path.rsplit('.').next().unwrap_or(path) {
            "place" | "is_primary" | "is_default" | "price_includes_tax" | "discountable"
            | "compound" => Self::Bool,
            "numerator" | "denominator" => Self::Int,
            "amount" | "value" | "percent" | "rate" | "list_price" | "cost" | "unit_price"
            | "min_quantity" | "discount_percent" | "credit_limit" | "pack_multiple" => {
                Self::Decimal
            }
            "order_date" | "requested_date" | "delivered_date" | "valid_until" | "valid_from"
            | "valid_to" => Self::Date,
            _ => Self::Text,
        }
    }
}

fn json(kind: Kind, text: &str, formats: &Formats, date_format: Option<&str>) -> Cell {
    match kind {
        Kind::Text => Cell::Value(text.into()),
        Kind::Decimal => number(text, formats).map_or_else(
            || Cell::Wrong("invalid_decimal", format!("“{text}” is not a number.")),
            |number| Cell::Value(number.to_string().into()),
        ),
        Kind::Date => date(text, date_format.or(formats.date.as_deref())),
        Kind::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "x" => Cell::Value(true.into()),
            "false" | "no" | "n" | "0" => Cell::Value(false.into()),
            _ => Cell::Wrong(
                "invalid_boolean",
                format!("“{text}” is neither true nor false."),
            ),
        },
        Kind::Int => text.parse::<i64>().map_or_else(
            |_| Cell::Wrong("invalid_number", format!("“{text}” is not a whole number.")),
            |number| Cell::Value(number.into()),
        ),
    }
}

/// Reads a number without guessing: the decimal sign is what the mapping says, the other one may only separate thousands.
fn number(text: &str, formats: &Formats) -> Option<Decimal> {
    let (decimal, thousands) = if formats.decimal_comma {
        (',', '.')
    } else {
        ('.', ',')
    };
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits
        .split_once(decimal)
        .map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let groups: Vec<&str> = whole
        .split([thousands, '\'', ' ', '\u{a0}', '\u{202f}'])
        .collect();
    let grouped = groups.len() == 1
        || groups.iter().enumerate().all(|(i, group)| {
            if i == 0 {
                (1..=3).contains(&group.len())
            } else {
                group.len() == 3
            }
        });
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped
        || !groups.iter().all(|group| plain(group))
        || !plain(fraction)
        || whole.is_empty()
        || (digits.contains(decimal) && fraction.is_empty())
    {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Decimal::from_str_exact(&format!("{sign}{}{point}{fraction}", groups.concat())).ok()
}

fn date(text: &str, format: Option<&str>) -> Cell {
    // A spreadsheet may add a midnight to a date.
    let day = text
        .strip_suffix("T00:00:00Z")
        .or_else(|| text.strip_suffix(" 00:00:00"))
        .unwrap_or(text);
    let iso = day.len() == 10 && chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok();
    if iso {
        return Cell::Value(day.into());
    }
    match format.and_then(|format| chrono::NaiveDate::parse_from_str(day, format).ok()) {
        Some(date) => Cell::Value(date.format("%Y-%m-%d").to_string().into()),
        None => Cell::Wrong("invalid_date", format!("“{text}” is not a date.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(decimal_comma: bool) -> Formats {
        Formats {
            decimal_comma,
            date: None,
        }
    }

    #[test]
    fn numbers_are_not_guessed() {
        let read = |text: &str, comma: bool| {
            number(text, &formats(comma)).map(|number| number.to_string())
        };
        assert_eq!(read("1,234.50", false).as_deref(), Some("1234.50"));
        assert_eq!(read("1.234,50", true).as_deref(), Some("1234.50"));
        assert_eq!(read("-0.5", false).as_deref(), Some("-0.5"));
        assert_eq!(read("1'000", false).as_deref(), Some("1000"));
        for (text, comma) in [
            ("1,5", false),
            ("1.5", true),
            ("", false),
            ("1.", false),
            (".5", false),
            ("1e5", false),
            ("$5", false),
            ("1,23,456", false),
            ("--1", false),
        ] {
            assert_eq!(read(text, comma), None, "{text}");
        }
    }

    #[test]
    fn dates_are_iso_or_as_the_mapping_says() {
        assert_eq!(date("2026-02-28", None), Cell::Value("2026-02-28".into()));
        assert_eq!(
            date("2026-02-28T00:00:00Z", None),
            Cell::Value("2026-02-28".into())
        );
        assert_eq!(
            date("28.02.2026", Some("%d.%m.%Y")),
            Cell::Value("2026-02-28".into())
        );
        assert!(matches!(
            date("2026-02-30", None),
            Cell::Wrong("invalid_date", _)
        ));
        assert!(matches!(
            date("02/28/2026", None),
            Cell::Wrong("invalid_date", _)
        ));
    }

    #[test]
    fn cells_are_mapped_defaulted_and_computed() {
        let table = Table::read(b"Country,Sales,Quantity\nUnited States,261.96,2\n,1,0\n").unwrap();
        let value = |map: &str, path: &str, row: usize| {
            let map: FieldMap = serde_json::from_str(map).unwrap();
            map.value(path, &table, &table.rows[row], &formats(false))
        };
        assert_eq!(
            value(
                r#"{"column": "country", "map": {"United States": "US"}}"#,
                "country",
                0
            ),
            Cell::Value("US".into())
        );
        assert_eq!(value(r#""country""#, "country", 1), Cell::Empty);
        assert_eq!(
            value(r#"{"column": "country", "default": "DE"}"#, "country", 1),
            Cell::Value("DE".into())
        );
        assert_eq!(
            value(r#"{"constant": true}"#, "place", 1),
            Cell::Value(true.into())
        );
        assert_eq!(
            value(
                r#"{"expression": "Sales / Quantity"}"#,
                "unit_price.amount",
                0
            ),
            Cell::Value("130.98".into())
        );
        assert!(matches!(
            value(
                r#"{"expression": "Sales / Quantity"}"#,
                "unit_price.amount",
                1
            ),
            Cell::Wrong("invalid_expression", _)
        ));
    }
}
