//! The frame of the OpenAPI document; paths and schemas come from the handlers.

mod answers;
mod writes;

use utoipa::OpenApi;
use utoipa::openapi::RefOr;

pub use answers::PROBLEM_JSON;

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
        (name = "audit", description = "Who did what, and its proof"),
        (name = "platform", description = "Jobs, imports, limits"),
    )
)]
struct Frame;

/// The document without paths.
pub fn base() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// Adds what the edge does for every operation, so that no handler has to repeat it: headers of writes, and problems.
pub fn describe(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        writes::describe(path, item);
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            answers::describe(path, operation);
        }
    }
    let components = document.components.get_or_insert_default();
    for (_, name, description) in answers::SHARED {
        let response = RefOr::T(answers::shared(description));
        components.responses.insert(name.to_owned(), response);
    }
}

#[cfg(test)]
mod tests {
    /// Name, place and whether it is required, of the parameters of an operation.
    fn headers(path: &str, method: &str) -> Vec<(String, bool)> {
        let (_, document) = crate::app::api().split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        document["paths"][path][method]["parameters"]
            .as_array()
            .into_iter()
            .flatten()
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
        assert!(headers("/api/v1/sessions", "delete").is_empty());
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
