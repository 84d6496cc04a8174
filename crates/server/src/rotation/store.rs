//! The SQL of rotations.

use chrono::{DateTime, Utc};
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::part::{After, Batch};

/// Notes a configured key; whether it came in place of another one. In the worker's scope.
pub(super) async fn note_server_key(
    db: &mut PgConnection,
    purpose: &str,
    key_id: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with added as (insert into server_keys (purpose, key_id, first_seen_at) values ($1, $2, $3) on conflict do nothing returning 1)
           select (exists (select from added) and exists (select from server_keys where purpose = $1)) as "changed!""#,
        purpose,
        key_id,
        now,
    )
    .fetch_one(db)
    .await
}

/// A configured key that was seen.
#[derive(Debug)]
pub(super) struct SeenKey {
    pub purpose: String,
    pub key_id: String,
    pub first_seen_at: DateTime<Utc>,
}

/// The configured keys that were seen, the newest thousand; in the worker's scope.
pub(super) async fn server_keys(db: &mut PgConnection) -> Result<Vec<SeenKey>, sqlx::Error> {
    sqlx::query_as!(
        SeenKey,
        "select purpose, key_id, first_seen_at from server_keys order by first_seen_at desc limit 1000"
    )
    .fetch_all(db)
    .await
}

/// Every organization; in the worker's scope.
pub(super) async fn organizations(
    db: &mut PgConnection,
) -> Result<Vec<OrganizationId>, sqlx::Error> {
    let ids = sqlx::query_scalar!("select id from organizations order by id")
        .fetch_all(db)
        .await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// The versions a walk brings rows to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Versions {
    pub encryption: i32,
    pub index: i32,
}

/// How far a part is.
#[derive(Debug)]
pub(super) struct Walk {
    pub versions: Versions,
    pub begun_at: DateTime<Utc>,
    pub after: After,
    pub passed_over: i64,
    pub unreadable: i64,
    pub finished_at: Option<DateTime<Utc>>,
}

/// Takes a part's walk for this transaction; none while another process has it.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    part: &str,
    to: Versions,
    now: DateTime<Utc>,
) -> Result<Option<Walk>, sqlx::Error> {
    sqlx::query!(
        "insert into reseal_progress (organization_id, part, encryption_version, index_version, begun_at, after_id, after_version, updated_at)
         values ($1, $2, $3, $4, $5, $6, 0, $5) on conflict do nothing",
        organization,
        part,
        to.encryption,
        to.index,
        now,
        Uuid::nil(),
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query!(
        "select encryption_version, index_version, begun_at, after_id, after_version, passed_over, unreadable, finished_at from reseal_progress
          where organization_id = $1 and part = $2 for update skip locked",
        organization,
        part,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Walk {
        versions: Versions {
            encryption: row.encryption_version,
            index: row.index_version,
        },
        begun_at: row.begun_at,
        after: After {
            id: row.after_id,
            version: row.after_version,
        },
        passed_over: row.passed_over,
        unreadable: row.unreadable,
        finished_at: row.finished_at,
    }))
}

/// Begins a walk from the start.
pub(super) async fn restart(
    db: &mut PgConnection,
    organization: Uuid,
    part: &str,
    to: Versions,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update reseal_progress set encryption_version = $3, index_version = $4, begun_at = $5, after_id = $6, after_version = 0,
                seen = 0, resealed = 0, passed_over = 0, unreadable = 0, updated_at = $5, finished_at = null
          where organization_id = $1 and part = $2",
        organization,
        part,
        to.encryption,
        to.index,
        now,
        Uuid::nil(),
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Writes what a step did.
pub(super) async fn advance(
    db: &mut PgConnection,
    organization: Uuid,
    part: &str,
    batch: &Batch,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let last = batch.last.unwrap_or(After::START);
    sqlx::query!(
        "update reseal_progress set after_id = $3, after_version = $4, seen = seen + $5, resealed = resealed + $6, passed_over = passed_over + $7,
                unreadable = unreadable + $8, updated_at = $9
          where organization_id = $1 and part = $2",
        organization,
        part,
        last.id,
        last.version,
        batch.seen,
        batch.resealed,
        batch.passed_over,
        batch.unreadable,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// The walk is at its end, and nothing is left.
pub(super) async fn finish(
    db: &mut PgConnection,
    organization: Uuid,
    part: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update reseal_progress set finished_at = $3, updated_at = $3 where organization_id = $1 and part = $2",
        organization,
        part,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// A row of the progress, for people.
#[derive(Debug)]
pub(super) struct ProgressRow {
    pub part: String,
    pub encryption_version: i32,
    pub index_version: i32,
    pub begun_at: DateTime<Utc>,
    pub seen: i64,
    pub resealed: i64,
    pub passed_over: i64,
    pub unreadable: i64,
    pub finished_at: Option<DateTime<Utc>>,
}

impl ProgressRow {
    /// Whether a walk that began when older keys were due found everything as it should be.
    pub(super) fn is_proved(&self, to: Versions, due: Option<DateTime<Utc>>) -> bool {
        self.finished_at.is_some()
            && self.unreadable == 0
            && (self.encryption_version, self.index_version) == (to.encryption, to.index)
            && due.is_none_or(|due| self.begun_at >= due)
    }
}

/// How far the parts of an organization are.
pub(super) async fn progress(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<ProgressRow>, sqlx::Error> {
    sqlx::query_as!(
        ProgressRow,
        "select part, encryption_version, index_version, begun_at, seen, resealed, passed_over, unreadable, finished_at
           from reseal_progress where organization_id = $1 order by part limit 100",
        organization,
    )
    .fetch_all(db)
    .await
}

/// Whether answers are kept for replays that an older key sealed; they go within a day.
pub(super) async fn has_old_answers(
    db: &mut PgConnection,
    organization: Uuid,
    version: i32,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from idempotency_keys
             where organization_id = $1 and body <> '' and split_part(body, '|', 2) <> $2::int::text) as "there!""#,
        organization,
        version,
    )
    .fetch_one(db)
    .await
}

/// The name of an organization.
pub(super) async fn name(db: &mut PgConnection, organization: Uuid) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!("select name from organizations where id = $1", organization)
        .fetch_one(db)
        .await
}
