//! Bodies of the routes of invitations.

use deserr::Deserr;
use som_domain::Email;
use som_domain::ids::{RoleId, TeamId};
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::features::members::service::{RoleName, RowScopeName};
use crate::http::InputErrors;
use crate::security::password::Password;

/// Somebody to be invited.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"email": "mary@test.example", "name": "Mary Fields", "role": "rep", "expires_in_days": 3}))]
pub(super) struct NewInvitation {
    /// Where the link goes; also the sign-in address.
    pub email: Email,
    /// Name, as a suggestion.
    #[deserr(default)]
    pub name: Option<Name>,
    /// A built-in role; only an owner makes owners. Either this or `role_id`.
    #[deserr(default)]
    pub role: Option<RoleName>,
    /// A role of the organization's own.
    #[deserr(default)]
    pub role_id: Option<RoleId>,
    /// How far the member will see; the role's own scope when absent.
    #[deserr(default)]
    pub row_scope: Option<RowScopeName>,
    /// Team.
    #[deserr(default)]
    pub team_id: Option<TeamId>,
    /// Days the link works: 1 to 7, 3 when absent.
    #[deserr(default)]
    #[schema(minimum = 1, maximum = 7)]
    pub expires_in_days: Option<u16>,
}

/// The link of an invitation.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"token": "the part of the link after #t="}))]
pub(super) struct InvitationLink {
    /// From the link.
    #[schema(value_type = String, max_length = 200)]
    pub token: Text<1, 200>,
}

/// A new account by invitation.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"token": "the part of the link after #t=", "name": "Mary Fields", "password": "violet harbour nine lamps"}))]
pub(super) struct AcceptInvitation {
    /// From the link.
    #[schema(value_type = String, max_length = 200)]
    pub token: Text<1, 200>,
    /// Name.
    pub name: Name,
    /// At least 15 characters, hard to guess.
    pub password: Password,
}
