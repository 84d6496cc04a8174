//! What sign-in answers.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::{MembershipId, OrganizationId, RoleId, SessionId, TeamId, UserId};
use utoipa::ToSchema;

use super::service::Ceremony;
use super::store::MembershipRow;
use crate::caller::Caller;

/// The signed-in person, the organization worked for, and what is allowed there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: MeUser,
    /// The organization worked for.
    pub organization: MeOrganization,
    /// The membership used.
    pub membership: MeMembership,
    /// What the role allows.
    #[schema(example = json!(["orders.read", "orders.write"]))]
    pub permissions: Vec<&'static str>,
    /// The session, for people.
    pub session: Option<MeSession>,
    /// How the person stands to second factors. Required and not set up: nothing but setting one up is possible.
    pub second_factor: MeSecondFactor,
    /// Every organization the person can work for.
    pub organizations: Vec<MeChoice>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeUser {
    /// Identity.
    pub id: UserId,
    /// Name.
    #[schema(example = "Ada Byron")]
    pub name: String,
    /// Sign-in address.
    #[schema(example = "ada@example.com")]
    pub email: String,
}

/// The settings a client needs to show and enter documents.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeOrganization {
    /// Identity.
    pub id: OrganizationId,
    /// Name of the company.
    pub name: String,
    /// Base currency.
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// Home country.
    #[schema(example = "DE")]
    pub country: String,
    /// IANA time zone of business days.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Language of documents.
    #[schema(example = "en")]
    pub locale: String,
    /// `half_up` or `half_even`.
    #[schema(example = "half_up")]
    pub rounding_mode: String,
    /// `document` or `line`.
    #[schema(example = "document")]
    pub tax_mode: String,
    /// Whether ad-hoc prices include tax by default.
    pub prices_include_tax: bool,
}

/// A membership.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeMembership {
    /// Identity.
    pub id: MembershipId,
    /// Role.
    #[schema(example = "rep")]
    pub role: &'static str,
    /// The organization's own role, when it is one.
    pub role_id: Option<RoleId>,
    /// Name of the role, for people.
    #[schema(example = "Field sales")]
    pub role_name: String,
    /// `own`, `team` or `organization`.
    #[schema(example = "own")]
    pub row_scope: &'static str,
    /// Team.
    pub team_id: Option<TeamId>,
}

/// The session in use.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeSession {
    /// Identity.
    pub id: SessionId,
    /// When it ends in any case.
    pub expires_at: Option<Timestamp>,
}

/// How a person stands to second factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeSecondFactor {
    /// Whether there is one.
    pub set_up: bool,
    /// Whether the organization asks it of the role.
    pub required: bool,
}

/// What a passkey is to sign.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasskeyChallenge {
    /// Goes back with the answer.
    pub ceremony: String,
    /// For `navigator.credentials.get({ publicKey })`, after `PublicKeyCredential.parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    pub public_key: serde_json::Value,
    /// Until when the answer is taken.
    pub expires_at: Timestamp,
}

impl From<Ceremony> for PasskeyChallenge {
    fn from(asked: Ceremony) -> Self {
        Self {
            ceremony: asked.token.to_string(),
            public_key: asked.options,
            expires_at: Timestamp::new(asked.expires_at),
        }
    }
}

/// An organization to choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeChoice {
    /// Identity.
    pub id: OrganizationId,
    /// Name of the company.
    pub name: String,
    /// The person's role there.
    pub role: String,
}

impl Me {
    pub(super) fn new(caller: &Caller, organizations: Vec<MembershipRow>) -> Self {
        let organization = &caller.organization;
        Self {
            user: MeUser {
                id: caller.user_id,
                name: caller.name.clone(),
                email: caller.email.clone(),
            },
            organization: MeOrganization {
                id: organization.id,
                name: organization.name.clone(),
                currency: organization.currency.code(),
                country: organization.country.clone(),
                time_zone: organization.time_zone.clone(),
                locale: organization.locale.clone(),
                rounding_mode: organization.rounding.to_string(),
                tax_mode: organization.tax_mode.clone(),
                prices_include_tax: organization.prices_include_tax,
            },
            membership: MeMembership {
                id: caller.membership_id,
                role: caller.role.as_str(),
                role_id: caller.own_role.as_ref().map(|role| role.id),
                role_name: caller.role_name().to_owned(),
                row_scope: caller.scope_kind.as_str(),
                team_id: caller.team_id,
            },
            permissions: caller.permissions.names(),
            session: caller.session_id.map(|id| MeSession {
                id,
                expires_at: caller.session_expires_at.map(Timestamp::new),
            }),
            second_factor: MeSecondFactor {
                set_up: caller.second_factor.set_up,
                required: caller.second_factor.required,
            },
            organizations: organizations
                .into_iter()
                .map(|row| MeChoice {
                    id: OrganizationId::from_uuid(row.organization_id),
                    name: row.name,
                    role: row.role,
                })
                .collect(),
        }
    }
}
