//! What the role routes answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::RoleId;
use utoipa::ToSchema;

use super::store::RoleRow;
use crate::caller::Organization;
use crate::permission::Role;

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoleView {
    /// Identity; built-in roles have none.
    pub id: Option<RoleId>,
    /// Name.
    #[schema(example = "Field sales")]
    pub name: String,
    /// The built-in role itself, or the one this was made from.
    #[schema(example = "rep")]
    pub base: String,
    /// Whether it is built in and so cannot be changed.
    pub built_in: bool,
    /// What it allows, in the order of the registry.
    pub permissions: Vec<String>,
    /// `own`, `team` or `organization`.
    #[schema(example = "team")]
    pub row_scope: String,
    /// Highest discount by hand in per cent; `null`: no limit.
    #[schema(example = "10")]
    pub discount_limit: Option<String>,
    /// Highest total it may approve, in the organization's currency; `null`: no limit.
    #[schema(example = "5000")]
    pub approval_limit: Option<String>,
    /// Members who have it, suspended ones too.
    pub members: i64,
    /// Version, for `If-Match`; 0 for built-in roles.
    pub version: i32,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Last change.
    pub updated_at: Option<Timestamp>,
}

/// All roles: the built-in ones first, then the organization's own by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoleList {
    /// Roles.
    pub data: Vec<RoleView>,
    /// Every permission there is, in the order of the registry.
    pub permissions: Vec<&'static str>,
}

impl RoleView {
    /// A built-in role with the organization's limits for it.
    pub(super) fn built_in(role: Role, organization: &Organization, members: i64) -> Self {
        let limit = |limits: &serde_json::Value| {
            let limit = limits.get(role.as_str()).and_then(|text| text.as_str());
            limit.map(str::to_owned)
        };
        let permissions = role.permissions().names();
        Self {
            id: None,
            name: role.as_str().to_owned(),
            base: role.as_str().to_owned(),
            built_in: true,
            permissions: permissions.into_iter().map(str::to_owned).collect(),
            row_scope: role.default_scope().as_str().to_owned(),
            discount_limit: limit(&organization.discount_limits),
            approval_limit: limit(&organization.approval_limits),
            members,
            version: 0,
            created_at: None,
            updated_at: None,
        }
    }
}

impl From<RoleRow> for RoleView {
    fn from(row: RoleRow) -> Self {
        Self {
            id: Some(RoleId::from_uuid(row.id)),
            name: row.name,
            base: row.base,
            built_in: false,
            permissions: row.permissions,
            row_scope: row.row_scope,
            discount_limit: row.discount_limit.map(|d| d.normalize().to_string()),
            approval_limit: row.approval_limit.map(|d| d.normalize().to_string()),
            members: row.members,
            version: row.version,
            created_at: Some(Timestamp::new(row.created_at)),
            updated_at: Some(Timestamp::new(row.updated_at)),
        }
    }
}
