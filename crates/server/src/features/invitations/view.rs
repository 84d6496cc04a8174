//! What the routes of invitations answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::{InvitationId, OrganizationId, RoleId, TeamId, UserId};
use utoipa::ToSchema;

use super::store::{InvitationRow, InvitedRow};

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationView {
    /// Identity.
    pub id: InvitationId,
    /// Where the link goes.
    #[schema(example = "mary@example.com")]
    pub email: String,
    /// Name, when one was suggested.
    #[schema(example = "Mary Fields")]
    pub name: Option<String>,
    /// The built-in role, or the one that the organization's own was made from.
    #[schema(example = "rep")]
    pub role: String,
    /// The organization's own role, when it is one.
    pub role_id: Option<RoleId>,
    /// Name of the role, for people.
    #[schema(example = "Field sales")]
    pub role_name: String,
    /// `own`, `team` or `organization`, when it is not the role's own.
    #[schema(example = "own")]
    pub row_scope: Option<String>,
    /// Team.
    pub team_id: Option<TeamId>,
    /// `open`, `expired`, `accepted` or `revoked`.
    #[schema(example = "open")]
    pub state: &'static str,
    /// Who invites.
    pub invited_by: UserId,
    /// Their name.
    #[schema(example = "Ada Byron")]
    pub invited_by_name: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// How often the mail was sent: five times at most.
    #[schema(example = 1)]
    pub sends: i32,
    /// Version, for `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// ETag for `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

/// All invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationList {
    /// Newest first.
    pub data: Vec<InvitationView>,
    /// There is one page.
    pub page: InvitationPage,
}

/// The page of a list that is always complete.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct InvitationPage {
    /// Never another.
    pub next: Option<String>,
    /// Never another.
    pub prev: Option<String>,
    /// Never more.
    pub has_more: bool,
    /// Not counted.
    pub count: Option<u64>,
}

/// What an invitation says to who is invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invited {
    /// The organization.
    #[schema(example = "Example Trading")]
    pub organization: String,
    /// Who invites.
    #[schema(example = "Ada Byron")]
    pub invited_by: String,
    /// The invited address.
    #[schema(example = "mary@example.com")]
    pub email: String,
    /// Name, when one was suggested.
    #[schema(example = "Mary Fields")]
    pub name: Option<String>,
    /// Name of the role.
    #[schema(example = "rep")]
    pub role_name: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// `new_account`: accept with a name and a password. `sign_in`: sign in with the account of this address, then join.
    #[schema(example = "new_account")]
    pub next: &'static str,
}

/// The organization somebody works for from now on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Joined {
    /// Identity.
    pub organization_id: OrganizationId,
    /// Name.
    #[schema(example = "Example Trading")]
    pub organization: String,
}

impl InvitationView {
    pub(super) fn new(row: InvitationRow, now: DateTime<Utc>) -> Self {
        let state = match row.state.as_str() {
            "accepted" => "accepted",
            "revoked" => "revoked",
            _ if row.expires_at <= now => "expired",
            _ => "open",
        };
        Self {
            id: InvitationId::from_uuid(row.id),
            email: row.email,
            name: (!row.name.is_empty()).then_some(row.name),
            role_name: row.role_name.unwrap_or_else(|| row.role.clone()),
            role: row.role,
            role_id: row.role_id.map(RoleId::from_uuid),
            row_scope: row.row_scope,
            team_id: row.team_id.map(TeamId::from_uuid),
            state,
            invited_by: UserId::from_uuid(row.invited_by),
            invited_by_name: row.invited_by_name,
            expires_at: Timestamp::new(row.expires_at),
            sends: row.sends,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            etag: format!("\"{}\"", row.version),
        }
    }
}

impl Invited {
    pub(super) fn new(row: InvitedRow, next: &'static str) -> Self {
        Self {
            organization: row.organization_name,
            invited_by: row.invited_by_name,
            email: row.email,
            name: (!row.name.is_empty()).then_some(row.name),
            role_name: row.role_name.unwrap_or(row.role),
            expires_at: Timestamp::new(row.expires_at),
            next,
        }
    }
}
