//! What an approval policy looks like, and what can be sent about it.

use deserr::Deserr;
use serde::Serialize;
use som_domain::currency::Currency;
use som_domain::dates::Timestamp;
use som_domain::ids::ApprovalPolicyId;
use som_domain::money::Amount;
use som_domain::orders::ApprovalMeasure;
use som_domain::text::Name;
use utoipa::ToSchema;

use super::store::PolicyRow;
use crate::http::{InputErrors, Patch};

/// An approval policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalPolicyView {
    /// Identity.
    pub id: ApprovalPolicyId,
    /// Version, as in the ETag.
    pub version: i32,
    /// Name.
    pub name: String,
    /// What it looks at.
    pub measure: String,
    /// It asks when total or discount is above, or margin is below.
    #[schema(example = "5000")]
    pub threshold: String,
    /// Currency of a threshold by total; orders of other currencies are not looked at.
    pub currency: Option<String>,
    /// Roles that may decide.
    pub approver_roles: Vec<String>,
    /// Whether it is in force.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<PolicyRow> for ApprovalPolicyView {
    fn from(row: PolicyRow) -> Self {
        Self {
            id: ApprovalPolicyId::from_uuid(row.id),
            version: row.version,
            name: row.name,
            measure: row.measure,
            threshold: row.threshold.normalize().to_string(),
            currency: row.currency,
            approver_roles: row.approver_roles,
            active: row.active,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

/// A new policy.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "name": "Large orders", "measure": "total", "threshold": "5000.00", "currency": "EUR", "approver_roles": ["owner", "admin"] }))]
pub struct NewApprovalPolicy {
    /// Name.
    pub name: Name,
    /// What it looks at.
    pub measure: ApprovalMeasure,
    /// It asks when total or discount is above, or margin is below.
    pub threshold: Amount,
    /// For totals; the organization's when absent.
    #[deserr(default)]
    pub currency: Option<Currency>,
    /// Roles that may decide; owner, admin and manager when absent.
    #[deserr(default)]
    pub approver_roles: Option<Vec<String>>,
}

/// Changes of a policy (merge patch). Orders that wait already are not affected.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({ "threshold": "7500.00", "active": true }))]
pub struct ApprovalPolicyPatch {
    /// Name.
    #[deserr(default)]
    #[schema(required = false)]
    pub name: Patch<Name>,
    /// It asks when total or discount is above, or margin is below.
    #[deserr(default)]
    #[schema(required = false)]
    pub threshold: Patch<Amount>,
    /// Roles that may decide.
    #[deserr(default)]
    #[schema(required = false)]
    pub approver_roles: Patch<Vec<String>>,
    /// Whether it is in force.
    #[deserr(default)]
    #[schema(required = false)]
    pub active: Patch<bool>,
}
