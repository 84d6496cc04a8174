//! SQL of who people are at issuers.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Identities of a person listed at most.
const LISTED_MAX: i64 = 100;

/// Who somebody is at an issuer.
#[derive(Debug)]
pub(in super::super) struct IdentityRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) user_id: Uuid,
    pub(in super::super) issuer: String,
    pub(in super::super) subject: String,
    pub(in super::super) created_at: DateTime<Utc>,
    pub(in super::super) last_used_at: DateTime<Utc>,
}

/// The identities of a person in an organization, the oldest first.
pub(in super::super) async fn identities(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
) -> Result<Vec<IdentityRow>, sqlx::Error> {
    sqlx::query_as!(
        IdentityRow,
        "select id, user_id, issuer, subject, created_at, last_used_at from user_identities
          where organization_id = $1 and user_id = $2 order by created_at, id limit $3",
        organization,
        user,
        LISTED_MAX
    )
    .fetch_all(db)
    .await
}

/// Who a subject of an issuer is in an organization.
pub(in super::super) async fn identity(
    db: &mut PgConnection,
    organization: Uuid,
    issuer: &str,
    subject: &str,
) -> Result<Option<IdentityRow>, sqlx::Error> {
    sqlx::query_as!(
        IdentityRow,
        "select id, user_id, issuer, subject, created_at, last_used_at from user_identities
          where organization_id = $1 and issuer = $2 and subject = $3",
        organization,
        issuer,
        subject
    )
    .fetch_optional(db)
    .await
}

/// Whether a person is known at an issuer.
pub(in super::super) async fn has_identity(
    db: &mut PgConnection,
    organization: Uuid,
    issuer: &str,
    user: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from user_identities where organization_id = $1 and issuer = $2 and user_id = $3) as "known!""#,
        organization,
        issuer,
        user
    )
    .fetch_one(db)
    .await
}

/// Inserts an identity; `false` when the subject is somebody already.
pub(in super::super) async fn insert_identity(
    db: &mut PgConnection,
    organization: Uuid,
    row: &IdentityRow,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into user_identities (organization_id, id, issuer, subject, user_id, created_at, last_used_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint user_identities_subject_key do nothing",
        organization,
        row.id,
        row.issuer,
        row.subject,
        row.user_id,
        row.created_at,
        row.last_used_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that an identity was used.
pub(in super::super) async fn identity_used(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update user_identities set last_used_at = $3 where organization_id = $1 and id = $2",
        organization,
        id,
        now
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Removes an identity of a person; what its issuer was.
pub(in super::super) async fn delete_identity(
    db: &mut PgConnection,
    organization: Uuid,
    user: Uuid,
    id: Uuid,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "delete from user_identities where organization_id = $1 and user_id = $2 and id = $3 returning issuer",
        organization,
        user,
        id
    )
    .fetch_optional(db)
    .await
}
