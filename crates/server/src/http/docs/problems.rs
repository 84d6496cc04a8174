//! The pages of problem codes: all of them, and one for each, where `Problem.type` leads.

use maud::{Markup, html};

use super::frame::{listing, page as frame, prose};
use super::reader::Reader;
use super::{ROOT, problem_page};
use crate::http::codes::{Code, GROUPS, Group};

pub(super) fn index(reader: &Reader) -> Markup {
    let body = html! {
        h1 { "Problems" }
        p {
            "Every answer outside 2xx and 3xx is a problem: " code { "application/problem+json" } " as in RFC 9457. " code { "code" }
            " is stable and " code { "type" } " leads here; " code { "errors[]" } " names every problem of the input at once, each with its own code and place."
        }
        @for group in &GROUPS {
            h2 { (group.name) }
            dl .codes {
                @for code in group.codes {
                    dt #(code.code) { a href=(problem_page(code.code)) { code { (code.code) } } }
                    dd { (prose(code.title)) }
                }
            }
        }
    };
    frame(reader, "problems", "Problems", &body)
}

pub(super) fn page(reader: &Reader, group: &Group, code: &Code) -> Markup {
    let shape = format!(
        "{{\n  \"type\": \"{}\",\n  \"code\": \"{}\"\n}}",
        problem_page(code.code),
        code.code
    );
    let body = html! {
        p .above { a href={ (ROOT) "/problems" } { "Problems" } " · " (group.name) }
        h1 { (code.title) }
        p { code { (code.code) } }
        h2 { "What to do" }
        p { (prose(code.help)) }
        h2 { "How to recognise it" }
        p { "By its code, in the answer itself or in one of its " code { "errors[]" } ":" }
        (listing("Shape of the problem", &shape))
        p { "When it makes no sense, quote the answer's " code { "request_id" } ": the log of the server has the line." }
    };
    frame(
        reader,
        &format!("problems/{}", code.code),
        code.title,
        &body,
    )
}
