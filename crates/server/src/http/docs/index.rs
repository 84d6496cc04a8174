//! The first page: every operation by group.

use maud::{Markup, html};

use super::frame::{page as frame, prose};
use super::reader::{Operation, Reader};
use super::{ROOT, example};

pub(super) fn page(reader: &Reader) -> Markup {
    let body = html! {
        h1 { "The API" }
        p {
            "JSON at " code { "/api/v1" } ". Amounts and quantities are decimal strings, changes of an object carry its version in "
            code { "If-Match" } ", repeated writes an " code { "Idempotency-Key" } ". Every failure is a problem (RFC 9457) with a stable code: "
            a href={ (ROOT) "/problems" } { "all codes" } "."
        }
        h2 { "Sign in" }
        p {
            "Sessions live in cookies; every write names the server's address in " code { "Origin" } " and repeats the value of the cookie " code { "__Host-som_csrf" }
            " (" code { "som_csrf" } " on plain HTTP) in the header " code { "X-CSRF-Token" } "."
        }
        (super::frame::listing("How to sign in", example::SIGN_IN))
        @for tag in reader.tags() {
            section aria-labelledby=(tag.name) {
                h2 #(tag.name) { a href={ (ROOT) "/" (tag.name) } { (tag.name) } }
                p { (prose(&tag.description)) }
                ul .operations {
                    @for operation in reader.operations(&tag.name) { li { (line(&tag.name, operation)) } }
                }
            }
        }
    };
    frame(reader, "", "Index", &body)
}

/// Method, path and title, with the way to the details.
pub(super) fn line(tag: &str, operation: Operation<'_>) -> Markup {
    html! {
        a href={ (ROOT) "/" (tag) "#" (operation.id()) } {
            (method(operation.method)) " " code { (operation.path) }
        }
        " " span { (operation.title()) }
    }
}

/// The method as a badge: its letters say it, the colour only repeats it.
pub(super) fn method(name: &str) -> Markup {
    html! { span .method .(name) { (name.to_uppercase()) } }
}
