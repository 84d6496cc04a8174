//! Schemas in words: the fields of an object, the type of a field, what limits it.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{listing, page as frame, prose, wide};
use super::reader::{Reader, items, members, referred, text};
use super::{ROOT, example};

/// The page of a named schema.
pub(super) fn page(reader: &Reader, name: &str) -> Markup {
    let schema = reader.schema(name);
    let body = html! {
        h1 { (name) }
        p { (prose(text(&schema["description"]))) }
        p { "Type: " (kind(schema)) "." (limits(schema)) }
        (fields(reader, schema, &format!("Fields of {name}")))
        h2 { "Example" }
        (listing(&format!("Example of {name}"), &example::answer(reader, schema)))
    };
    frame(reader, &format!("schemas/{name}"), name, &body)
}

/// The fields of an object as a table; nothing for other schemas.
pub(super) fn fields(reader: &Reader, schema: &Value, label: &str) -> Markup {
    let schema = reader.resolve(schema);
    let mut rows = Vec::new();
    collect(reader, schema, &mut rows);
    if rows.is_empty() {
        return Markup::default();
    }
    let table = html! {
        table {
            thead { tr { th scope="col" { "Field" } th scope="col" { "Type" } th scope="col" { "Meaning" } } }
            tbody {
                @for (field, required, schema) in rows {
                    tr {
                        th scope="row" { (name(field, required)) }
                        td { (kind(schema)) }
                        td { (meaning(reader, schema)) }
                    }
                }
            }
        }
    };
    wide(label, &table)
}

/// Name, whether it is required, and schema of each field, those of combined schemas too.
fn collect<'a>(reader: &'a Reader, schema: &'a Value, rows: &mut Vec<(&'a str, bool, &'a Value)>) {
    for (name, field) in members(&schema["properties"]) {
        let required = items(&schema["required"]).any(|one| one == name);
        rows.push((name, required, field));
    }
    for part in items(&schema["allOf"]) {
        collect(reader, reader.resolve(part), rows);
    }
}

/// A name, marked when it is required.
pub(super) fn name(name: &str, required: bool) -> Markup {
    html! { code { (name) } @if required { " " span .required { "required" } } }
}

/// The own words of a field, else those of its type; and the limits.
fn meaning(reader: &Reader, schema: &Value) -> Markup {
    let inner = without_null(schema);
    let target = reader.resolve(inner);
    let own = [schema, inner, target]
        .into_iter()
        .map(|one| text(&one["description"]))
        .find(|words| !words.is_empty());
    html! { (prose(own.unwrap_or_default())) (limits(target)) }
}

/// The type in words, with links to what has a name.
pub(super) fn kind(schema: &Value) -> Markup {
    if let Some(name) = referred(schema) {
        return html! { a href={ (ROOT) "/schemas/" (name) } { (name) } };
    }
    let choices = items(&schema["oneOf"]).chain(items(&schema["allOf"]));
    let choices: Vec<&Value> = choices.collect();
    if !choices.is_empty() {
        return html! { @for (index, one) in choices.iter().enumerate() { @if index > 0 { " or " } (kind(one)) } };
    }
    if schema["items"].is_object() {
        return html! { "list of " (kind(&schema["items"])) };
    }
    if schema["additionalProperties"].is_object() {
        return html! { "map of " (kind(&schema["additionalProperties"])) };
    }
    let names: Vec<&str> = match schema["type"].as_str() {
        Some(one) => vec![one],
        None => items(&schema["type"]).map(text).collect(),
    };
    html! {
        @if names.is_empty() { "any" } @else { (names.join(" or ")) }
        @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
    }
}

fn without_null(schema: &Value) -> &Value {
    items(&schema["oneOf"])
        .find(|one| one["type"] != "null")
        .unwrap_or(schema)
}

/// What limits a value, in the words of JSON Schema.
pub(super) fn limits(schema: &Value) -> Markup {
    let schema = without_null(schema);
    let numbers = [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters at least:"),
        ("maxLength", "characters at most:"),
        ("minItems", "items at least:"),
        ("maxItems", "items at most:"),
        ("default", "default:"),
    ];
    let known = numbers
        .into_iter()
        .filter(|(key, _)| !schema[key].is_null());
    let known: Vec<(&str, String)> = known
        .map(|(key, words)| (words, example::plain(&schema[key])))
        .collect();
    html! {
        @if !known.is_empty() || schema["pattern"].is_string() || schema["enum"].is_array() {
            ul .limits {
                @for (words, value) in known { li { (words) " " code { (value) } } }
                @if let Some(pattern) = schema["pattern"].as_str() { li { "matches " code { (pattern) } } }
                @if schema["enum"].is_array() {
                    li { "one of " @for (index, one) in items(&schema["enum"]).enumerate() { @if index > 0 { ", " } code { (example::plain(one)) } } }
                }
            }
        }
    }
}
