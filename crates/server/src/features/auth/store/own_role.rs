//! The role of the organization's own that a member has, as it comes with the member.

use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::ids::RoleId;
use uuid::Uuid;

use crate::caller::OwnRole;

/// A role, as JSON.
#[derive(Debug, Deserialize)]
pub(super) struct OwnRoleRow {
    id: Uuid,
    name: String,
    pub(super) permissions: Vec<String>,
    pub(super) row_scope: String,
    discount_limit: Option<Decimal>,
    approval_limit: Option<Decimal>,
}

impl From<OwnRoleRow> for OwnRole {
    fn from(row: OwnRoleRow) -> Self {
        Self {
            id: RoleId::from_uuid(row.id),
            name: row.name,
            discount_limit: row.discount_limit,
            approval_limit: row.approval_limit,
        }
    }
}
