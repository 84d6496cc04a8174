//! SQL of refresh tokens.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Idle;

/// Inserts a refresh token.
pub(in super::super) async fn insert_refresh(
    db: &mut PgConnection,
    organization: Uuid,
    session: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("insert into refresh_tokens (organization_id, session_id, token_hash, issued_at) values ($1, $2, $3, $4)", organization, session, hash, now)
        .execute(db)
        .await?;
    Ok(())
}

/// A refresh token with its session.
#[derive(Debug)]
pub(in super::super) struct RefreshRow {
    pub(in super::super) organization_id: Uuid,
    pub(in super::super) session_id: Uuid,
    pub(in super::super) user_id: Uuid,
    pub(in super::super) used_at: Option<DateTime<Utc>>,
    pub(in super::super) revoked_at: Option<DateTime<Utc>>,
    pub(in super::super) successor_hash: Option<Vec<u8>>,
    pub(in super::super) successor_unused: bool,
    pub(in super::super) ended: bool,
    pub(in super::super) remember: bool,
    pub(in super::super) epoch: i32,
    pub(in super::super) amr: Vec<String>,
    pub(in super::super) authenticated_at: DateTime<Utc>,
    pub(in super::super) idle_expires_at: DateTime<Utc>,
    pub(in super::super) expires_at: DateTime<Utc>,
    pub(in super::super) active: bool,
}

/// The session a refresh token belongs to.
pub(in super::super) async fn session_of_refresh(
    db: &mut PgConnection,
    hash: &[u8],
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select session_id from refresh_tokens where token_hash = $1",
        hash
    )
    .fetch_optional(db)
    .await
}

/// A refresh token; its session is locked, so that one family is decided about once at a time.
pub(in super::super) async fn lock_refresh(
    db: &mut PgConnection,
    hash: &[u8],
) -> Result<Option<RefreshRow>, sqlx::Error> {
    // The lock comes first: what is read after it is what the request before it left.
    let locked = sqlx::query_scalar!(
        "select s.id from sessions s join refresh_tokens r on r.session_id = s.id and r.organization_id = s.organization_id where r.token_hash = $1 for update of s",
        hash
    )
    .fetch_optional(&mut *db)
    .await?;
    if locked.is_none() {
        return Ok(None);
    }
    sqlx::query_as!(
        RefreshRow,
        r#"select s.organization_id, s.id as session_id, s.user_id, r.used_at, r.revoked_at, r.successor_hash,
                  coalesce(n.used_at is null and n.access_used_at is null and n.revoked_at is null, false) as "successor_unused!",
                  s.ended_at is not null as "ended!", s.remember, s.epoch, s.amr, s.authenticated_at, s.idle_expires_at, s.expires_at,
                  exists(select from memberships m join users u on u.id = m.user_id
                          where m.organization_id = s.organization_id and m.user_id = s.user_id and m.state = 'active' and u.state = 'active') as "active!"
             from refresh_tokens r
             join sessions s on s.id = r.session_id and s.organization_id = r.organization_id
             left join refresh_tokens n on n.token_hash = r.successor_hash
            where r.token_hash = $1"#,
        hash
    )
    .fetch_optional(db)
    .await
}

/// Marks a token used and names its successor.
pub(in super::super) async fn mark_used(
    db: &mut PgConnection,
    hash: &[u8],
    successor: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("update refresh_tokens set used_at = coalesce(used_at, $3), successor_hash = $2 where token_hash = $1", hash, successor, now).execute(db).await?;
    Ok(())
}

/// Revokes one token.
pub(in super::super) async fn revoke_refresh(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update refresh_tokens set revoked_at = $2 where token_hash = $1",
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A refresh is use: the idle end moves.
pub(in super::super) async fn touch(
    db: &mut PgConnection,
    session: Uuid,
    now: DateTime<Utc>,
    idle: Idle,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update sessions s set last_seen_at = $2,
                idle_expires_at = least(s.expires_at, case when s.remember then s.expires_at when m.role in ('owner', 'admin') then $4 else $3 end)
           from memberships m where s.id = $1 and m.organization_id = s.organization_id and m.user_id = s.user_id",
        session,
        now,
        idle.usual,
        idle.administrators
    )
    .execute(db)
    .await?;
    Ok(())
}
