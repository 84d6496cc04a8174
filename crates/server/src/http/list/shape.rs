//! `fields=`: only the asked-for members of each row, `id` always.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::http::input::nearest;
use crate::http::{FieldProblem, Problem};

/// Members that are kept whatever is asked for.
const ALWAYS: &[&str] = &["id"];

/// Cuts rows down to `paths`. Errors: 400 `unknown_field` for a path that no row has.
pub fn project(rows: &[Value], paths: &[String]) -> Result<Vec<Value>, Problem> {
    let unknown: Vec<FieldProblem> = paths
        .iter()
        .filter(|path| !rows.is_empty() && !rows.iter().any(|row| has(row, path)))
        .map(|path| unknown(rows, path))
        .collect();
    if !unknown.is_empty() {
        return Err(Problem::with_errors(
            StatusCode::BAD_REQUEST,
            "unknown_field",
            unknown,
        ));
    }
    Ok(rows.iter().map(|row| cut(row, paths)).collect())
}

fn unknown(rows: &[Value], path: &str) -> FieldProblem {
    let mut known = Vec::new();
    if let Some(row) = rows.first() {
        names(row, "", &mut known);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    FieldProblem::parameter(
        "fields",
        "unknown_field",
        format!("There is no field `{path}`."),
    )
    .with_suggestions(nearest(path, &known))
}

fn names(row: &Value, before: &str, known: &mut Vec<String>) {
    for (name, value) in row.as_object().into_iter().flatten() {
        known.push(format!("{before}{name}"));
        if before.is_empty() {
            names(value, &format!("{name}."), known);
        }
    }
}

/// Whether a row may have the path; below a missing or null object anything may be.
fn has(row: &Value, path: &str) -> bool {
    let mut at = row;
    for name in path.split('.') {
        match at {
            Value::Null => return true,
            Value::Array(items) => match items.first() {
                Some(item) => at = item,
                None => return true,
            },
            _ => {}
        }
        match at.get(name) {
            Some(inner) => at = inner,
            None => return false,
        }
    }
    true
}

fn cut(row: &Value, paths: &[String]) -> Value {
    let mut result = Value::Object(Map::new());
    for path in ALWAYS
        .iter()
        .copied()
        .filter(|name| row.get(name).is_some())
        .chain(paths.iter().map(String::as_str))
    {
        let names: Vec<&str> = path.split('.').collect();
        copy(row, &mut result, &names);
    }
    result
}

fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    let Some((name, rest)) = names.split_first() else {
        return;
    };
    let (Some(value), Value::Object(target)) = (from.get(name), to) else {
        return;
    };
    if rest.is_empty() || value.is_null() {
        target.insert((*name).to_owned(), value.clone());
        return;
    }
    match value {
        Value::Array(items) => {
            let slot = target.entry(*name).or_insert_with(|| {
                Value::Array(items.iter().map(|_| Value::Object(Map::new())).collect())
            });
            for (item, slot) in items.iter().zip(slot.as_array_mut().into_iter().flatten()) {
                copy(item, slot, rest);
            }
        }
        _ => copy(
            value,
            target
                .entry(*name)
                .or_insert_with(|| Value::Object(Map::new())),
            rest,
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn keeps_what_is_asked_for_and_the_id() {
        let rows = [
            json!({"id": "ord_1", "number": "SO-1", "customer": {"id": "cus_1", "name": "Acme", "code": "C1"}, "lines": [{"sku": "A", "net": "1"}, {"sku": "B", "net": "2"}]}),
        ];
        let cut = project(&rows, &paths(&["number", "customer.name", "lines.sku"])).unwrap();
        assert_eq!(
            cut,
            [
                json!({"id": "ord_1", "number": "SO-1", "customer": {"name": "Acme"}, "lines": [{"sku": "A"}, {"sku": "B"}]})
            ]
        );
    }

    #[test]
    fn unknown_fields_are_refused_with_suggestions() {
        let rows =
            [json!({"id": "1", "number": "SO-1", "customer": {"name": "Acme"}, "owner": null})];
        let problem = project(&rows, &paths(&["numbr", "customer.nam", "owner.name"])).unwrap_err();
        assert_eq!((problem.status, problem.errors.len()), (400, 2));
        assert_eq!(problem.errors[0].suggestions, ["number"]);
        assert_eq!(problem.errors[1].suggestions, ["customer.name"]);
        assert_eq!(
            project(&[], &paths(&["anything"])).unwrap(),
            Vec::<Value>::new()
        );
        assert_eq!(
            project(&rows, &paths(&["owner.name"])).unwrap(),
            [json!({"id": "1", "owner": null})]
        );
    }
}
