//! What every page has: head, way to the content, navigation; and text with `code` in it.

use maud::{DOCTYPE, Markup, html};

use super::reader::Reader;
use super::{ROOT, problem_page};
use crate::http::codes;

/// A page. `here` is its address below the root of the documentation, for the navigation.
pub(super) fn page(reader: &Reader, here: &str, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · API of Sales Order Manager" }
                link rel="stylesheet" href={ (ROOT) "/style.css" };
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
            }
            body {
                a .skip href="#content" { "Skip to the content" }
                header {
                    a .home href=(ROOT) { "Sales Order Manager " span { "API " (reader.version()) } }
                    (navigation(reader, here))
                }
                main #content tabindex="-1" { (body) }
                footer {
                    "For machines: " a href="/api/openapi.json" { "openapi.json" } ", "
                    a href="/api/problems.json" { "problems.json" } "."
                }
            }
        }
    }
}

fn navigation(reader: &Reader, here: &str) -> Markup {
    let groups = reader.tags().iter().map(|tag| tag.name.as_str());
    html! {
        nav aria-label="Documentation" {
            ul {
                @for name in groups.chain(["problems"]) {
                    li {
                        a href={ (ROOT) "/" (name) } aria-current=[current(here, name)] { (name) }
                    }
                }
            }
        }
    }
}

fn current(here: &str, name: &str) -> Option<&'static str> {
    let rest = here.strip_prefix(name)?;
    match rest {
        "" => Some("page"),
        rest if rest.starts_with('/') => Some("true"),
        _ => None,
    }
}

/// Text of a description: what stands between backticks is code, and a known problem code leads to its page.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 0 { (part) }
            @else if codes::find(part).is_some() { a href=(problem_page(part)) { code { (part) } } }
            @else { code { (part) } }
        }
    }
}

/// A block that is wider than a small screen: it scrolls by itself, by keyboard too.
pub(super) fn wide(label: &str, body: &Markup) -> Markup {
    html! { div .wide role="region" tabindex="0" aria-label=(label) { (body) } }
}

/// Something to copy.
pub(super) fn listing(label: &str, text: &str) -> Markup {
    html! { pre role="region" tabindex="0" aria-label=(label) { code { (text) } } }
}
