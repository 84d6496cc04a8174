//! How custom fields are shown.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::CustomFieldId;
use utoipa::ToSchema;

use super::store::FieldRow;

/// A custom field.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomFieldView {
    /// Identity.
    pub id: CustomFieldId,
    /// `customer`, `product` or `order`.
    #[schema(example = "customer")]
    pub entity: String,
    /// Its key in `custom`.
    #[schema(example = "delivery_gate")]
    pub key: String,
    /// What people read.
    pub label: String,
    /// `text`, `number`, `boolean`, `date` or `choice`.
    #[schema(example = "choice")]
    pub kind: String,
    /// The options of a choice.
    pub choices: Vec<String>,
    /// Whether new records must have it.
    pub required: bool,
    /// Whether its values are personal.
    pub secret: bool,
    /// Place in forms.
    pub position: i32,
    /// Out of use.
    pub archived: bool,
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

impl From<FieldRow> for CustomFieldView {
    fn from(row: FieldRow) -> Self {
        Self {
            id: CustomFieldId::from_uuid(row.id),
            entity: row.entity,
            key: row.key,
            label: row.label,
            kind: row.kind,
            choices: row.choices,
            required: row.required,
            secret: row.secret,
            position: row.position,
            archived: row.archived_at.is_some(),
            etag: format!("\"{}\"", row.version),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}
