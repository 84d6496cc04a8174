//! Who is asking: the member behind a request, with the organization's settings the request works under.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use som_domain::currency::Currency;
use som_domain::ids::{MembershipId, OrganizationId, RoleId, SessionId, TeamId, UserId};
use som_domain::rounding::RoundingMode;
use uuid::Uuid;

use crate::permission::{Permission, Permissions, Role, RowScope, ScopeKind};

/// The settings of an organization that nearly every request needs; read with the session and cached as long.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Identity.
    pub id: OrganizationId,
    /// Name of the company.
    pub name: String,
    /// Home country.
    pub country: String,
    /// Base currency.
    pub currency: Currency,
    /// IANA time zone of business days.
    pub time_zone: String,
    /// BCP 47 language of documents.
    pub locale: String,
    /// How amounts round.
    pub rounding: RoundingMode,
    /// `document` or `line`.
    pub tax_mode: String,
    /// Step of cash rounding, when used.
    pub cash_rounding: Option<Decimal>,
    /// Whether ad-hoc prices include tax by default.
    pub prices_include_tax: bool,
    /// `allow`, `warn` or `refuse` the same customer order number twice.
    pub customer_po_policy: String,
    /// Whether an approver must be another person than the submitter.
    pub four_eyes: bool,
    /// Highest manual discount per role, in per cent, as stored.
    pub discount_limits: serde_json::Value,
    /// Up to which total in the base currency a role may approve, as stored.
    pub approval_limits: serde_json::Value,
}

/// How a person stands to second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecondFactor {
    /// Whether the person has one.
    pub set_up: bool,
    /// Whether the organization asks it of the role.
    pub required: bool,
}

/// A role of the organization's own that a member has.
#[derive(Debug, Clone)]
pub struct OwnRole {
    /// Identity.
    pub id: RoleId,
    /// Name.
    pub name: String,
    /// Highest manual discount in per cent; `None`: no limit.
    pub discount_limit: Option<Decimal>,
    /// Highest total it may approve; `None`: no limit.
    pub approval_limit: Option<Decimal>,
}

/// A signed-in member (or the system) for the length of a request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// Shown in timelines.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// The membership used.
    pub membership_id: MembershipId,
    /// Built-in role, or the one that the organization's own was made from.
    pub role: Role,
    /// The organization's own role, when the member has one.
    pub own_role: Option<OwnRole>,
    /// Own, team or organization.
    pub scope_kind: ScopeKind,
    /// The member's team.
    pub team_id: Option<TeamId>,
    /// The session, for people.
    pub session_id: Option<SessionId>,
    /// Ends of the session.
    pub session_expires_at: Option<DateTime<Utc>>,
    /// When the person last showed a factor, in a session.
    pub authenticated_at: Option<DateTime<Utc>>,
    /// Whether a second factor is set up, and asked for.
    pub second_factor: SecondFactor,
    /// Whether the session stands on the word of one organization's identity provider, while the person works for others as well.
    pub vouched: bool,
    /// The family of the API key, when a program asks for the person.
    pub program: Option<Uuid>,
    /// `user`, `api_key` or `system`, for the audit.
    pub kind: &'static str,
    /// What the role allows.
    pub permissions: Permissions,
    /// The organization worked for.
    pub organization: Organization,
}

impl Caller {
    /// The rows in sight.
    pub fn row_scope(&self) -> RowScope {
        RowScope::new(self.scope_kind, self.user_id, self.team_id)
    }

    /// Whether the role allows it.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// The name of the role, for people.
    pub fn role_name(&self) -> &str {
        let own = self.own_role.as_ref();
        own.map_or(self.role.as_str(), |role| role.name.as_str())
    }

    /// What idempotency keys are bound to.
    pub fn credential(&self) -> Uuid {
        self.program.unwrap_or_else(|| self.user_id.uuid())
    }

    /// The highest manual discount of the caller's role in per cent; `None` has no limit.
    pub fn discount_limit(&self) -> Option<Decimal> {
        match &self.own_role {
            Some(role) => role.discount_limit,
            None => self.limit(&self.organization.discount_limits),
        }
    }

    /// Up to which total in the base currency the caller's role may approve; `None` has no limit.
    pub fn approval_limit(&self) -> Option<Decimal> {
        match &self.own_role {
            Some(role) => role.approval_limit,
            None => self.limit(&self.organization.approval_limits),
        }
    }

    fn limit(&self, limits: &serde_json::Value) -> Option<Decimal> {
        limits.get(self.role.as_str())?.as_str()?.parse().ok()
    }

    /// The system itself, for jobs, seeds and the command line.
    pub fn system(organization: Organization) -> Self {
        Self {
            user_id: UserId::from_uuid(Uuid::nil()),
            name: "System".to_owned(),
            email: String::new(),
            membership_id: MembershipId::from_uuid(Uuid::nil()),
            role: Role::Owner,
            own_role: None,
            scope_kind: ScopeKind::Organization,
            team_id: None,
            session_id: None,
            session_expires_at: None,
            authenticated_at: None,
            second_factor: SecondFactor::default(),
            vouched: false,
            program: None,
            kind: "system",
            permissions: Permissions::all(),
            organization,
        }
    }
}
