//! SQL of accounts and their links, in the identity scope (and in the worker's, where the job decides).

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A new link.
#[derive(Debug)]
pub(super) struct NewToken<'a> {
    pub(super) id: Uuid,
    pub(super) purpose: &'static str,
    pub(super) email: &'a str,
    pub(super) hash: &'a [u8],
    pub(super) payload: &'a Value,
    pub(super) now: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Inserts a link.
pub(super) async fn insert_token(
    db: &mut PgConnection,
    new: &NewToken<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into one_time_tokens (id, purpose, email, token_hash, payload, created_at, expires_at) values ($1, $2, lower($3), $4, $5, $6, $7)",
        new.id,
        new.purpose,
        new.email,
        new.hash,
        new.payload,
        new.now,
        new.expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A link that works.
#[derive(Debug)]
pub(super) struct TokenRow {
    pub(super) user_id: Option<Uuid>,
    pub(super) email: String,
    pub(super) payload: Value,
}

/// A link that works; it goes on working.
pub(super) async fn token(
    db: &mut PgConnection,
    purpose: &str,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<TokenRow>, sqlx::Error> {
    sqlx::query_as!(
        TokenRow,
        r#"select user_id, coalesce(email, '') as "email!", payload from one_time_tokens
            where token_hash = $2 and purpose = $1 and used_at is null and expires_at > $3"#,
        purpose,
        hash,
        now
    )
    .fetch_optional(db)
    .await
}

/// Uses a link up and forgets what it carried; `None` when it does not work (any more).
pub(super) async fn use_token(
    db: &mut PgConnection,
    purpose: &str,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<TokenRow>, sqlx::Error> {
    sqlx::query_as!(
        TokenRow,
        r#"with found as (
               select id, user_id, email, payload from one_time_tokens
                where token_hash = $2 and purpose = $1 and used_at is null and expires_at > $3 for update
           ), used as (
               update one_time_tokens t set used_at = $3, payload = '{}' from found where t.id = found.id
           )
           select user_id, coalesce(email, '') as "email!", payload from found"#,
        purpose,
        hash,
        now
    )
    .fetch_optional(db)
    .await
}

/// Says whose link it is.
pub(super) async fn assign_token(
    db: &mut PgConnection,
    id: Uuid,
    user: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update one_time_tokens set user_id = $2 where id = $1",
        id,
        user
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets a link that nobody will get.
pub(super) async fn delete_token(db: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from one_time_tokens where id = $1", id)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives the newest open sign-up of an address a new link; `false` when there is none.
pub(super) async fn renew_sign_up(
    db: &mut PgConnection,
    email: &str,
    hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update one_time_tokens set token_hash = $2, expires_at = $4
          where id = (select id from one_time_tokens where email = lower($1) and purpose = 'sign_up' and used_at is null and expires_at > $3
                       order by created_at desc, id desc limit 1)",
        email,
        hash,
        now,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every other link of a person that sets a password.
pub(super) async fn end_resets(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("update one_time_tokens set used_at = $2 where user_id = $1 and purpose = 'reset_password' and used_at is null", user, now)
        .execute(db)
        .await?;
    Ok(())
}

/// A person.
#[derive(Debug)]
pub(super) struct PersonRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) has_password: bool,
    pub(super) active: bool,
}

/// The person of an address.
pub(super) async fn person_by_email(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<PersonRow>, sqlx::Error> {
    sqlx::query_as!(
        PersonRow,
        r#"select id, name, email, password_hash is not null as "has_password!", state = 'active' as "active!" from users where lower(email) = lower($1)"#,
        email
    )
    .fetch_optional(db)
    .await
}

/// A person by id.
pub(super) async fn person(
    db: &mut PgConnection,
    id: Uuid,
) -> Result<Option<PersonRow>, sqlx::Error> {
    sqlx::query_as!(
        PersonRow,
        r#"select id, name, email, password_hash is not null as "has_password!", state = 'active' as "active!" from users where id = $1"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// Sets a password; `by_mail` when the person has just shown that the mailbox is theirs.
pub(super) async fn set_password(
    db: &mut PgConnection,
    user: Uuid,
    hash: &str,
    by_mail: bool,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set password_hash = $2, email_verified_at = case when $3 then $4 else email_verified_at end, updated_at = $4, version = version + 1 where id = $1",
        user,
        hash,
        by_mail,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the mailbox is theirs.
pub(super) async fn verify_email(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set email_verified_at = $2 where id = $1",
        user,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
