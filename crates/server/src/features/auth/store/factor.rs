//! SQL of second factors as they are shown, and of sign-ins that wait for one.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a person can show beside the password.
#[derive(Debug)]
pub(in super::super) struct FactorsRow {
    pub(in super::super) passkey: bool,
    pub(in super::super) authenticator: bool,
    pub(in super::super) recovery_codes: i64,
}

/// What a person can show beside the password.
pub(in super::super) async fn factors(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<FactorsRow, sqlx::Error> {
    sqlx::query_as!(
        FactorsRow,
        r#"select exists(select from passkeys where user_id = $1) as "passkey!",
                  exists(select from authenticators where user_id = $1 and secret is not null) as "authenticator!",
                  (select count(*) from recovery_codes where user_id = $1 and used_at is null) as "recovery_codes!""#,
        user
    )
    .fetch_one(db)
    .await
}

/// Locks an active account until the end of the transaction; since when it has a second factor.
pub(in super::super) async fn lock_account(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Option<Option<DateTime<Utc>>>, sqlx::Error> {
    sqlx::query_scalar!(
        "select second_factor_since from users where id = $1 and state = 'active' for no key update",
        user
    )
    .fetch_optional(db)
    .await
}

/// An authenticator app in use.
#[derive(Debug)]
pub(in super::super) struct AuthenticatorRow {
    pub(in super::super) secret: String,
    pub(in super::super) last_step: Option<i64>,
}

/// The authenticator app of a person.
pub(in super::super) async fn authenticator(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<Option<AuthenticatorRow>, sqlx::Error> {
    sqlx::query_as!(
        AuthenticatorRow,
        r#"select secret as "secret!", last_step from authenticators where user_id = $1 and secret is not null"#,
        user
    )
    .fetch_optional(db)
    .await
}

/// Takes the code of a step, unless it or a later one was taken; `renewed` is the secret sealed anew.
pub(in super::super) async fn take_step(
    db: &mut PgConnection,
    user: Uuid,
    step: i64,
    renewed: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update authenticators set last_step = $2, last_used_at = $3, secret = coalesce($4, secret)
          where user_id = $1 and secret is not null and (last_step is null or last_step < $2)",
        user,
        step,
        now,
        renewed
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a recovery code, unless it was taken; how many are left.
pub(in super::super) async fn take_recovery_code(
    db: &mut PgConnection,
    user: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with taken as (
               update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null returning code_hash
           )
           select (select count(*) from recovery_codes c where c.user_id = $1 and c.used_at is null and c.code_hash <> taken.code_hash) as "left!" from taken"#,
        user,
        hash,
        now
    )
    .fetch_optional(db)
    .await
}

/// A sign-in that waits.
#[derive(Debug)]
pub(in super::super) struct ChallengeRow {
    pub(in super::super) user_id: Uuid,
    pub(in super::super) email: String,
    pub(in super::super) organization_id: Uuid,
    pub(in super::super) remember: bool,
    pub(in super::super) methods: Vec<String>,
}

/// A new sign-in that waits.
#[derive(Debug)]
pub(in super::super) struct NewChallenge<'a> {
    pub(in super::super) hash: &'a [u8],
    pub(in super::super) user: Uuid,
    pub(in super::super) organization: Uuid,
    pub(in super::super) remember: bool,
    pub(in super::super) methods: &'a [String],
    pub(in super::super) now: DateTime<Utc>,
    pub(in super::super) expires_at: DateTime<Utc>,
}

/// Inserts a sign-in that waits.
pub(in super::super) async fn insert_challenge(
    db: &mut PgConnection,
    new: &NewChallenge<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into sign_in_challenges (token_hash, user_id, organization_id, remember, created_at, expires_at, methods) values ($1, $2, $3, $4, $5, $6, $7)",
        new.hash,
        new.user,
        new.organization,
        new.remember,
        new.now,
        new.expires_at,
        new.methods
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A sign-in that waits, of somebody who may still work there.
pub(in super::super) async fn challenge(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<ChallengeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChallengeRow,
        "select c.user_id, u.email, c.organization_id, c.remember, c.methods from sign_in_challenges c
           join users u on u.id = c.user_id and u.state = 'active'
           join memberships m on m.organization_id = c.organization_id and m.user_id = c.user_id and m.state = 'active'
          where c.token_hash = $1 and c.used_at is null and c.expires_at > $2",
        hash,
        now
    )
    .fetch_optional(db)
    .await
}

/// Counts a code; `None` when it is one too many.
pub(in super::super) async fn count_attempt(
    db: &mut PgConnection,
    hash: &[u8],
    most: i32,
    now: DateTime<Utc>,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "update sign_in_challenges set attempts = attempts + 1
          where token_hash = $1 and used_at is null and expires_at > $3 and attempts < $2 returning attempts",
        hash,
        most,
        now
    )
    .fetch_optional(db)
    .await
}

/// Uses a waiting sign-in up; `false` when somebody was faster.
pub(in super::super) async fn use_challenge(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update sign_in_challenges set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2",
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every waiting sign-in of a person.
pub(in super::super) async fn end_challenges(
    db: &mut PgConnection,
    user: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from sign_in_challenges where user_id = $1", user)
        .execute(db)
        .await?;
    Ok(())
}
