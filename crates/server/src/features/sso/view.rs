//! What the single sign-on routes answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::{IdentityId, IdentityProviderId, RoleId};
use utoipa::ToSchema;

use super::store::{DomainRow, GroupRow, IdentityRow, ProviderRow};

/// An identity provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentityProviderView {
    /// Identity.
    pub id: IdentityProviderId,
    /// As people call it.
    #[schema(example = "Company sign-in")]
    pub name: String,
    /// Issuer.
    #[schema(example = "https://idp.example.com")]
    pub issuer: String,
    /// The name of this server there.
    #[schema(example = "som")]
    pub client_id: String,
    /// Whether there is a secret; it is never shown.
    pub has_client_secret: bool,
    /// What is asked for.
    #[schema(example = json!(["openid", "email", "profile"]))]
    pub scopes: Vec<String>,
    /// The claim that names groups.
    #[schema(example = "groups")]
    pub group_claim: Option<String>,
    /// Which role a group gives; the first that fits.
    pub groups: Vec<GroupView>,
    /// Values of `acr` that mean a second factor.
    pub second_factor_acr: Vec<String>,
    /// Domains whose people get an account by coming.
    pub email_domains: Vec<EmailDomainView>,
    /// Whether people can sign in with it.
    pub enabled: bool,
    /// The address to register at the provider.
    #[schema(example = "https://orders.example.com/auth/sso/callback")]
    pub redirect_uri: String,
    /// Version, for `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

/// The role that a group gives.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupView {
    /// The group; `*` is everybody.
    #[schema(example = "sales")]
    pub group: String,
    /// Built-in role.
    #[schema(example = "rep")]
    pub role: Option<String>,
    /// The organization's own role.
    pub role_id: Option<RoleId>,
}

/// A domain, and how it is proved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EmailDomainView {
    /// Domain.
    #[schema(example = "example.com")]
    pub domain: String,
    /// When it was proved; until then it opens nothing.
    pub verified_at: Option<Timestamp>,
    /// Put `proof` there, then call `/verify-domain`.
    #[schema(example = "https://example.com/.well-known/som-domain.txt")]
    pub proof_url: String,
    /// The only line of that file.
    #[schema(example = "som-domain=b1f3…")]
    pub proof: String,
}

/// All identity providers by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentityProviderList {
    /// Identity providers.
    pub data: Vec<IdentityProviderView>,
}

/// What a provider answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentityProviderCheck {
    /// Whether people could sign in.
    pub ok: bool,
    /// What is wrong, in words.
    #[schema(example = "the host name has no address")]
    pub problem: Option<String>,
    /// Where browsers are sent.
    #[schema(example = "https://idp.example.com/authorize")]
    pub authorization_endpoint: Option<String>,
    /// How many keys it signs with.
    pub keys: Option<usize>,
}

/// Where to send the browser.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Departure {
    /// Set `location` to it.
    #[schema(example = "https://idp.example.com/authorize?response_type=code&client_id=som")]
    pub authorization_url: String,
    /// Until when the way back is open.
    pub expires_at: Timestamp,
}

/// Who you are at an identity provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentityView {
    /// Identity.
    pub id: IdentityId,
    /// Issuer.
    #[schema(example = "https://idp.example.com")]
    pub issuer: String,
    /// The subject: what the issuer calls you.
    #[schema(example = "248289761001")]
    pub subject: String,
    /// When it was linked.
    pub created_at: Timestamp,
    /// Last sign-in with it.
    pub last_used_at: Timestamp,
}

/// Who you are at identity providers of this organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdentityList {
    /// Identities.
    pub data: Vec<IdentityView>,
}

impl From<IdentityRow> for IdentityView {
    fn from(row: IdentityRow) -> Self {
        Self {
            id: IdentityId::from_uuid(row.id),
            issuer: row.issuer,
            subject: row.subject,
            created_at: Timestamp::new(row.created_at),
            last_used_at: Timestamp::new(row.last_used_at),
        }
    }
}

impl IdentityProviderView {
    /// A provider with its groups and domains.
    pub(super) fn new(
        row: ProviderRow,
        groups: Vec<GroupRow>,
        domains: Vec<DomainRow>,
        redirect_uri: String,
    ) -> Self {
        Self {
            id: IdentityProviderId::from_uuid(row.id),
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            has_client_secret: row.client_secret.is_some(),
            scopes: row.scopes,
            group_claim: row.group_claim,
            groups: groups.into_iter().map(GroupView::from).collect(),
            second_factor_acr: row.second_factor_acr,
            email_domains: domains.into_iter().map(EmailDomainView::from).collect(),
            enabled: row.enabled,
            redirect_uri,
            version: row.version,
            created_at: Timestamp::new(row.created_at),
            updated_at: Timestamp::new(row.updated_at),
        }
    }
}

impl From<GroupRow> for GroupView {
    fn from(row: GroupRow) -> Self {
        Self {
            group: row.group_name,
            role: row.role,
            role_id: row.role_id.map(RoleId::from_uuid),
        }
    }
}

impl From<DomainRow> for EmailDomainView {
    fn from(row: DomainRow) -> Self {
        Self {
            proof_url: row.proof_url(),
            verified_at: row.verified_at.map(Timestamp::new),
            domain: row.domain,
            proof: row.proof,
        }
    }
}
