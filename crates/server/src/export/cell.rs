//! One value of an export, typed by its field.

use som_domain::csv_safe::neutralize;
use som_domain::ids::OrderId;
use uuid::Uuid;

use crate::db::DataKeys;
use crate::http::list::{Field, FieldKind};
use crate::objects::{Names, outside};
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
    if let Some(entity) = field.object {
        return format!("({entity}) || ' ' || ({sql})::text");
    }
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

/// What it takes to show some columns.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Means<'a> {
    /// Opens personal data.
    pub keys: Option<&'a DataKeys>,
    /// Of the objects in sight.
    pub names: Option<&'a Names>,
}

/// The cell of a field's text.
pub(super) fn cell(field: &Field, means: Means<'_>, text: Option<String>) -> Cell {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Cell::Empty;
    };
    if field.object.is_some() {
        let name = |id| means.names?.get(&id).map(|name| safe(name));
        let of = object(&text).and_then(|(entity, id)| match field.kind {
            FieldKind::Id(_) => Some(Cell::Text(outside(entity, id))),
            _ => name(id),
        });
        return of.unwrap_or(Cell::Empty);
    }
    match field.kind {
        FieldKind::Text | FieldKind::Upper | FieldKind::Tags | FieldKind::Enum(_) => safe(&text),
        FieldKind::Personal => means
            .keys
            .and_then(|keys| open(field, keys, &text))
            .filter(|text| !text.is_empty())
            .map_or(Cell::Empty, |text| safe(&text)),
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

/// `kind id`, as [`select`] reads it for ids and names of objects.
pub(super) fn object(text: &str) -> Option<(&str, Uuid)> {
    let (entity, id) = text.split_once(' ')?;
    Some((entity, id.parse().ok()?))
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
            cell(&text, Means::default(), Some("=1+1".into())),
            Cell::Text("'=1+1".into())
        );
        assert_eq!(
            cell(
                &Field::decimal("total", "t"),
                Means::default(),
                Some("-12.5".into())
            ),
            Cell::Number("-12.5".into())
        );
        assert_eq!(cell(&text, Means::default(), None), Cell::Empty);
        assert_eq!(
            cell(
                &Field::boolean("b", "b"),
                Means::default(),
                Some("true".into())
            ),
            Cell::Bool(true)
        );
        let id = cell(
            &Field::id("id", "c.id", "cus"),
            Means::default(),
            Some(Uuid::nil().to_string()),
        );
        assert_eq!(id.as_text(), "cus_00000000000000000000000000");
        let object = Some(format!("product {}", Uuid::nil()));
        let of = |field: Field, means| cell(&field, means, object.clone());
        let id = of(Field::any_id("id", "e", "i"), Means::default());
        assert_eq!(id.as_text(), "prd_00000000000000000000000000");
        let names = Names::from([(Uuid::nil(), "=HX".to_owned())]);
        let name = Field::object_name("name", "e", "i");
        let means = Means {
            names: Some(&names),
            ..Means::default()
        };
        assert_eq!(of(name, means), Cell::Text("'=HX".into()));
        assert_eq!(of(name, Means::default()), Cell::Empty);
        assert_eq!(
            cell(&text, Means::default(), Some("ä".repeat(40_000)))
                .as_text()
                .chars()
                .count(),
            TEXT_MAX
        );
    }
}
