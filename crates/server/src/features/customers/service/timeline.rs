//! What happened to a customer.

use serde::Serialize;
use serde_json::Value;
use som_domain::CustomerId;
use som_domain::dates::Timestamp;
use som_domain::ids::{AuditId, UserId};
use utoipa::ToSchema;

use super::load;
use crate::caller::Caller;
use crate::db::TenantTx;
use crate::features::customers::store::lookup::{self, TimelineRow};
use crate::http::ApiResult;
use crate::http::list::PageInfo;

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerTimelineActor)]
pub struct Actor {
    /// Identity.
    pub id: UserId,
    /// Name at that time.
    pub name: String,
}

/// Something that happened to the customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerTimelineEntry)]
pub struct Entry {
    /// Identity.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// `edit` or `status`.
    pub kind: &'static str,
    /// What.
    #[schema(example = "updated")]
    pub action: String,
    /// Who; none: the system.
    pub actor: Option<Actor>,
    /// Always none: customers have no comments.
    pub detail: Option<String>,
    /// Differences as `{"field": {"from", "to"}}`, or facts.
    #[schema(value_type = Object)]
    pub diff: Value,
}

/// A page of the timeline, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerTimeline)]
pub struct Timeline {
    /// Entries.
    pub data: Vec<Entry>,
    /// The next page.
    pub page: PageInfo,
}

impl From<TimelineRow> for Entry {
    fn from(row: TimelineRow) -> Self {
        let status = matches!(
            row.action.as_str(),
            "created" | "activated" | "blocked" | "archived"
        );
        Self {
            id: AuditId::from_uuid(row.id),
            at: Timestamp::new(row.at),
            kind: if status { "status" } else { "edit" },
            action: row.action,
            actor: row.actor_id.map(|id| Actor {
                id: UserId::from_uuid(id),
                name: row.actor_name,
            }),
            detail: None,
            diff: row.diff,
        }
    }
}

/// A page of what happened, from before the event numbered `before` on.
pub async fn timeline(
    db: &mut TenantTx,
    caller: &Caller,
    id: CustomerId,
    before: Option<i64>,
    limit: i64,
) -> ApiResult<Timeline> {
    let row = load(db, caller, id.uuid()).await?;
    let organization = caller.organization.id.uuid();
    let mut rows = lookup::timeline(db, organization, row.id, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| format!("c_{}", row.seq));
    Ok(Timeline {
        data: rows.into_iter().map(Entry::from).collect(),
        page: PageInfo {
            next,
            has_more,
            ..PageInfo::default()
        },
    })
}
