//! What the edge may answer to every operation, so that no handler has to repeat it: problems in their own media type.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The shared answers, by the name they have in the document.
pub(super) const SHARED: [(&str, &str, &str); 10] = [
    (
        "400",
        "Malformed",
        "The request is malformed; `errors[]` names the parameter or header",
    ),
    (
        "401",
        "Unauthenticated",
        "Nobody is signed in: `unauthenticated`, `session_ended`",
    ),
    (
        "403",
        "Forbidden",
        "The role does not include it (`missing_permission`), or `csrf_failed`",
    ),
    (
        "404",
        "NotFound",
        "There is no such object, or none in sight",
    ),
    (
        "409",
        "Conflict",
        "The state of the object, or of the data, does not allow it",
    ),
    (
        "412",
        "StaleVersion",
        "The object was changed since: `stale_version`",
    ),
    (
        "415",
        "UnsupportedMediaType",
        "The body is not of the media type that is read",
    ),
    (
        "422",
        "Invalid",
        "The input breaks rules; `errors[]` lists them all",
    ),
    ("428", "PreconditionRequired", "`If-Match` is missing"),
    (
        "default",
        "Problem",
        "Any other failure: 405, 406, 408, 413, 429, 500, 503",
    ),
];

/// A shared answer.
pub(super) fn shared(description: &str) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, problem.build())
        .build()
}

/// Adds what the edge answers, and gives the handler's own problems their media type.
pub(super) fn describe(path: &str, operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && !status.starts_with(['2', '3'])
        {
            let own = shared(&response.description);
            response.content = own.content;
        }
    }
    for (status, name, _) in SHARED {
        if answers(status, path, operation) {
            let reference = RefOr::Ref(Ref::from_response_name(name));
            let own = operation.responses.responses.entry(status.to_owned());
            own.or_insert(reference);
        }
    }
}

fn answers(status: &str, path: &str, operation: &Operation) -> bool {
    let permission = permission(operation);
    match status {
        "401" => permission != "public",
        "403" => !matches!(permission, "public" | "member") || takes_body(operation),
        "404" => path.contains('{'),
        "409" => has_header(operation, "Idempotency-Key"),
        "412" | "428" => has_header(operation, "If-Match"),
        "415" | "422" => takes_body(operation),
        _ => true,
    }
}

fn permission(operation: &Operation) -> &str {
    let extensions = operation.extensions.as_ref();
    extensions
        .and_then(|all| all.get("x-permission"))
        .and_then(|name| name.as_str())
        .unwrap_or_default()
}

fn takes_body(operation: &Operation) -> bool {
    operation.request_body.is_some() || has_header(operation, "Idempotency-Key")
}

pub(super) fn has_header(operation: &Operation, name: &str) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters.into_iter().any(|parameter| {
        matches!(parameter, RefOr::T(parameter)
            if parameter.name == name && matches!(parameter.parameter_in, ParameterIn::Header))
    })
}
