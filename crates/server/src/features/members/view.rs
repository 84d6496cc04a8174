//! What the member routes answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::{MembershipId, RoleId, TeamId, UserId};
use utoipa::ToSchema;

use super::store::{MemberRow, TeamRow};
use crate::permission::Role;

/// A member of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// Identity of the membership.
    pub id: MembershipId,
    /// The person.
    pub user_id: UserId,
    /// Name.
    #[schema(example = "Mary Fields")]
    pub name: String,
    /// Sign-in address.
    #[schema(example = "mary@example.com")]
    pub email: String,
    /// The built-in role, or the one that the organization's own was made from.
    #[schema(example = "rep")]
    pub role: String,
    /// The organization's own role, when it is one.
    pub role_id: Option<RoleId>,
    /// Name of the role, for people.
    #[schema(example = "Field sales")]
    pub role_name: String,
    /// `own`, `team` or `organization`: what was set, else the role's own.
    #[schema(example = "own")]
    pub row_scope: String,
    /// Team.
    pub team_id: Option<TeamId>,
    /// `active`, `suspended` or `left`.
    #[schema(example = "active")]
    pub state: String,
    /// Since when the person has a second factor.
    pub second_factor_since: Option<Timestamp>,
    /// Version, for `If-Match`.
    pub version: i32,
    /// When the membership began.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// ETag for `If-Match`.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

/// A sales team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamView {
    /// Identity.
    pub id: TeamId,
    /// Name.
    #[schema(example = "North")]
    pub name: String,
    /// Version.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// ETag.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

/// All members. The list is complete: no organization has more than fit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberList {
    /// Members by name.
    pub data: Vec<MemberView>,
    /// There is one page.
    pub page: OnlyPage,
}

/// All teams.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TeamList {
    /// Teams by name.
    pub data: Vec<TeamView>,
    /// There is one page.
    pub page: OnlyPage,
}

/// The page of a list that is always complete.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct OnlyPage {
    /// Never another.
    pub next: Option<String>,
    /// Never another.
    pub prev: Option<String>,
    /// Never more.
    pub has_more: bool,
    /// Not counted.
    pub count: Option<u64>,
}

impl From<MemberRow> for MemberView {
    fn from(row: MemberRow) -> Self {
        let own_scope = || {
            Role::parse(&row.role)
                .map_or("own", |role| role.default_scope().as_str())
                .to_owned()
        };
        Self {
            id: MembershipId::from_uuid(row.id),
            user_id: UserId::from_uuid(row.user_id),
            role_id: row.role_id.map(RoleId::from_uuid),
            role_name: row.role_name.unwrap_or_else(|| row.role.clone()),
            row_scope: row.row_scope.or(row.role_scope).unwrap_or_else(own_scope),
            name: row.name,
            email: row.email,
            role: row.role,
            team_id: row.team_id.map(TeamId::from_uuid),
            state: row.state,
            second_factor_since: row.second_factor_since.map(Timestamp::new),
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            etag: format!("\"{}\"", row.version),
        }
    }
}

impl From<TeamRow> for TeamView {
    fn from(row: TeamRow) -> Self {
        Self {
            id: TeamId::from_uuid(row.id),
            name: row.name,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
            etag: format!("\"{}\"", row.version),
        }
    }
}
