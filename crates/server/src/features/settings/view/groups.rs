//! How customer groups are shown.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::CustomerGroupId;
use utoipa::ToSchema;

use crate::features::settings::store::groups::GroupRow;

/// A group of customers: price lists can be meant for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerGroupView {
    /// Identity.
    pub id: CustomerGroupId,
    /// Unique code.
    #[schema(example = "wholesale")]
    pub code: String,
    /// What people read.
    pub name: String,
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

impl From<GroupRow> for CustomerGroupView {
    fn from(row: GroupRow) -> Self {
        Self {
            id: CustomerGroupId::from_uuid(row.id),
            code: row.code,
            name: row.name,
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}
