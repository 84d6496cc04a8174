//! SQL of sessions: their beginning, what was shown in them, their end.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A new session.
#[derive(Debug)]
pub(in super::super) struct NewSession<'a> {
    pub(in super::super) organization: Uuid,
    pub(in super::super) id: Uuid,
    pub(in super::super) user: Uuid,
    pub(in super::super) remember: bool,
    pub(in super::super) methods: &'a [String],
    pub(in super::super) now: DateTime<Utc>,
    pub(in super::super) idle_expires_at: DateTime<Utc>,
    pub(in super::super) expires_at: DateTime<Utc>,
    pub(in super::super) user_agent: &'a str,
    pub(in super::super) ip: Option<String>,
}

/// Inserts a session.
pub(in super::super) async fn insert_session(
    db: &mut PgConnection,
    new: &NewSession<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into sessions (organization_id, id, user_id, remember, amr, authenticated_at, created_at, last_seen_at, idle_expires_at, expires_at, user_agent, ip)
         values ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10::text::inet)",
        new.organization,
        new.id,
        new.user,
        new.remember,
        new.methods,
        new.now,
        new.idle_expires_at,
        new.expires_at,
        new.user_agent,
        new.ip
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the oldest sessions of a person beyond `most`; returns their ids.
pub(in super::super) async fn end_surplus(
    db: &mut PgConnection,
    user: Uuid,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "update sessions set ended_at = $3, end_reason = 'too_many'
          where id in (select id from sessions where user_id = $1 and ended_at is null and expires_at > $3 and idle_expires_at > $3
                        order by created_at desc, id desc offset $2)
         returning id",
        user,
        most,
        now
    )
    .fetch_all(db)
    .await
}

/// Sets when the person of a session last showed a factor: another server may say that it was earlier.
pub(in super::super) async fn authenticated_at(
    db: &mut PgConnection,
    session: Uuid,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update sessions set authenticated_at = $2 where id = $1 and ended_at is null",
        session,
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether a session lives, and its person may still work there; held until the transaction ends.
pub(in super::super) async fn living_session(
    db: &mut PgConnection,
    session: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select s.id from sessions s
           join memberships m on m.organization_id = s.organization_id and m.user_id = s.user_id and m.state = 'active'
          where s.id = $1 and s.user_id = $2 and s.ended_at is null and s.expires_at > $3 and s.idle_expires_at > $3 for no key update of s",
        session,
        user,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(found.is_some())
}

/// Ends one session.
pub(in super::super) async fn end_session(
    db: &mut PgConnection,
    id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update sessions set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null",
        id,
        now,
        reason
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whose living session it is: organization and person.
pub(in super::super) async fn whose_session(
    db: &mut PgConnection,
    id: Uuid,
) -> Result<Option<(Uuid, Uuid)>, sqlx::Error> {
    let row = sqlx::query!(
        "select organization_id, user_id from sessions where id = $1 and ended_at is null for update",
        id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.organization_id, row.user_id)))
}

/// Ends a person's sessions, all or all but one.
pub(in super::super) async fn end_sessions(
    db: &mut PgConnection,
    user: Uuid,
    but: Option<Uuid>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update sessions set ended_at = $4, end_reason = $3 where user_id = $1 and ended_at is null and ($2::uuid is null or id <> $2)",
        user,
        but,
        reason,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the person of a session showed one more factor.
pub(in super::super) async fn proved_by(
    db: &mut PgConnection,
    session: Uuid,
    methods: &[String],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update sessions set authenticated_at = $3, amr = amr || array(select unnest($2::text[]) except select unnest(amr)) where id = $1 and ended_at is null",
        session,
        methods,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
