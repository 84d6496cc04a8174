//! Bodies of the single sign-on routes.

use deserr::Deserr;
use som_domain::Email;
use som_domain::ids::{IdentityProviderId, RoleId};
use som_domain::text::{Name, Text};
use utoipa::ToSchema;

use crate::http::{InputErrors, Patch};
use crate::permission::Role;

/// A built-in role that a group can give. Nobody is made an owner from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(rename_all = lowercase, error = InputErrors)]
#[schema(rename_all = "lowercase")]
pub(super) enum GroupRole {
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

impl From<GroupRole> for Role {
    fn from(role: GroupRole) -> Self {
        match role {
            GroupRole::Admin => Self::Admin,
            GroupRole::Manager => Self::Manager,
            GroupRole::Rep => Self::Rep,
            GroupRole::Finance => Self::Finance,
            GroupRole::Warehouse => Self::Warehouse,
            GroupRole::Viewer => Self::Viewer,
        }
    }
}

/// The role that a group of the provider gives.
#[derive(Debug, Clone, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"group": "sales", "role": "rep"}))]
pub(super) struct Group {
    /// The group as the provider writes it; `*` is everybody.
    #[schema(value_type = String, max_length = 200)]
    pub group: Text<1, 200>,
    /// A built-in role; or `role_id`.
    #[deserr(default)]
    pub role: Option<GroupRole>,
    /// A role of the organization's own; or `role`.
    #[deserr(default)]
    pub role_id: Option<RoleId>,
}

/// A word without blanks: a scope, a value of `acr`.
pub(super) type Word = Text<1, 200>;

/// A new identity provider.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"name": "Company sign-in", "issuer": "https://idp.example.com", "client_id": "som", "client_secret": "as the provider gave it", "group_claim": "groups", "groups": [{"group": "sales", "role": "rep"}, {"group": "*", "role": "viewer"}], "email_domains": ["example.com"], "enabled": true}))]
pub(super) struct NewIdentityProvider {
    /// As people call it; unique in the organization.
    pub name: Name,
    /// The issuer, exactly as the provider writes it: `https://…`, often without a slash at the end.
    #[schema(value_type = String, max_length = 500)]
    pub issuer: Text<1, 500>,
    /// The name of this server at the provider.
    #[schema(value_type = String, max_length = 255)]
    pub client_id: Text<1, 255>,
    /// The secret that goes with it. It is never shown again.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub client_secret: Option<Text<1, 1000>>,
    /// What is asked for: `openid`, `email` and `profile` when absent.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub scopes: Option<Vec<Word>>,
    /// The claim that names a person's groups; a dot leads inwards (`realm_access.roles`).
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub group_claim: Option<Text<1, 100>>,
    /// Which role a group gives, at every sign-in: the first that fits. Who fits none does not get in. Empty: roles are given here by hand.
    #[deserr(default)]
    pub groups: Option<Vec<Group>>,
    /// Values of the claim `acr` that mean a second factor, beside `mfa` in `amr`.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub second_factor_acr: Option<Vec<Word>>,
    /// Domains whose people get an account by coming, once the domain is proved (`/verify-domain`).
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub email_domains: Option<Vec<Text<1, 253>>>,
    /// Whether people can sign in with it.
    #[deserr(default)]
    pub enabled: Option<bool>,
}

/// Changes of an identity provider (merge patch).
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"groups": [{"group": "sales", "role": "rep"}], "enabled": false}))]
pub(super) struct IdentityProviderPatch {
    /// Name.
    #[deserr(default)]
    pub name: Option<Name>,
    /// Issuer. People of another issuer are others.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub issuer: Option<Text<1, 500>>,
    /// Client id.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub client_id: Option<Text<1, 255>>,
    /// Client secret; `null` for none.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<String>, max_length = 1000)]
    pub client_secret: Patch<Text<1, 1000>>,
    /// Scopes.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub scopes: Option<Vec<Word>>,
    /// Claim of groups; `null` for none.
    #[deserr(default)]
    #[schema(required = false, value_type = Option<String>, max_length = 100)]
    pub group_claim: Patch<Text<1, 100>>,
    /// Groups, all of them anew.
    #[deserr(default)]
    pub groups: Option<Vec<Group>>,
    /// Values of `acr`.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub second_factor_acr: Option<Vec<Word>>,
    /// Domains, all of them anew; a domain that stays, stays proved.
    #[deserr(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub email_domains: Option<Vec<Text<1, 253>>>,
    /// Whether people can sign in with it.
    #[deserr(default)]
    pub enabled: Option<bool>,
}

/// A domain to be proved.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"domain": "example.com"}))]
pub(super) struct VerifyDomain {
    /// One of the provider's `email_domains`.
    #[schema(value_type = String, max_length = 253)]
    pub domain: Text<1, 253>,
}

/// Who wants to sign in with an identity provider: with which, or from which company.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub(super) struct StartSso {
    /// The provider.
    #[deserr(default)]
    pub provider_id: Option<IdentityProviderId>,
    /// Or an address: its domain leads to the provider.
    #[deserr(default)]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    pub email: Option<Email>,
    /// Stay signed in on this device.
    #[deserr(default)]
    pub remember: Option<bool>,
    /// The page to come back to.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub return_to: Option<Text<1, 500>>,
}

/// Who is signed in goes to an identity provider.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"provider_id": "idp_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "return_to": "/settings"}))]
pub(super) struct VisitProvider {
    /// The provider.
    pub provider_id: IdentityProviderId,
    /// The page to come back to.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub return_to: Option<Text<1, 500>>,
}
