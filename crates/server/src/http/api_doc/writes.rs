//! The headers and the trial run of writes, and that an action without input takes no body.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::{Object, Ref, RefOr, Required, Type};

/// Writes that are not commands of one transaction with a kept answer: sign-in, sessions, the first run; a preview or a look-up keeps nothing,
/// and what others answer is asked anew; an answer that holds an API key or the secret of a factor is not kept.
const WITHOUT_KEY: [&str; 11] = [
    "/api-keys",
    "/auth/",
    "/identities",
    "/check",
    "/passkeys",
    "/second-factors",
    "/sessions",
    "/setup",
    "/preview",
    "/resolve",
    "/verify-domain",
];

pub(super) fn describe(path: &str, item: &mut PathItem) {
    let is_ended = path.ends_with(ENDED);
    let keyed = is_ended || !WITHOUT_KEY.iter().any(|part| path.contains(part));
    let creates = CREATES_UNDER_ID.iter().any(|end| path.ends_with(end));
    let named = path.contains("{id}") && !creates && !is_ended;
    for (operation, needs_version) in [
        (&mut item.post, named),
        (&mut item.put, named),
        (&mut item.patch, true),
        (&mut item.delete, named),
    ] {
        if let Some(operation) = operation {
            if keyed {
                describe_command(operation, needs_version);
            }
            let own_trial = path.contains(OWN_TRIAL);
            if (keyed && !own_trial) || path.contains(TRIED_WITHOUT_KEY) {
                describe_trial(operation);
            }
            describe_body(operation);
        }
    }
}

/// Ends a key, whatever its version.
const ENDED: &str = "/api-keys/{id}";

/// Writes below an object that leave the object itself as it was.
const CREATES_UNDER_ID: [&str; 3] = ["/comments", "/duplicate", "/prices"];

/// Is tried unless told to commit: it takes no `dry_run`.
const OWN_TRIAL: &str = "/imports";

/// Takes `dry_run` although its answer is not kept.
const TRIED_WITHOUT_KEY: &str = "/api-keys";

fn describe_command(operation: &mut Operation, needs_version: bool) {
    let parameters = operation.parameters.get_or_insert_default();
    if needs_version {
        parameters.push(RefOr::T(header(
            "If-Match",
            Required::True,
            "The ETag last seen, such as \"3\"; `*` for whatever is there now",
        )));
    }
    parameters.push(RefOr::T(header(
        "Idempotency-Key",
        Required::False,
        "A key of yours for this one intention: sent again, it gets the first answer again",
    )));
}

fn describe_trial(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(RefOr::T(
        ParameterBuilder::new()
            .name("dry_run")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(
                "Check everything, answer as if it were done, and keep nothing",
            ))
            .schema(Some(Object::with_type(Type::Boolean)))
            .build(),
    ));
}

fn describe_body(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else {
        return;
    };
    let without_input = body.content.values().any(|content| {
        matches!(content, RefOr::T(content)
            if matches!(&content.schema, Some(RefOr::Ref(schema)) if is_bodiless(schema)))
    });
    if without_input {
        body.required = Some(Required::False);
    }
}

/// Schemas of bodies that may be left out.
fn is_bodiless(schema: &Ref) -> bool {
    ["/NoBody", "/MaybeReason"]
        .iter()
        .any(|name| schema.ref_location.ends_with(name))
}

fn header(name: &str, required: Required, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}
