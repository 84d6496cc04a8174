//! Examples: the request as a command, and an answer made of the examples of its fields.

use serde_json::{Map, Value};

use super::reader::{Operation, Reader, items, members, text};

/// How a script gets its session.
pub(super) const SIGN_IN: &str = "SOM=http://localhost:8080\n\
    curl -s \"$SOM/api/v1/auth/sign-in\" -c cookies -H \"Origin: $SOM\" \\\n  \
    -H 'Content-Type: application/json' -d '{\"email\":\"rep@example.com\",\"password\":\"…\"}'\n\
    CSRF=$(awk '$6 ~ /som_csrf$/ {print $7}' cookies)";

/// How deep an answer is shown; below that, objects and lists are empty.
const DEPTH: usize = 5;

/// The request as a command for a shell.
pub(super) fn curl(reader: &Reader, operation: Operation<'_>) -> String {
    let mut line = "curl -s".to_owned();
    let writes = operation.method != "get";
    if writes && !(operation.method == "post" && operation.body().is_some()) {
        line += &format!(" -X {}", operation.method.to_uppercase());
    }
    let parts = operation.path.split('/').map(variable);
    line += &format!(" \"$SOM{}\"", parts.collect::<Vec<_>>().join("/"));
    if operation.permission() != "public" {
        line += " -b cookies";
    }
    if writes {
        line += " -H \"Origin: $SOM\"";
    }
    if writes && operation.permission() != "public" {
        line += " -H \"X-CSRF-Token: $CSRF\"";
    }
    if operation.has_header("If-Match") {
        line += " \\\n  -H 'If-Match: \"3\"'";
    }
    if operation.has_header("Idempotency-Key") {
        line += " \\\n  -H 'Idempotency-Key: 7c0e31d2'";
    }
    if let Some((kind, body)) = operation.body() {
        line += &data(reader, kind, body);
    }
    line
}

/// `{line_id}` as a variable of the shell, `$LINE_ID`.
fn variable(part: &str) -> String {
    let name = part
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'));
    name.map_or_else(
        || part.to_owned(),
        |name| format!("${}", name.to_uppercase()),
    )
}

fn data(reader: &Reader, kind: &str, schema: &Value) -> String {
    if kind != "application/json" {
        return format!(" \\\n  -H 'Content-Type: {kind}' --data-binary @file");
    }
    let example = build(reader, schema, DEPTH);
    let body = serde_json::to_string(&example).unwrap_or_default();
    // Inside single quotes a shell knows one special character: the quote itself.
    let body = body.replace('\'', r"'\''");
    format!(" \\\n  -H 'Content-Type: {kind}' \\\n  -d '{body}'")
}

/// An answer of this schema, indented.
pub(super) fn answer(reader: &Reader, schema: &Value) -> String {
    serde_json::to_string_pretty(&build(reader, schema, DEPTH)).unwrap_or_default()
}

/// A value without quotation marks around text.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn build(reader: &Reader, schema: &Value, depth: usize) -> Value {
    let own = given(schema);
    let schema = reader.resolve(schema);
    if let Some(example) = own.or_else(|| given(schema)) {
        return example.clone();
    }
    let choice = items(&schema["oneOf"]).find(|one| one["type"] != "null");
    if let Some(choice) = choice {
        return build(reader, choice, depth);
    }
    let kind = schema["type"].as_str().or(schema["type"][0].as_str());
    match kind.unwrap_or("object") {
        "array" if depth > 0 && !schema["items"].is_null() => {
            Value::Array(vec![build(reader, &schema["items"], depth - 1)])
        }
        "array" => Value::Array(Vec::new()),
        "object" => Value::Object(object(reader, schema, depth)),
        kind => simple(kind, text(&schema["format"])),
    }
}

fn object(reader: &Reader, schema: &Value, depth: usize) -> Map<String, Value> {
    let mut built = Map::new();
    if depth == 0 {
        return built;
    }
    for part in items(&schema["allOf"]) {
        built.extend(object(reader, reader.resolve(part), depth));
    }
    for (name, field) in members(&schema["properties"]) {
        built.insert(name.to_owned(), build(reader, field, depth - 1));
    }
    built
}

/// What the schema itself shows, or the only values it takes.
fn given(schema: &Value) -> Option<&Value> {
    let shown = [
        &schema["example"],
        &schema["examples"][0],
        &schema["default"],
        &schema["enum"][0],
    ];
    shown.into_iter().find(|value| !value.is_null())
}

fn simple(kind: &str, format: &str) -> Value {
    match (kind, format) {
        ("boolean", _) => Value::Bool(true),
        ("integer" | "number", _) => Value::from(1),
        ("null", _) => Value::Null,
        (_, "date-time") => "2026-11-24T10:42:00Z".into(),
        (_, "date") => "2026-11-30".into(),
        _ => "…".into(),
    }
}
