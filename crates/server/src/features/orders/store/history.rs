//! Timeline, comments and versions.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::sealed;
use crate::db::TenantTx;

/// A row of the timeline.
#[derive(Debug, FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct TimelineRow {
    pub seq: i64,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub action: String,
    pub diff: Value,
    pub comment: Option<String>,
}

/// The newest rows before `before`.
pub async fn timeline(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<TimelineRow>, sqlx::Error> {
    sqlx::query_as!(
        TimelineRow,
        r#"select e.seq, e.id, e.at, e.actor_id, e.actor_name, e.action, e.diff, c.body as "comment?"
           from audit_events e
           left join order_comments c on e.action = 'commented' and c.organization_id = e.organization_id and c.id = (e.diff ->> 'comment')::uuid
          where e.organization_id = $1 and e.entity = 'order' and e.entity_id = $2 and e.seq < coalesce($3, 9223372036854775807)
          order by e.seq desc limit $4"#,
        organization,
        order,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Writes a comment.
#[allow(clippy::too_many_arguments, reason = "one row, one argument a column")]
pub async fn insert_comment(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    id: Uuid,
    body: &str,
    at: DateTime<Utc>,
    by: Option<Uuid>,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into order_comments (organization_id, id, order_id, body, created_at, created_by, author_name) values ($1, $2, $3, $4, $5, $6, $7)",
        organization,
        id,
        order,
        body,
        at,
        by,
        name,
    )
        .execute(db)
        .await
        .map(|_| ())
}

/// A kept version.
#[derive(Debug, FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct VersionRow {
    pub version: i32,
    pub sha256: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<Uuid>,
    pub doc: Value,
}

/// Every kept version, newest first, without content.
pub async fn versions(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
) -> Result<Vec<VersionRow>, sqlx::Error> {
    sqlx::query_as!(
        VersionRow,
        r#"select version, sha256, created_at, created_by, '{}'::jsonb as "doc!" from order_snapshots where organization_id = $1 and order_id = $2 order by version desc limit 1000"#,
        organization,
        order,
    )
    .fetch_all(db)
    .await
}

/// The content as of a version: kept with it or, when it changed no content, before it.
pub async fn version(
    db: &mut TenantTx,
    organization: Uuid,
    order: Uuid,
    version: i32,
) -> Result<Option<VersionRow>, sqlx::Error> {
    let mut found = sqlx::query_as!(
        VersionRow,
        "select version, sha256, created_at, created_by, doc from order_snapshots
          where organization_id = $1 and order_id = $2 and version <= $3 order by version desc limit 1",
        organization,
        order,
        version,
    )
    .fetch_optional(&mut **db)
    .await?;
    if let Some(row) = &mut found {
        sealed::open_snapshot(db.keys(), order, row.version, &mut row.doc)?;
    }
    Ok(found)
}
