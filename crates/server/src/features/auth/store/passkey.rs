//! SQL of passkeys as they are shown, and of what they are to answer.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps what an authenticator is to answer; `user` for a registration.
pub(in super::super) async fn insert_ceremony(
    db: &mut PgConnection,
    hash: &[u8],
    user: Option<Uuid>,
    state: &Value,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into passkey_ceremonies (token_hash, purpose, user_id, state, created_at, expires_at)
         values ($1, case when $2::uuid is null then 'authentication' else 'registration' end, $2, $3, $4, $5)",
        hash,
        user,
        state,
        now,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Uses up what an authenticator was to answer; `None` when it is used, too old, of another person or another purpose.
pub(in super::super) async fn use_ceremony(
    db: &mut PgConnection,
    hash: &[u8],
    user: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!(
        "update passkey_ceremonies set used_at = $3
          where token_hash = $1 and user_id is not distinct from $2::uuid and used_at is null and expires_at > $3 returning state",
        hash,
        user,
        now
    )
    .fetch_optional(db)
    .await
}

/// A passkey of an active account.
#[derive(Debug)]
pub(in super::super) struct PasskeyRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) name: String,
    pub(in super::super) email: String,
    pub(in super::super) credential: Value,
}

/// The passkey an authenticator names, if it is that person's.
pub(in super::super) async fn passkey(
    db: &mut PgConnection,
    user: Uuid,
    credential: &[u8],
) -> Result<Option<PasskeyRow>, sqlx::Error> {
    sqlx::query_as!(
        PasskeyRow,
        "select p.id, p.name, u.email, p.credential from passkeys p join users u on u.id = p.user_id
          where p.user_id = $1 and p.credential_id = $2",
        user,
        credential
    )
    .fetch_optional(db)
    .await
}

/// Notes that a passkey was used, with its counter.
pub(in super::super) async fn passkey_used(
    db: &mut PgConnection,
    id: Uuid,
    credential: &Value,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update passkeys set credential = $2, last_used_at = $3 where id = $1",
        id,
        credential,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
