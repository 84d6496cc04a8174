//! How number series are shown.

use serde::Serialize;
use som_domain::ids::NumberSeriesId;
use utoipa::ToSchema;

/// How documents of one kind are numbered.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberSeriesView {
    /// Identity.
    pub id: NumberSeriesId,
    /// What is numbered.
    #[schema(example = "order")]
    pub document_type: String,
    /// Text with `{YYYY}`, `{YY}`, `{MM}`, `{DD}` and one counter `{NNNNNN}`.
    #[schema(example = "SO-{YYYY}-{NNNNNN}")]
    pub template: String,
    /// The number a document of today would get. Numbers grow; some may be left out.
    #[schema(example = "SO-2026-000043")]
    pub next_number: String,
    /// Version, as in the ETag.
    pub version: i32,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}
