//! Imports: customers, products, prices and orders from CSV and XLSX, through the same services as the API.
//!
//! A file is read as a [`table`], a [`mapping`] turns its rows into request bodies, and the services decide about them. A problem of a
//! service is told as the row, column and value it comes from. A run is one transaction: a dry run is rolled back, an import keeps all
//! objects or (on request) the valid ones. Objects are recognised by an external reference, so that the same file changes nothing twice.

mod http;
mod job;
pub mod mapping;
pub mod object;
pub mod report;
pub mod service;
mod store;
pub mod table;

pub use job::kind;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::rotation::Part;

/// Where files and reports of imports are.
pub const PARTS: [Part; 1] = [job::resealing::PART];

/// The feature's routes.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(http::create_import))
}
