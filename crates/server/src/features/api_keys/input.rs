//! Bodies of the routes of keys.

use deserr::Deserr;
use som_domain::text::Text;
use utoipa::ToSchema;

use crate::http::InputErrors;
use crate::permission::ScopeKind;

/// Narrows what a key sees below what its owner sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = InputErrors)]
pub(super) enum KeyScope {
    /// What is the owner's own.
    #[deserr(rename = "own")]
    #[schema(rename = "own")]
    Own,
    /// What the owner's team sells, and the owner's own.
    #[deserr(rename = "team")]
    #[schema(rename = "team")]
    Team,
}

impl From<KeyScope> for ScopeKind {
    fn from(scope: KeyScope) -> Self {
        match scope {
            KeyScope::Own => Self::Own,
            KeyScope::Team => Self::Team,
        }
    }
}

/// A key to be made.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"name": "Web shop", "scopes": ["orders.read", "orders.write"], "expires_in_days": 90, "networks": ["203.0.113.0/24"]}))]
pub(super) struct NewApiKey {
    /// What it is for.
    pub name: Text<1, 100>,
    /// Permissions it may use; the owner's rights are the limit, now and later.
    #[schema(value_type = Vec<String>, min_items = 1)]
    pub scopes: Vec<Text<1, 60>>,
    /// Days until it ends, 1 to 365; 90 when absent.
    #[deserr(default)]
    #[schema(minimum = 1, maximum = 365, example = 90)]
    pub expires_in_days: Option<u16>,
    /// Addresses and networks (CIDR) it may be used from; empty: all.
    #[deserr(default)]
    #[schema(required = false, value_type = Vec<String>, max_items = 20)]
    pub networks: Vec<Text<1, 50>>,
    /// Which customers and orders it sees; all that its owner sees when absent, and never more.
    #[deserr(default)]
    pub row_scope: Option<KeyScope>,
}

/// How a key is replaced.
#[derive(Debug, Default, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = InputErrors)]
#[schema(example = json!({"overlap_hours": 24}))]
pub(super) struct RotateApiKey {
    /// Hours for which the old key works beside the new one, 0 to 168; 24 when absent.
    #[deserr(default)]
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: Option<u16>,
}
