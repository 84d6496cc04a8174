//! What the routes of keys answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::{ApiKeyId, UserId};
use utoipa::ToSchema;

use super::store::ApiKeyRow;

/// A key, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// Identity.
    pub id: ApiKeyId,
    /// What it is for.
    #[schema(example = "Web shop")]
    pub name: String,
    /// How its text begins.
    #[schema(example = "som_pat_Ab3d")]
    pub hint: String,
    /// Whose rights it uses.
    pub user_id: UserId,
    /// Their name.
    #[schema(example = "Ada Byron")]
    pub user_name: String,
    /// Permissions it may use.
    pub scopes: Vec<String>,
    /// Where it may be used from; empty: anywhere.
    pub networks: Vec<String>,
    /// `own` or `team`: it sees less than its owner.
    pub row_scope: Option<String>,
    /// `active`, `expired` or `revoked`.
    #[schema(example = "active")]
    pub state: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Last use, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Where that came from.
    #[schema(example = "203.0.113.7")]
    pub last_used_ip: Option<String>,
    /// The key that replaces it.
    pub replaced_by: Option<ApiKeyId>,
}

/// A fresh key. Its text is shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreshApiKey {
    /// The text that the program sends as `Authorization: Bearer …`.
    #[schema(example = "som_pat_…")]
    pub key: String,
    /// What it may do.
    pub api_key: ApiKeyView,
}

/// Keys.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApiKeyList {
    /// Newest first.
    pub data: Vec<ApiKeyView>,
    /// There is one page.
    pub page: ApiKeyPage,
}

/// The page of a list that is always complete.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct ApiKeyPage {
    /// Never another.
    pub next: Option<String>,
    /// Never another.
    pub prev: Option<String>,
    /// Never more.
    pub has_more: bool,
    /// Not counted.
    pub count: Option<u64>,
}

impl ApiKeyView {
    pub(super) fn new(row: ApiKeyRow, now: DateTime<Utc>) -> Self {
        Self {
            id: ApiKeyId::from_uuid(row.id),
            name: row.name,
            hint: row.hint,
            user_id: UserId::from_uuid(row.user_id),
            user_name: row.user_name,
            scopes: row.scopes,
            networks: row.networks,
            row_scope: row.row_scope,
            state: match row.revoked_at {
                Some(_) => "revoked",
                None if row.expires_at <= now => "expired",
                None => "active",
            },
            created_at: Timestamp::new(row.created_at),
            expires_at: Timestamp::new(row.expires_at),
            last_used_at: row.last_used_at.map(Timestamp::new),
            last_used_ip: row.last_used_ip,
            replaced_by: row.replaced_by.map(ApiKeyId::from_uuid),
        }
    }
}
