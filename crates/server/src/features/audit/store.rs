//! The SQL of looking at the audit log; its chain is in `crate::audit`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::audit::Entry;

/// The columns of [`Entry`] from [`FROM`].
pub(super) const COLUMNS: &str = "e.seq, e.id, e.at, e.actor_id, e.actor_kind, e.actor_name, e.request_id, e.ip, e.entity, e.entity_id, \
     e.entity_version, e.action, e.diff, s.position";

/// Where they come from.
pub(super) const FROM: &str = "audit_events e left join audit_seals s on s.organization_id = e.organization_id and s.seq = e.seq";

/// How a chain stands, and what its last proof found.
#[derive(Debug, Default)]
pub(super) struct ChainRow {
    pub entries: i64,
    pub sealed_at: Option<DateTime<Utc>>,
    pub unsealed: i64,
    pub unsealed_since: Option<DateTime<Utc>>,
    pub signed_entries: i64,
    pub signed_at: Option<DateTime<Utc>>,
    pub proved_entries: Option<i64>,
    pub proved_at: Option<DateTime<Utc>>,
    pub finding: Option<Value>,
}

/// The chain of an organization; none before the first sealing.
pub(super) async fn chain(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Option<ChainRow>, sqlx::Error> {
    sqlx::query_as!(
        ChainRow,
        r#"select c.position as entries, s.sealed_at as "sealed_at?", t.unsealed as "unsealed!", t.since as unsealed_since,
                  c.checkpoint_position as signed_entries, c.checkpoint_at as signed_at, c.proved_entries, c.proved_at, c.finding
             from audit_chains c
             left join audit_seals s on s.organization_id = c.organization_id and s.position = c.position
            cross join lateral (select count(*) as unsealed, min(e.at) as since from audit_events e
                 where e.organization_id = c.organization_id and e.seq >= c.floor
                   and not exists (select from audit_seals x where x.organization_id = e.organization_id and x.seq = e.seq)) t
            where c.organization_id = $1"#,
        organization,
    )
    .fetch_optional(db)
    .await
}

/// What the command line asks for; everything at once when nothing is named.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the parameters of one query")]
pub struct Question {
    pub entity: Option<String>,
    pub entity_id: Option<Uuid>,
    pub actor: Option<String>,
    pub action: Option<String>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub limit: i64,
}

/// The newest entries that answer a question.
///
/// # Errors
/// When the database does not answer.
pub async fn search(
    db: &mut PgConnection,
    organization: Uuid,
    question: &Question,
) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as!(
        Entry,
        r#"select e.seq, e.id, e.at, e.actor_id, e.actor_kind, e.actor_name, e.request_id, e.ip, e.entity, e.entity_id,
                  e.entity_version, e.action, e.diff, s.position as "position?"
             from audit_events e left join audit_seals s on s.organization_id = e.organization_id and s.seq = e.seq
            where e.organization_id = $1 and ($2::text is null or e.entity = $2) and ($3::uuid is null or e.entity_id = $3)
              and ($4::text is null or e.actor_name = $4) and ($5::text is null or e.action = $5)
              and ($6::timestamptz is null or e.at >= $6) and ($7::timestamptz is null or e.at < $7)
            order by e.seq desc limit $8"#,
        organization,
        question.entity,
        question.entity_id,
        question.actor,
        question.action,
        question.since,
        question.until,
        question.limit,
    )
    .fetch_all(db)
    .await
}
