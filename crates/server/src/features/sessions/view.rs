//! What the session routes answer.

use serde::Serialize;
use som_domain::dates::Timestamp;
use som_domain::ids::SessionId;
use utoipa::ToSchema;

use super::store::SessionRow;

/// One of the person's sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Identity.
    pub id: SessionId,
    /// Sign-in.
    pub created_at: Timestamp,
    /// Last use, to the minute.
    pub last_seen_at: Timestamp,
    /// End in any case.
    pub expires_at: Timestamp,
    /// What the browser called itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")]
    pub user_agent: String,
    /// Address at sign-in.
    #[schema(example = "203.0.113.7")]
    pub ip: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The person's living sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionList {
    /// Newest first.
    pub data: Vec<SessionView>,
    /// There is one page.
    pub page: SessionPage,
}

/// The page of a list that is always complete.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct SessionPage {
    /// Never another.
    pub next: Option<String>,
    /// Never another.
    pub prev: Option<String>,
    /// Never more.
    pub has_more: bool,
    /// Not counted.
    pub count: Option<u64>,
}

impl SessionView {
    pub(super) fn new(row: SessionRow, current: Option<SessionId>) -> Self {
        let id = SessionId::from_uuid(row.id);
        Self {
            id,
            created_at: Timestamp::new(row.created_at),
            last_seen_at: Timestamp::new(row.last_seen_at),
            expires_at: Timestamp::new(row.expires_at),
            user_agent: row.user_agent,
            ip: row.ip,
            current: Some(id) == current,
        }
    }
}
