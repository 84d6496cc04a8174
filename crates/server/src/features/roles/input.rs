//! Bodies of the role routes.

use deserr::Deserr;
use som_domain::money::{Amount, Percent};
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};
use crate::permission::{Role, ScopeKind};

/// A permission by its name.
pub(super) type PermissionName = Text<1, 60>;

/// The built-in role that a new one is made from. Nobody can be made a second owner by another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase, error = InputErrors)]
#[schema(rename_all = "lowercase")]
pub(super) enum BaseRole {
    /// Everything of the organization.
    Admin,
    /// Leads a team.
    Manager,
    /// Sells.
    Rep,
    /// Credit, taxes, invoices.
    Finance,
    /// Delivers.
    Warehouse,
    /// Looks only.
    Viewer,
}

impl From<BaseRole> for Role {
    fn from(base: BaseRole) -> Self {
        match base {
            BaseRole::Admin => Self::Admin,
            BaseRole::Manager => Self::Manager,
            BaseRole::Rep => Self::Rep,
            BaseRole::Finance => Self::Finance,
            BaseRole::Warehouse => Self::Warehouse,
            BaseRole::Viewer => Self::Viewer,
        }
    }
}

/// How far those who have the role see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase, error = InputErrors)]
#[schema(rename_all = "lowercase")]
pub(super) enum RoleScope {
    /// Own rows only.
    Own,
    /// Rows of the team.
    Team,
    /// Everything.
    Organization,
}

impl From<RoleScope> for ScopeKind {
    fn from(scope: RoleScope) -> Self {
        match scope {
            RoleScope::Own => Self::Own,
            RoleScope::Team => Self::Team,
            RoleScope::Organization => Self::Organization,
        }
    }
}

/// A new role.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"name": "Field sales", "base": "rep", "permissions": ["orders.read", "orders.write", "customers.read", "products.read", "prices.read"], "row_scope": "team", "discount_limit": "10"}))]
pub(super) struct NewRole {
    /// Name, unique in the organization.
    pub name: Name,
    /// The built-in role it is made from. The length of sessions, whose approvals it decides and what new orders belong to follow it.
    pub base: BaseRole,
    /// Permissions; those of the base when absent. Only permissions you have yourself.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub permissions: Option<Vec<PermissionName>>,
    /// How far it sees; as far as the base when absent.
    #[deserr(default)]
    pub row_scope: Option<RoleScope>,
    /// Highest discount it may give by hand, in per cent; no limit when absent.
    #[deserr(default)]
    pub discount_limit: Option<Percent>,
    /// Highest total it may approve, in the organization's currency; no limit when absent.
    #[deserr(default)]
    pub approval_limit: Option<Amount>,
}

/// Changes of a role (merge patch). They count from the next request of everybody who has it.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"permissions": ["orders.read", "customers.read"], "approval_limit": null}))]
pub(super) struct RolePatch {
    /// Name.
    #[deserr(default)]
    pub name: Option<Name>,
    /// Permissions, all of them anew. Only permissions you have yourself, and those the role has already.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub permissions: Option<Vec<PermissionName>>,
    /// How far it sees.
    #[deserr(default)]
    pub row_scope: Option<RoleScope>,
    /// Highest discount by hand in per cent; `null`: no limit.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<Percent>)]
    pub discount_limit: Patch<Percent>,
    /// Highest total it may approve; `null`: no limit.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<Amount>)]
    pub approval_limit: Patch<Amount>,
}
