//! Bodies of the member routes.

use deserr::Deserr;
use som_domain::Email;
use som_domain::ids::{RoleId, TeamId};
use som_domain::text::Name;
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};
use crate::security::password::Password;

/// The words of roles, scopes and states, checked while the body is read.
macro_rules! word {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
        #[deserr(error = InputErrors)]
        pub(crate) enum $name {
            $($(#[$variant_meta])* #[deserr(rename = $text)] #[schema(rename = $text)] $variant),+
        }

        impl $name {
            /// The stable text form.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The word of a text.
            #[allow(dead_code, reason = "not every word is read from the database")]
            pub(crate) fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

word! {
    /// A built-in role.
    RoleName {
        /// Everything, and cannot be removed by others.
        Owner = "owner",
        /// Everything of the organization.
        Admin = "admin",
        /// Leads a team.
        Manager = "manager",
        /// Sells.
        Rep = "rep",
        /// Credit, taxes, invoices.
        Finance = "finance",
        /// Delivers.
        Warehouse = "warehouse",
        /// Looks only.
        Viewer = "viewer",
    }
}

word! {
    /// How far a member sees.
    RowScopeName {
        /// Own rows only.
        Own = "own",
        /// Rows of the team.
        Team = "team",
        /// Everything.
        Organization = "organization",
    }
}

word! {
    /// Whether a member may sign in.
    MemberState {
        /// May sign in.
        Active = "active",
        /// May not.
        Suspended = "suspended",
    }
}

/// A new member with an account.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"name": "Mary Fields", "email": "mary@test.example", "password": "violet harbour nine lamps", "role": "rep"}))]
pub(crate) struct NewMember {
    /// Name.
    pub name: Name,
    /// Sign-in address.
    pub email: Email,
    /// First password: at least 15 characters, hard to guess.
    pub password: Password,
    /// A built-in role; only an owner makes owners. Either this or `role_id`.
    #[deserr(default)]
    pub role: Option<RoleName>,
    /// A role of the organization's own.
    #[deserr(default)]
    pub role_id: Option<RoleId>,
    /// How far the member sees; the role's own scope when absent.
    #[deserr(default)]
    pub row_scope: Option<RowScopeName>,
    /// Team.
    #[deserr(default)]
    pub team_id: Option<TeamId>,
}

/// Changes of a member.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"role": "manager"}))]
pub(crate) struct MemberPatch {
    /// A built-in role. Only an owner makes or unmakes owners; one owner always stays.
    #[deserr(default)]
    pub role: Option<RoleName>,
    /// A role of the organization's own, instead of a built-in one.
    #[deserr(default)]
    pub role_id: Option<RoleId>,
    /// How far the member sees; `null`: the role's own scope.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<RowScopeName>)]
    pub row_scope: Patch<RowScopeName>,
    /// Team; `null`: none.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<TeamId>)]
    pub team_id: Patch<TeamId>,
    /// `suspended` ends every session of the member at once.
    #[deserr(default)]
    pub state: Option<MemberState>,
}

/// A new team.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"name": "North"}))]
pub(crate) struct NewTeam {
    /// Name, unique in the organization.
    pub name: Name,
}
