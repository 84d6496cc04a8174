//! The page of a group: everything about each of its operations.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{listing, page as frame, prose, wide};
use super::index::{line, method};
use super::reader::{Operation, Reader, Tag, content, items, members, text};
use super::{example, schema};

pub(super) fn page(reader: &Reader, tag: &Tag) -> Markup {
    let body = html! {
        h1 { (tag.name) }
        p { (prose(&tag.description)) }
        ul .operations {
            @for operation in reader.operations(&tag.name) { li { (line(&tag.name, operation)) } }
        }
        @for operation in reader.operations(&tag.name) { (details(reader, operation)) }
    };
    frame(reader, &tag.name, &tag.name, &body)
}

fn details(reader: &Reader, operation: Operation<'_>) -> Markup {
    let id = operation.id();
    html! {
        section .operation aria-labelledby=(id) {
            h2 #(id) { a href={ "#" (id) } { (operation.title()) } }
            p .address { (method(operation.method)) " " code { (operation.path) } }
            @if operation.value["description"].is_string() { p { (prose(text(&operation.value["description"]))) } }
            p { (permission(operation.permission())) }
            (parameters(reader, operation))
            (body(reader, operation))
            (listing(&format!("Example: {}", operation.title()), &example::curl(reader, operation)))
            (answers(reader, operation))
        }
    }
}

fn permission(name: &str) -> Markup {
    match name {
        "public" => html! { "Who: anybody, without signing in." },
        "member" => html! { "Who: everybody who is signed in." },
        name => html! { "Permission: " code { (name) } },
    }
}

fn parameters(reader: &Reader, operation: Operation<'_>) -> Markup {
    if operation.parameters().next().is_none() {
        return Markup::default();
    }
    let table = html! {
        table {
            thead { tr { th scope="col" { "Name" } th scope="col" { "In" } th scope="col" { "Type" } th scope="col" { "Meaning" } } }
            tbody {
                @for parameter in operation.parameters() {
                    tr {
                        th scope="row" { (schema::name(text(&parameter["name"]), parameter["required"] == true)) }
                        td { (text(&parameter["in"])) }
                        td { (schema::kind(&parameter["schema"])) }
                        td {
                            (prose(text(&parameter["description"])))
                            (schema::limits(reader.resolve(&parameter["schema"])))
                            (fields_of_lists(parameter))
                        }
                    }
                }
            }
        }
    };
    html! { h3 { "Parameters" } (wide(&format!("Parameters: {}", operation.title()), &table)) }
}

/// What a list sorts and filters by.
fn fields_of_lists(parameter: &Value) -> Markup {
    let sortable: Vec<&str> = items(&parameter["x-sortable"]).map(text).collect();
    html! {
        @if !sortable.is_empty() { p { "Sorts by: " (codes(&sortable)) "." } }
        @if parameter["x-filterable"].is_array() {
            details {
                summary { "Fields and their operators" }
                dl {
                    @for field in items(&parameter["x-filterable"]) {
                        dt { code { (text(&field["name"])) } " " (text(&field["kind"])) }
                        dd {
                            (codes(&items(&field["operators"]).map(text).collect::<Vec<_>>()))
                            @if field["values"].is_array() { br; "Values: " (codes(&items(&field["values"]).map(text).collect::<Vec<_>>())) }
                        }
                    }
                }
            }
        }
    }
}

fn codes(names: &[&str]) -> Markup {
    html! { @for (index, name) in names.iter().enumerate() { @if index > 0 { ", " } code { (name) } } }
}

fn body(reader: &Reader, operation: Operation<'_>) -> Markup {
    let Some((media_type, body)) = operation.body() else {
        return Markup::default();
    };
    let required = operation.value["requestBody"]["required"] == true;
    html! {
        h3 { "Body" }
        p {
            code { (media_type) } ": " (schema::kind(body))
            @if !required { ", may be left out" }
        }
        (schema::fields(reader, body, &format!("Body: {}", operation.title())))
    }
}

fn answers(reader: &Reader, operation: Operation<'_>) -> Markup {
    html! {
        h3 { "Answers" }
        dl .answers {
            @for (status, answer) in members(&operation.value["responses"]) {
                @let answer = reader.resolve(answer);
                dt { code { (status) } }
                dd {
                    (prose(text(&answer["description"])))
                    @if let Some((media_type, body)) = content(answer) {
                        " — " code { (media_type) }
                        @if body.is_object() { ": " (schema::kind(body)) }
                    }
                    @if status.starts_with('2') { (sample(reader, operation, answer)) }
                }
            }
        }
    }
}

fn sample(reader: &Reader, operation: Operation<'_>, answer: &Value) -> Markup {
    let Some(("application/json", body)) = content(answer) else {
        return Markup::default();
    };
    let label = format!("Answer: {}", operation.title());
    html! {
        details { summary { "An answer" } (listing(&label, &example::answer(reader, body))) }
    }
}
