//! Values of custom fields: checked against the definitions, secret ones sealed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use som_domain::custom_fields::{FieldDefinition, FieldError, validate};
use sqlx::PgConnection;
use uuid::Uuid;

use super::definition;
use crate::caller::Caller;
use crate::features::custom_fields::store;
use crate::http::{ApiResult, FieldProblem};
use crate::permission::Permission;
use crate::personal::{SECRET, secret};

/// `custom` as a body sends it: what it does not name stays, `null` removes.
pub type CustomInput = BTreeMap<String, Value>;

/// What a sealed value looks like to those who may not read it. Sent back, it changes nothing.
pub const MASK: &str = "••••";

/// What values are checked and stored by. Orders read it together with everything else they need.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct Field {
    pub key: String,
    pub kind: String,
    pub choices: Vec<String>,
    pub required: bool,
    pub secret: bool,
}

/// Merges `input` into what a record of an `entity` (`customer`, `product`, `order`) has stored, `None` for a new one, and checks it.
///
/// As [`merge`], by the definitions of the organization.
pub async fn apply(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    stored: Option<&Value>,
    input: Option<CustomInput>,
    problems: &mut Vec<FieldProblem>,
) -> ApiResult<(Value, Map<String, Value>)> {
    let input = input.unwrap_or_default();
    if let (Some(unchanged), true) = (stored, input.is_empty()) {
        return Ok((unchanged.clone(), Map::new()));
    }
    let rows = store::in_use(db, organization, entity).await?;
    let fields: Vec<Field> = rows.into_iter().map(Field::from).collect();
    Ok(merge(&fields, stored, input, problems)?)
}

/// Merges `input` into what is stored, `None` for a new record, and checks it.
///
/// Only named fields are checked (a new record also for what is required), so a definition that became stricter does not block
/// other changes. Returns what to store and the differences for the audit; secret values only say that they changed.
/// Problems go to `problems`, and what is stored stays.
pub fn merge(
    fields: &[Field],
    stored: Option<&Value>,
    mut input: CustomInput,
    problems: &mut Vec<FieldProblem>,
) -> anyhow::Result<(Value, Map<String, Value>)> {
    let unchanged = stored.cloned().unwrap_or_else(|| json!({}));
    input.retain(|key, value| value != MASK || !is_sealed(unchanged.get(key)));
    let named: Vec<&Field> = fields
        .iter()
        .filter(|field| stored.is_none() || input.contains_key(&field.key))
        .collect();
    let definitions: Vec<FieldDefinition> = named
        .iter()
        .map(|field| definition(field))
        .collect::<anyhow::Result<_>>()?;
    let valid = match validate(&definitions, &input.into_iter().collect()) {
        Ok(valid) => valid,
        Err(errors) => {
            problems.extend(errors.iter().map(field_problem));
            return Ok((unchanged, Map::new()));
        }
    };
    Ok(changed(&named, unchanged, &valid))
}

/// What is stored with the valid values of the named fields, and how it differs.
fn changed(
    named: &[&Field],
    stored: Value,
    valid: &Map<String, Value>,
) -> (Value, Map<String, Value>) {
    let before = open(&stored);
    let mut result = match stored {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let mut differences = Map::new();
    for field in named {
        let of = |values: &Map<String, Value>| values.get(&field.key).cloned().unwrap_or_default();
        let (old, new) = (of(&before), of(valid));
        if old == new {
            continue;
        }
        match &new {
            Value::Null => drop(result.remove(&field.key)),
            new => drop(result.insert(field.key.clone(), field.stored(new))),
        }
        let difference = if field.secret {
            json!({ "changed": true })
        } else {
            json!({ "from": old, "to": new })
        };
        differences.insert(format!("custom.{}", field.key), difference);
    }
    (Value::Object(result), differences)
}

impl Field {
    fn stored(&self, value: &Value) -> Value {
        if self.secret {
            secret(value.clone())
        } else {
            value.clone()
        }
    }
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

/// Whether a stored value is that of a secret field.
pub fn is_sealed(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.get(SECRET).is_some())
}

/// The stored object as the caller may see it: sealed values opened with the permission, masked without.
pub fn show(stored: &Value, caller: &Caller) -> Map<String, Value> {
    let mut shown = open(stored);
    if !caller.may(Permission::SecretsRead) {
        for (key, value) in &mut shown {
            if is_sealed(stored.get(key)) {
                *value = json!(MASK);
            }
        }
    }
    shown
}

/// The stored object with sealed values opened, for whoever may see them.
pub fn open(stored: &Value) -> Map<String, Value> {
    let Some(object) = stored.as_object() else {
        return Map::new();
    };
    let open_one = |value: &Value| value.get(SECRET).unwrap_or(value).clone();
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
        let stored = json!({ "a": "x", "b": secret(json!("secret")) });
        assert_eq!(
            Value::Object(open(&stored)),
            json!({ "a": "x", "b": "secret" })
        );
        assert!(open(&Value::Null).is_empty());
    }
}
