//! SQL of a person's own passkeys.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A passkey as its person knows it.
#[derive(Debug)]
pub(in super::super) struct PasskeyRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) name: String,
    pub(in super::super) created_at: DateTime<Utc>,
    pub(in super::super) last_used_at: Option<DateTime<Utc>>,
}

/// The passkeys of a person, oldest first.
pub(in super::super) async fn passkeys(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<PasskeyRow>, sqlx::Error> {
    sqlx::query_as!(
        PasskeyRow,
        "select id, name, created_at, last_used_at from passkeys where user_id = $1 order by created_at, id limit 100",
        user
    )
    .fetch_all(db)
    .await
}

/// What a person's authenticators call their passkeys.
pub(in super::super) async fn credential_ids(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        "select credential_id from passkeys where user_id = $1 order by created_at limit 100",
        user
    )
    .fetch_all(db)
    .await
}

/// A new passkey.
#[derive(Debug)]
pub(in super::super) struct NewPasskey<'a> {
    pub(in super::super) user: Uuid,
    pub(in super::super) id: Uuid,
    pub(in super::super) credential_id: &'a [u8],
    pub(in super::super) name: &'a str,
    pub(in super::super) credential: &'a Value,
    pub(in super::super) now: DateTime<Utc>,
}

/// Inserts a passkey.
pub(in super::super) async fn insert_passkey(
    db: &mut PgConnection,
    new: &NewPasskey<'_>,
) -> Result<PasskeyRow, sqlx::Error> {
    sqlx::query_as!(
        PasskeyRow,
        "insert into passkeys (user_id, id, credential_id, name, credential, created_at) values ($1, $2, $3, $4, $5, $6)
         returning id, name, created_at, last_used_at",
        new.user,
        new.id,
        new.credential_id,
        new.name,
        new.credential,
        new.now
    )
    .fetch_one(db)
    .await
}

/// Removes a passkey of a person; what it was called.
pub(in super::super) async fn remove_passkey(
    db: &mut PgConnection,
    user: Uuid,
    id: Uuid,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "delete from passkeys where user_id = $1 and id = $2 returning name",
        user,
        id
    )
    .fetch_optional(db)
    .await
}

/// Removes every passkey of a person.
pub(in super::super) async fn remove_passkeys(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from passkeys where user_id = $1", user)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether there are recovery codes, used ones included.
pub(in super::super) async fn has_codes(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from recovery_codes where user_id = $1) as "has!""#,
        user
    )
    .fetch_one(db)
    .await
}
