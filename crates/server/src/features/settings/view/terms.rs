//! How payment terms are shown.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::PaymentTermId;
use utoipa::ToSchema;

use crate::features::settings::store::terms::TermRow;

/// When an invoice is due.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentTermView {
    /// Identity.
    pub id: PaymentTermId,
    /// Unique code.
    #[schema(example = "NET30")]
    pub code: String,
    /// What people read.
    pub name: String,
    /// Days from the invoice to the day it is due.
    #[schema(example = 30)]
    pub due_days: i32,
    /// Version, as in the ETag.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

impl From<TermRow> for PaymentTermView {
    fn from(row: TermRow) -> Self {
        Self {
            id: PaymentTermId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            due_days: row.due_days,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}
