//! SQL of second factors, in the identity scope: they belong to people.

mod passkey;
pub(super) mod resealing;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) use passkey::{
    NewPasskey, PasskeyRow, credential_ids, has_codes, insert_passkey, passkeys, remove_passkey,
    remove_passkeys,
};

/// What a person has.
#[derive(Debug)]
pub(super) struct OverviewRow {
    pub(super) required: bool,
    pub(super) added_at: Option<DateTime<Utc>>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    pub(super) codes_left: i64,
    pub(super) codes_made_at: Option<DateTime<Utc>>,
}

/// What a person has.
pub(super) async fn overview(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<OverviewRow, sqlx::Error> {
    let required = required(db, user).await?;
    let row = sqlx::query!(
        r#"select a.added_at as "added_at?", a.last_used_at as "last_used_at?", c.codes_left as "codes_left!", c.made_at as codes_made_at
             from (select count(*) filter (where used_at is null) as codes_left, max(created_at) as made_at from recovery_codes where user_id = $1) c
             left join authenticators a on a.user_id = $1 and a.secret is not null"#,
        user
    )
    .fetch_one(db)
    .await?;
    Ok(OverviewRow {
        required,
        added_at: row.added_at,
        last_used_at: row.last_used_at,
        codes_left: row.codes_left,
        codes_made_at: row.codes_made_at,
    })
}

/// Whether an organization asks a second factor of the person.
pub(super) async fn required(db: &mut PgConnection, user: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from memberships m join organizations o on o.id = m.organization_id
                          where m.user_id = $1 and m.state = 'active' and m.role = any(o.second_factor_roles)) as "required!""#,
        user
    )
    .fetch_one(db)
    .await
}

/// An account as the command line knows it.
#[derive(Debug)]
pub(super) struct PersonRow {
    pub(super) id: Uuid,
    pub(super) email: String,
}

/// The account of an address.
pub(super) async fn person(
    db: &mut PgConnection,
    email: &str,
) -> Result<Option<PersonRow>, sqlx::Error> {
    sqlx::query_as!(
        PersonRow,
        "select id, email from users where lower(email) = lower($1)",
        email
    )
    .fetch_optional(db)
    .await
}

/// Locks an account: sign-in and changes of its factors come one after the other.
pub(super) async fn lock(db: &mut PgConnection, user: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from users where id = $1 for no key update", user)
        .fetch_one(db)
        .await?;
    Ok(())
}

/// Whether the person has a second factor.
pub(super) async fn has_factor(db: &mut PgConnection, user: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select second_factor_since is not null as "has!" from users where id = $1"#,
        user
    )
    .fetch_one(db)
    .await
}

/// Keeps the secret of an app that is being set up, in place of one that waited.
pub(super) async fn put_pending(
    db: &mut PgConnection,
    user: Uuid,
    sealed: &str,
    until: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into authenticators (user_id, pending_secret, pending_until) values ($1, $2, $3)
         on conflict (user_id) do update set pending_secret = $2, pending_until = $3",
        user,
        sealed,
        until
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The secret of an app that waits for its first code.
pub(super) async fn pending(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<String>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select pending_secret from authenticators where user_id = $1 and pending_until > $2",
        user,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(found.flatten())
}

/// The app that waited counts from now on; its first code is taken.
pub(super) async fn confirm(
    db: &mut PgConnection,
    user: Uuid,
    step: i64,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update authenticators set secret = pending_secret, last_step = $2, added_at = $3, last_used_at = $3, pending_secret = null, pending_until = null
          where user_id = $1 and pending_secret is not null",
        user,
        step,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes the app; `false` when there is none in use.
pub(super) async fn remove_authenticator(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query_scalar!(
        r#"delete from authenticators where user_id = $1 returning secret is not null as "in_use!""#,
        user
    )
    .fetch_optional(db)
    .await?;
    Ok(gone == Some(true))
}

/// Puts other recovery codes in place of those before.
pub(super) async fn replace_codes(
    db: &mut PgConnection,
    user: Uuid,
    hashes: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from recovery_codes where user_id = $1", user)
        .execute(&mut *db)
        .await?;
    sqlx::query!(
        "insert into recovery_codes (user_id, code_hash, created_at) select $1, hash, $3 from unnest($2::bytea[]) hash",
        user,
        hashes,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes down since when the person has a second factor; without one the recovery codes go. Returns whether there is one.
pub(super) async fn settle(
    db: &mut PgConnection,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let has = sqlx::query_scalar!(
        r#"update users set updated_at = $2, version = version + 1,
                  second_factor_since = case when exists(select from authenticators where user_id = $1 and secret is not null)
                                              or exists(select from passkeys where user_id = $1)
                                             then coalesce(second_factor_since, $2) end
            where id = $1 returning second_factor_since is not null as "has!""#,
        user,
        now
    )
    .fetch_one(&mut *db)
    .await?;
    if !has {
        sqlx::query!("delete from recovery_codes where user_id = $1", user)
            .execute(db)
            .await?;
    }
    Ok(has)
}
