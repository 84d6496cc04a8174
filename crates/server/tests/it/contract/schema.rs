//! Judges JSON by the schemas of the document: the part of JSON Schema that it uses, and no member that is not described.

use regex::Regex;
use serde_json::{Map, Value};

use super::Document;

/// Every place where `value` does not fit `schema`.
pub fn problems(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let judge = Judge { document };
    judge.value(schema, value, "", &mut found);
    found
}

struct Judge<'a> {
    document: &'a Document,
}

impl Judge<'_> {
    fn value(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let schema = self.document.resolve(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            let fits = |one: &&Value| self.fits(one, value);
            let count = choices.iter().filter(fits).count();
            match count {
                1 => {}
                0 if choices.len() == 2 && !value.is_null() => {
                    // null or something: say what is wrong with the something
                    let other = choices.iter().find(|one| one["type"] != "null").unwrap();
                    self.value(other, value, at, found);
                }
                count => found.push(format!("{at}: fits {count} of the choices: {value}")),
            }
            return;
        }
        if !type_fits(&schema["type"], value) {
            found.push(format!("{at}: {} expected, got {value}", schema["type"]));
            return;
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            found.push(format!("{at}: {value} is none of {allowed:?}"));
        }
        match value {
            Value::String(text) => text_problems(schema, text, at, found),
            Value::Number(number) => {
                let below = schema["minimum"]
                    .as_f64()
                    .is_some_and(|least| number.as_f64() < Some(least));
                let above = schema["maximum"]
                    .as_f64()
                    .is_some_and(|most| number.as_f64() > Some(most));
                if below || above {
                    found.push(format!("{at}: {number} is out of range"));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{at}/{index}"), found);
                }
            }
            Value::Object(members) => self.object(schema, members, at, found),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.value(schema, value, "", &mut found);
        found.is_empty()
    }

    fn object(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        at: &str,
        found: &mut Vec<String>,
    ) {
        let mut shape = Shape::default();
        self.shape(schema, &mut shape);
        for name in &shape.required {
            if !members.contains_key(name) {
                found.push(format!("{at}: `{name}` is missing"));
            }
        }
        for (name, member) in members {
            let place = format!("{at}/{name}");
            match (shape.properties.get(name), &shape.others) {
                (Some(schema), _) | (None, Some(schema)) => {
                    self.value(schema, member, &place, found)
                }
                (None, None) => found.push(format!("{place}: not described")),
            }
        }
    }

    /// The members of an object, those of `allOf` together.
    fn shape(&self, schema: &Value, shape: &mut Shape) {
        let schema = self.document.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.shape(part, shape);
        }
        shape.required.extend(
            schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
        match schema["properties"].as_object() {
            Some(properties) => shape.properties.extend(properties.clone()),
            // an object without described members may hold anything
            None if schema["allOf"].is_null() => {
                shape.others = Some(schema["additionalProperties"].clone());
            }
            None => {}
        }
    }
}

#[derive(Default)]
struct Shape {
    properties: Map<String, Value>,
    required: Vec<String>,
    others: Option<Value>,
}

fn type_fits(expected: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema names a type {other}"),
    };
    match expected {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn text_problems(schema: &Value, text: &str, at: &str, found: &mut Vec<String>) {
    let length = text.chars().count() as u64;
    let short = schema["minLength"]
        .as_u64()
        .is_some_and(|least| length < least);
    let long = schema["maxLength"]
        .as_u64()
        .is_some_and(|most| length > most);
    if short || long {
        found.push(format!("{at}: a text of {length} characters"));
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !Regex::new(pattern).unwrap().is_match(text)
    {
        found.push(format!("{at}: {text:?} does not match {pattern}"));
    }
    let fits = match schema["format"].as_str() {
        Some("date") => text.parse::<chrono::NaiveDate>().is_ok(),
        Some("date-time") => {
            text.ends_with('Z') && text.parse::<chrono::DateTime<chrono::Utc>>().is_ok()
        }
        Some("decimal") => text.parse::<rust_decimal::Decimal>().is_ok(),
        _ => true,
    };
    if !fits {
        found.push(format!("{at}: {text:?} is not a {}", schema["format"]));
    }
}
