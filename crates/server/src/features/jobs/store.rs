//! The SQL of looking at jobs; the queue itself is in `crate::jobs`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `jobs`, without what it was asked to do and what came out.
#[derive(Debug, Clone, FromRow)]
pub(super) struct JobRow {
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    pub attempts: i32,
    pub max_attempts: i32,
    pub progress_done: i64,
    pub progress_total: Option<i64>,
    pub last_error: Option<String>,
    pub created_by: Option<Uuid>,
    pub run_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// The columns of [`JobRow`] from [`FROM`].
pub(super) const COLUMNS: &str = "j.id, j.kind, j.state, j.attempts, j.max_attempts, j.progress_done, j.progress_total, j.last_error, \
     j.created_by, j.run_at, j.created_at, j.updated_at, j.finished_at";

/// Where they come from.
pub(super) const FROM: &str = "jobs j";

pub(super) async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        "select id, kind, state, attempts, max_attempts, progress_done, progress_total, last_error, created_by, run_at, created_at, updated_at, finished_at
           from jobs where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

/// What came out of a job.
pub(super) async fn result(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        "select result from jobs where organization_id = $1 and id = $2",
        organization,
        id
    )
    .fetch_one(db)
    .await
}
