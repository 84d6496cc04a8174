//! The frame of the OpenAPI document; paths and schemas come from the handlers.

use utoipa::OpenApi;

use super::{FieldProblem, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sales Order Manager",
        description = "Orders from quote to cash. Rules of this API: docs/API.md. Every answer that is not 2xx is an RFC 9457 problem.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(Problem, FieldProblem)),
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
