//! The frame of the OpenAPI document; paths and schemas come from the handlers.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, Ref, RefOr, Required, Type};

use super::{FieldProblem, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sales Order Manager",
        description = "Orders from quote to cash. Rules of this API: docs/API.md. Every answer that is not 2xx is an RFC 9457 problem.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(Problem, FieldProblem, som_domain::ids::DeliveryId)),
    tags(
        (name = "auth", description = "Sign-in, sessions, members"),
        (name = "orders", description = "Take, price, confirm, deliver and find orders"),
        (name = "customers", description = "Customers, contacts, addresses"),
        (name = "products", description = "Products, categories, units"),
        (name = "prices", description = "Price lists and price resolution"),
        (name = "taxes", description = "Taxes, classes and rules"),
        (name = "settings", description = "The organization, document numbers, custom fields"),
        (name = "platform", description = "Jobs, imports, limits"),
    )
)]
struct Frame;

/// The document without paths.
pub fn base() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// Adds what the edge does for every write, so that no handler has to repeat it: the headers, and that an action
/// without input takes no body.
pub fn describe_writes(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        if path.contains("/auth/") {
            continue;
        }
        let creates = CREATES_UNDER_ID.iter().any(|end| path.ends_with(end));
        let named = path.contains("{id}") && !creates && !path.contains("/sessions/");
        for (operation, needs_version) in [
            (&mut item.post, named),
            (&mut item.put, named),
            (&mut item.patch, true),
            (&mut item.delete, named),
        ] {
            if let Some(operation) = operation {
                describe_write(operation, needs_version);
            }
        }
    }
}

/// Writes below an object that leave the object itself as it was.
const CREATES_UNDER_ID: [&str; 3] = ["/comments", "/duplicate", "/prices"];

fn describe_write(operation: &mut Operation, needs_version: bool) {
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

#[cfg(test)]
mod tests {
    /// Name, place and whether it is required, of the parameters of an operation.
    fn headers(path: &str, method: &str) -> Vec<(String, bool)> {
        let (_, document) = crate::app::api().split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        document["paths"][path][method]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "header")
            .map(|p| {
                let name = p["name"].as_str().unwrap_or_default().to_owned();
                (name, p["required"] == true)
            })
            .collect()
    }

    #[test]
    fn writes_name_their_headers() {
        let both = vec![
            ("If-Match".to_owned(), true),
            ("Idempotency-Key".to_owned(), false),
        ];
        assert_eq!(headers("/api/v1/orders/{id}", "patch"), both);
        assert_eq!(headers("/api/v1/orders/{id}/confirm", "post"), both);
        assert_eq!(headers("/api/v1/orders/{id}/comments", "post"), both[1..]);
        assert_eq!(headers("/api/v1/orders", "post"), both[1..]);
        assert!(headers("/api/v1/orders/{id}", "get").is_empty());
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let (_, document) = crate::app::api().split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            if let Some(pointer) = value.get("$ref").and_then(|r| r.as_str()) {
                let target = document.pointer(pointer.trim_start_matches('#'));
                assert!(target.is_some(), "{pointer}");
            }
            match value {
                serde_json::Value::Object(members) => open.extend(members.values()),
                serde_json::Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
}
