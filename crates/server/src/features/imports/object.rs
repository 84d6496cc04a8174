//! Rows become objects: rows with the same key are gathered, and a request body is built from the mapped fields.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::mapping::{Cell, Entity, FieldMap, Formats, Section};
use super::report::{Issue, fix};
use super::table::{Row, Table};

/// Most members of an array that a path may name.
const PATH_INDEX_MAX: usize = 50;

/// The rows of one object.
#[derive(Debug)]
pub struct Group {
    /// What identifies it; the row's number when the section has no key.
    pub key: String,
    /// Places in the table.
    pub rows: Vec<usize>,
}

/// An object as the API takes it.
#[derive(Debug)]
pub struct Object {
    /// The request body.
    pub body: Value,
    /// Cells that cannot be read; the object fails with them.
    pub wrong: Vec<Issue>,
    /// Cells that contradict the first row of the object.
    pub conflicts: Vec<Issue>,
}

/// What a section is read from.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Kind of object.
    pub entity: Entity,
    /// Its mapping.
    pub section: &'a Section,
    /// The rows.
    pub table: &'a Table,
    /// Numbers and dates.
    pub formats: &'a Formats,
}

impl<'a> Reader<'a> {
    /// The groups in the order of their first rows, and the rows without a key.
    pub fn groups(&self) -> (Vec<Group>, Vec<usize>) {
        let Some(key) = self
            .section
            .key
            .as_deref()
            .and_then(|key| self.table.column(key))
        else {
            let groups = self
                .table
                .rows
                .iter()
                .enumerate()
                .map(|(place, row)| Group {
                    key: row.number.to_string(),
                    rows: vec![place],
                });
            return (groups.collect(), Vec::new());
        };
        let mut groups: Vec<Group> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut without = Vec::new();
        for (place, row) in self.table.rows.iter().enumerate() {
            let Some(key) = row.get(key) else {
                without.push(place);
                continue;
            };
            let group = *known.entry(key).or_insert_with(|| {
                groups.push(Group {
                    key: key.to_owned(),
                    rows: Vec::new(),
                });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(group) {
                group.rows.push(place);
            }
        }
        (groups, without)
    }

    /// Builds the body of a group.
    pub fn object(&self, group: &Group) -> Object {
        let mut object = Object {
            body: Value::Object(Map::new()),
            wrong: Vec::new(),
            conflicts: Vec::new(),
        };
        let rows: Vec<&Row> = group
            .rows
            .iter()
            .filter_map(|place| self.table.rows.get(*place))
            .collect();
        let Some((first, others)) = rows.split_first() else {
            return object;
        };
        for (path, map) in &self.section.fields {
            let cell = map.value(path, self.table, first, self.formats);
            let other = others
                .iter()
                .find(|row| map.value(path, self.table, row, self.formats) != cell);
            if let Some(row) = other {
                object.conflicts.push(self.conflict(path, map, row, first));
            }
            self.put(
                &mut object.body,
                path,
                path,
                map,
                cell,
                first,
                &mut object.wrong,
            );
        }
        if !self.section.lines.is_empty() {
            let lines = rows
                .iter()
                .enumerate()
                .map(|(i, row)| self.line(i, row, &mut object.wrong))
                .collect();
            put(&mut object.body, "lines", Value::Array(lines));
        }
        object
    }

    fn line(&self, place: usize, row: &Row, wrong: &mut Vec<Issue>) -> Value {
        let mut line = Value::Object(Map::new());
        for (path, map) in &self.section.lines {
            let cell = map.value(path, self.table, row, self.formats);
            self.put(
                &mut line,
                path,
                &format!("lines.{place}.{path}"),
                map,
                cell,
                row,
                wrong,
            );
        }
        line
    }

    #[allow(clippy::too_many_arguments, reason = "a field, its place and its row")]
    fn put(
        &self,
        body: &mut Value,
        path: &str,
        field: &str,
        map: &FieldMap,
        cell: Cell,
        row: &Row,
        wrong: &mut Vec<Issue>,
    ) {
        match cell {
            Cell::Empty => {}
            Cell::Value(value) => put(body, path, value),
            Cell::Wrong(code, detail) => wrong.push(self.issue(field, map, row, code, detail)),
        }
    }

    fn conflict(&self, path: &str, map: &FieldMap, row: &Row, first: &Row) -> Issue {
        let kept = self.cell(map, first).unwrap_or_default();
        let detail = format!(
            "Another value than in row {}; “{kept}” is kept.",
            first.number
        );
        self.issue(path, map, row, "conflicting_value", detail)
    }

    fn cell(&self, map: &FieldMap, row: &'a Row) -> Option<&'a str> {
        map.columns()
            .first()
            .and_then(|column| self.table.column(column))
            .and_then(|column| row.get(column))
    }

    fn issue(&self, field: &str, map: &FieldMap, row: &Row, code: &str, detail: String) -> Issue {
        let columns = map.columns();
        let value = columns
            .first()
            .and_then(|column| self.table.column(column))
            .and_then(|column| row.get(column));
        Issue {
            entity: self.entity,
            row: row.number,
            column: (!columns.is_empty()).then(|| columns.join(", ")),
            field: Some(field.to_owned()),
            value: value.map(|value| value.chars().take(200).collect()),
            fix: fix(code, &[]),
            code: code.to_owned(),
            detail,
        }
    }

    /// A problem of the API at a place of the body (`#/lines/3/quantity/value`) as an issue of a row and column.
    pub fn locate(
        &self,
        group: &Group,
        pointer: Option<&str>,
        code: &str,
        detail: &str,
        suggestions: &[String],
    ) -> Issue {
        let path = pointer
            .unwrap_or_default()
            .trim_start_matches(['#', '/'])
            .replace('/', ".");
        let line = path
            .strip_prefix("lines.")
            .map(|rest| rest.split_once('.').unwrap_or((rest, "")));
        let (place, fields, inner) =
            match line.and_then(|(place, inner)| Some((place.parse::<usize>().ok()?, inner))) {
                Some((place, inner)) => (place, &self.section.lines, inner),
                None => (0, &self.section.fields, path.as_str()),
            };
        let near = |field: &str| {
            field == inner || (!inner.is_empty() && (within(field, inner) || within(inner, field)))
        };
        let map = fields
            .iter()
            .filter(|(field, _)| near(field))
            .max_by_key(|(field, _)| field.len());
        let row = group
            .rows
            .get(place)
            .or(group.rows.first())
            .and_then(|place| self.table.rows.get(*place));
        let fix = fix(code, suggestions);
        match (map, row) {
            (Some((_, map)), Some(row)) => Issue {
                fix,
                ..self.issue(&path, map, row, code, detail.to_owned())
            },
            (_, row) => Issue {
                entity: self.entity,
                row: row.map_or(0, |row| row.number),
                column: None,
                field: Some(path).filter(|path| !path.is_empty()),
                value: None,
                code: code.to_owned(),
                detail: detail.to_owned(),
                fix,
            },
        }
    }

    /// The row numbers of a group.
    pub fn numbers(&self, group: &Group) -> Vec<u64> {
        group
            .rows
            .iter()
            .filter_map(|place| self.table.rows.get(*place))
            .map(|row| row.number)
            .collect()
    }
}

/// Whether `path` lies below `outer`.
fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// Sets the member a path names, making the objects and arrays on the way.
pub fn put(body: &mut Value, path: &str, value: Value) {
    let mut at = body;
    for name in path.split('.') {
        at = match name.parse::<usize>() {
            Ok(place) if place < PATH_INDEX_MAX => {
                if !at.is_array() {
                    *at = Value::Array(Vec::new());
                }
                let Value::Array(items) = at else { return };
                if items.len() <= place {
                    items.resize(place + 1, Value::Null);
                }
                let Some(item) = items.get_mut(place) else {
                    return;
                };
                item
            }
            _ => {
                if !at.is_object() {
                    *at = Value::Object(Map::new());
                }
                let Value::Object(members) = at else { return };
                members.entry(name).or_insert(Value::Null)
            }
        };
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::mapping::Mapping;
    use super::*;

    const MAPPING: &str = "[orders]\nkey = 'No'\n[orders.fields]\ncustomer_code = 'Customer'\n'ship_to.city' = 'City'\n[orders.lines]\nsku = 'SKU'\n'quantity.value' = 'Qty'";

    fn with<T>(csv: &str, check: impl FnOnce(Reader<'_>) -> T) -> T {
        let table = Table::read(csv.as_bytes()).unwrap();
        let mapping = Mapping::read(MAPPING).unwrap();
        let section = mapping.section(Entity::Orders).unwrap();
        check(Reader {
            entity: Entity::Orders,
            section,
            table: &table,
            formats: &mapping.format,
        })
    }

    const CSV: &str =
        "No,Customer,City,SKU,Qty\nA,C1,Bonn,X,2\nB,C2,,Y,1\nA,C1,Köln,Z,zwei\n,C1,,X,1\n";

    #[test]
    fn rows_with_a_key_are_one_object() {
        with(CSV, |reader| {
            let (groups, without) = reader.groups();
            assert_eq!(
                groups
                    .iter()
                    .map(|group| (group.key.as_str(), group.rows.as_slice()))
                    .collect::<Vec<_>>(),
                [("A", &[0, 2][..]), ("B", &[1][..])]
            );
            assert_eq!(without, [3]);
            let object = reader.object(&groups[0]);
            assert_eq!(
                object.body,
                json!({"customer_code": "C1", "ship_to": {"city": "Bonn"}, "lines": [{"quantity": {"value": "2"}, "sku": "X"}, {"sku": "Z"}]})
            );
            assert_eq!(
                (
                    object.conflicts.len(),
                    object.conflicts[0].row,
                    object.conflicts[0].value.as_deref()
                ),
                (1, 4, Some("Köln"))
            );
            let wrong = &object.wrong[0];
            assert_eq!(
                (
                    wrong.row,
                    wrong.column.as_deref(),
                    wrong.value.as_deref(),
                    wrong.code.as_str()
                ),
                (4, Some("Qty"), Some("zwei"), "invalid_decimal")
            );
            assert_eq!(wrong.field.as_deref(), Some("lines.1.quantity.value"));
        });
    }

    #[test]
    fn problems_of_the_api_find_their_cell() {
        with(CSV, |reader| {
            let (groups, _) = reader.groups();
            let at = |pointer: Option<&str>| {
                let issue = reader.locate(&groups[0], pointer, "x", "y", &[]);
                (issue.row, issue.column)
            };
            assert_eq!(at(Some("#/lines/1/sku")), (4, Some("SKU".into())));
            assert_eq!(at(Some("#/lines/1/quantity")), (4, Some("Qty".into())));
            assert_eq!(at(Some("#/customer_code")), (2, Some("Customer".into())));
            assert_eq!(at(Some("#/ship_to/city/x")), (2, Some("City".into())));
            assert_eq!(at(Some("#/lines/1")), (4, None));
            assert_eq!(at(None), (2, None));
        });
    }

    #[test]
    fn paths_make_objects_and_arrays() {
        let mut body = json!({});
        put(&mut body, "a.b", json!(1));
        put(&mut body, "a.c.1.d", json!(2));
        put(&mut body, "a.c.0.d", json!(3));
        put(&mut body, "x.999999999", json!(4));
        assert_eq!(
            body,
            json!({"a": {"b": 1, "c": [{"d": 3}, {"d": 2}]}, "x": {"999999999": 4}})
        );
    }
}
