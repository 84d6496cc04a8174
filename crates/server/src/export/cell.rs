//! One value of an export, typed by its field.

use som_domain::csv_safe::neutralize;
use som_domain::ids::OrderId;
use uuid::Uuid;

use crate::db::DataKeys;
use crate::http::list::{Field, FieldKind};
use crate::security::seal::Place;

/// Longest text a spreadsheet cell holds.
const TEXT_MAX: usize = 32_767;

/// A value ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, harmless as a formula.
    Text(String),
    /// A decimal or whole number as PostgreSQL writes it.
    Number(String),
    /// `2026-11-24`.
    Date(String),
    /// `2026-11-24T12:00:00Z`.
    Instant(String),
    /// True or false.
    Bool(bool),
}

/// The select expression that gives a field's text.
pub(super) fn select(field: &Field) -> String {
    let sql = field.sql;
    match field.kind {
        FieldKind::Timestamp => {
            format!("to_char(({sql}) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        }
        FieldKind::Decimal => format!("trim_scale({sql})::text"),
        FieldKind::Tags => format!("array_to_string({sql}, ', ')"),
        // A sealed value opens in its row only: the row's id comes with it.
        FieldKind::Personal => {
            let id = field.sealed.map_or("null", |sealed| sealed.id);
            format!("({id})::text || ' ' || ({sql})")
        }
        FieldKind::Text
        | FieldKind::Upper
        | FieldKind::Enum(_)
        | FieldKind::Id(_)
        | FieldKind::Date
        | FieldKind::Bool
        | FieldKind::Int => format!("({sql})::text"),
    }
}

/// The cell of a field's text.
pub(super) fn cell(field: &Field, keys: Option<&DataKeys>, text: Option<String>) -> Cell {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Cell::Empty;
    };
    match field.kind {
        FieldKind::Text | FieldKind::Upper | FieldKind::Tags | FieldKind::Enum(_) => safe(&text),
        FieldKind::Personal => keys
            .and_then(|keys| open(field, keys, &text))
            .filter(|text| !text.is_empty())
            .map_or(Cell::Empty, |text| safe(&text)),
        FieldKind::Id("") => Cell::Text(text),
        FieldKind::Id(prefix) => text.parse::<Uuid>().map_or(Cell::Empty, |uuid| {
            let id = OrderId::from_uuid(uuid).to_string();
            Cell::Text(id.replacen(OrderId::PREFIX, prefix, 1))
        }),
        FieldKind::Date => Cell::Date(text),
        FieldKind::Timestamp => Cell::Instant(text),
        FieldKind::Decimal | FieldKind::Int => Cell::Number(text),
        FieldKind::Bool => Cell::Bool(text == "true"),
    }
}

/// `id sealed`, as [`select`] reads it.
fn open(field: &Field, keys: &DataKeys, text: &str) -> Option<String> {
    let (id, stored) = text.split_once(' ')?;
    let place = Place::new(field.sealed?.table, field.name, id.parse().ok()?);
    keys.show(place, Some(stored))
}

fn safe(text: &str) -> Cell {
    let mut text = neutralize(text).into_owned();
    if let Some((cut, _)) = text.char_indices().nth(TEXT_MAX) {
        text.truncate(cut);
    }
    Cell::Text(text)
}

impl Cell {
    /// The text in a CSV.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) | Self::Number(text) | Self::Date(text) | Self::Instant(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_harmless_and_numbers_stay_numbers() {
        let text = Field::text("name", "c.name");
        assert_eq!(
            cell(&text, None, Some("=1+1".into())),
            Cell::Text("'=1+1".into())
        );
        assert_eq!(
            cell(&Field::decimal("total", "t"), None, Some("-12.5".into())),
            Cell::Number("-12.5".into())
        );
        assert_eq!(cell(&text, None, None), Cell::Empty);
        assert_eq!(
            cell(&Field::boolean("b", "b"), None, Some("true".into())),
            Cell::Bool(true)
        );
        let id = cell(
            &Field::id("id", "c.id", "cus"),
            None,
            Some(Uuid::nil().to_string()),
        );
        assert_eq!(id.as_text(), "cus_00000000000000000000000000");
        assert_eq!(
            cell(&text, None, Some("ä".repeat(40_000)))
                .as_text()
                .chars()
                .count(),
            TEXT_MAX
        );
    }
}
