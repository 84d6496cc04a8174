//! SQL of a person's own sessions, in the identity scope: they may span organizations.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A living session.
#[derive(Debug)]
pub(super) struct SessionRow {
    pub(super) id: Uuid,
    pub(super) created_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) user_agent: String,
    pub(super) ip: Option<String>,
}

/// The living sessions of a person, newest first.
pub(super) async fn list(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<SessionRow>, sqlx::Error> {
    sqlx::query_as!(
        SessionRow,
        "select id, created_at, last_seen_at, expires_at, user_agent, host(ip) as ip from sessions
          where user_id = $1 and ended_at is null and expires_at > $2 and idle_expires_at > $2 order by created_at desc, id desc",
        user,
        now
    )
    .fetch_all(db)
    .await
}

/// Ends sessions of a person: one, or all but one; returns which.
pub(super) async fn end(
    db: &mut PgConnection,
    user: Uuid,
    only: Option<Uuid>,
    but: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "update sessions set ended_at = $4, end_reason = 'revoked'
          where user_id = $1 and ended_at is null and ($2::uuid is null or id = $2) and ($3::uuid is null or id <> $3) returning id",
        user,
        only,
        but,
        now
    )
    .fetch_all(db)
    .await
}
