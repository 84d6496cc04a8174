//! Values of custom fields: checked against the definitions, secret ones sealed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use som_domain::custom_fields::{FieldError, validate};
use sqlx::PgConnection;
use uuid::Uuid;

use super::definition;
use crate::features::custom_fields::store;
use crate::http::{ApiResult, FieldProblem};
use crate::personal::Personal;

/// `custom` as a body sends it: what it does not name stays, `null` removes.
pub type CustomInput = BTreeMap<String, Value>;

/// Marks a sealed value, so that it can be opened without its definition.
const SEALED: &str = "$sealed";

/// Merges `input` into what a record of an `entity` (`customer`, `product`, `order`) has stored, `None` for a new one, and checks it.
///
/// Only named fields are checked (a new record also for what is required), so a definition that became stricter does not block
/// other changes. Returns what to store and the differences for the audit; secret values only say that they changed.
/// Problems go to `problems`, and what is stored stays.
pub async fn apply(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    stored: Option<&Value>,
    input: Option<CustomInput>,
    problems: &mut Vec<FieldProblem>,
) -> ApiResult<(Value, Map<String, Value>)> {
    let (is_new, unchanged) = (
        stored.is_none(),
        stored.cloned().unwrap_or_else(|| json!({})),
    );
    let input: Map<String, Value> = input.unwrap_or_default().into_iter().collect();
    if input.is_empty() && !is_new {
        return Ok((unchanged, Map::new()));
    }
    let rows = store::in_use(db, organization, entity).await?;
    let named = rows
        .iter()
        .filter(|row| is_new || input.contains_key(&row.key))
        .collect::<Vec<_>>();
    let definitions = named
        .iter()
        .map(|row| definition(row))
        .collect::<ApiResult<Vec<_>>>()?;
    let valid = match validate(&definitions, &input) {
        Ok(valid) => valid,
        Err(errors) => {
            problems.extend(errors.iter().map(field_problem));
            return Ok((unchanged, Map::new()));
        }
    };
    let before = open(&unchanged);
    let mut result = unchanged.as_object().cloned().unwrap_or_default();
    let mut differences = Map::new();
    for row in named {
        let (old, new) = (
            before.get(&row.key).unwrap_or(&Value::Null),
            valid.get(&row.key).unwrap_or(&Value::Null),
        );
        if old == new {
            continue;
        }
        let difference = if row.secret {
            json!({ "changed": true })
        } else {
            json!({ "from": old, "to": new })
        };
        differences.insert(format!("custom.{}", row.key), difference);
        match new {
            Value::Null => drop(result.remove(&row.key)),
            new if row.secret => drop(result.insert(
                row.key.clone(),
                json!({ SEALED: Personal::seal(&new.to_string()).into_stored() }),
            )),
            new => drop(result.insert(row.key.clone(), new.clone())),
        }
    }
    Ok((Value::Object(result), differences))
}

fn field_problem(error: &FieldError) -> FieldProblem {
    let key: String = error
        .key
        .replace('~', "~0")
        .replace('/', "~1")
        .chars()
        .take(60)
        .collect();
    FieldProblem::at(
        format!("/custom/{key}"),
        error.invalid.code(),
        format!("The value {}.", error.invalid.message()),
    )
}

/// The stored object as it is shown: sealed values opened.
pub fn open(stored: &Value) -> Map<String, Value> {
    let Some(object) = stored.as_object() else {
        return Map::new();
    };
    let open_one = |value: &Value| match value.get(SEALED).and_then(Value::as_str) {
        Some(sealed) => Personal::open(sealed)
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(Value::Null),
        None => value.clone(),
    };
    object
        .iter()
        .map(|(key, value)| (key.clone(), open_one(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_and_plain_ones_stay() {
        let stored = json!({ "a": "x", "b": { SEALED: Personal::seal("\"secret\"").into_stored() }, "c": { SEALED: "junk" } });
        assert_eq!(
            Value::Object(open(&stored)),
            json!({ "a": "x", "b": "secret", "c": null })
        );
        assert!(open(&Value::Null).is_empty());
    }
}
