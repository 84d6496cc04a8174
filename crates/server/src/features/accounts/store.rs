//! SQL of accounts and their links, in the identity scope (and in the worker's, where the job decides).

pub(super) mod resealing;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A new link.
#[derive(Debug)]
pub(super) struct NewToken<'a> {
    pub(super) id: Uuid,
    pub(super) purpose: &'static str,
    /// Whose, when that is known.
    pub(super) user: Option<Uuid>,
    /// A mark of the address it goes to.
    pub(super) address: &'a str,
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
        "insert into one_time_tokens (id, purpose, email, token_hash, payload, created_at, expires_at, user_id) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.purpose,
        new.address,
        new.hash,
        new.payload,
        new.now,
        new.expires_at,
        new.user
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A link that works.
#[derive(Debug)]
pub(super) struct TokenRow {
    pub(super) id: Uuid,
    pub(super) user_id: Option<Uuid>,
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
        "select id, user_id, payload from one_time_tokens where token_hash = $2 and purpose = $1 and used_at is null and expires_at > $3",
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
               select id, user_id, payload from one_time_tokens
                where token_hash = $2 and purpose = $1 and used_at is null and expires_at > $3 for update
           ), used as (
               update one_time_tokens t set used_at = $3, payload = '{}' from found where t.id = found.id
           )
           select id, user_id, payload from found"#,
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
    addresses: &[String],
    hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update one_time_tokens set token_hash = $2, expires_at = $4
          where id = (select id from one_time_tokens where email = any($1) and purpose = 'sign_up' and used_at is null and expires_at > $3
                       order by created_at desc, id desc limit 1)",
        addresses,
        hash,
        now,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every link of a person that sets a password.
pub(super) async fn end_resets(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    end_links(db, user, "reset_password", now).await
}

/// Ends every link of a person for one purpose, and forgets what it carried.
pub(super) async fn end_links(
    db: &mut PgConnection,
    user: Uuid,
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update one_time_tokens set used_at = $3, payload = '{}' where user_id = $1 and purpose = $2 and used_at is null",
        user,
        purpose,
        now
    )
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

/// Sets the address that signs in; its mailbox has just answered.
pub(super) async fn set_email(
    db: &mut PgConnection,
    user: Uuid,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set email = $2, email_verified_at = $3, updated_at = $3, version = version + 1 where id = $1",
        user,
        email,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Locks an account until the end of the transaction: nobody signs in meanwhile.
pub(super) async fn lock_person(db: &mut PgConnection, user: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from users where id = $1 for update", user)
        .fetch_one(db)
        .await?;
    Ok(())
}

/// The organizations a person belongs to, also where membership is suspended.
pub(super) async fn organizations_of(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select organization_id from memberships where user_id = $1 and state <> 'left' order by organization_id",
        user
    )
    .fetch_all(db)
    .await
}

/// Erases what is known of a person; the row stays, because documents and the audit log refer to it.
pub(super) async fn erase(
    db: &mut PgConnection,
    user: Uuid,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update users set name = 'Former member', email = 'former.' || id || '@deleted.invalid', password_hash = null, state = 'deleted',
                email_verified_at = null, last_organization_id = null, updated_at = $2, version = version + 1 where id = $1",
        user,
        now
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("delete from user_identities where user_id = $1", user)
        .execute(&mut *db)
        .await?;
    sqlx::query!("delete from known_devices where user_id = $1", user)
        .execute(&mut *db)
        .await?;
    sqlx::query!("delete from one_time_tokens where user_id = $1", user)
        .execute(&mut *db)
        .await?;
    sqlx::query!(
        "update sessions set user_agent = '', ip = null where user_id = $1",
        user
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update invitations set email = 'former.' || id || '@deleted.invalid', name = '' where lower(email) = lower($1) and state <> 'open'",
        email
    )
    .execute(db)
    .await?;
    Ok(())
}
