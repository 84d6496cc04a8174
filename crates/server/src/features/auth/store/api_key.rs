//! SQL of keys as they come in.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{MemberRow, member_columns};

/// A living key with its owner.
#[derive(Debug, FromRow)]
pub(in super::super) struct ApiKeyRow {
    #[sqlx(flatten)]
    pub(in super::super) member: MemberRow,
    pub(in super::super) family_id: Uuid,
    pub(in super::super) scopes: Vec<String>,
    pub(in super::super) networks: Vec<String>,
    /// Narrows what the owner sees.
    pub(in super::super) key_scope: Option<String>,
    pub(in super::super) expires_at: DateTime<Utc>,
}

/// The key of a hash, if it and its owner's membership live.
pub(in super::super) async fn api_key(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<ApiKeyRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        member_columns!(),
        ", k.family_id, k.scopes, k.networks, k.row_scope as key_scope, k.expires_at
          from api_keys k
          join users u on u.id = k.user_id and u.state = 'active'
          join memberships m on m.organization_id = k.organization_id and m.user_id = k.user_id and m.state = 'active'
          join organizations o on o.id = k.organization_id
         where k.token_hash = $1 and k.revoked_at is null and k.expires_at > $2"
    ))
    .bind(hash)
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Notes (once a minute) that a key is in use, and from where.
pub(in super::super) async fn api_key_used(
    db: &mut PgConnection,
    hash: &[u8],
    ip: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update api_keys set last_used_at = $2::timestamptz, last_used_ip = $3::text::inet
          where token_hash = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')",
        hash,
        now,
        ip
    )
    .execute(db)
    .await?;
    Ok(())
}
