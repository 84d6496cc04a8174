//! The SQL of the queue.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::registry::Job;
use crate::app::AppState;

/// A claim that is not renewed for this long belongs to a dead process.
pub(super) const CLAIM: Duration = Duration::seconds(60);

/// Longest error text that is kept.
const ERROR_CHARS_MAX: usize = 2000;

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its kind, as registered.
    pub kind: &'static str,
    /// The organization it works for.
    pub organization: Option<OrganizationId>,
    /// What to do.
    pub payload: Value,
    /// Not before; `None`: now.
    pub run_at: Option<DateTime<Utc>>,
    /// Attempts before it is a dead letter.
    pub max_attempts: i32,
    /// A second job with the same key while one is waiting or running is the same job.
    pub dedup_key: Option<String>,
    /// Who asks.
    pub created_by: Option<Uuid>,
}

impl NewJob {
    /// A job that is tried 8 times.
    pub fn new(kind: &'static str, organization: Option<OrganizationId>, payload: Value) -> Self {
        Self {
            kind,
            organization,
            payload,
            run_at: None,
            max_attempts: 8,
            dedup_key: None,
            created_by: None,
        }
    }
}

/// Puts a job into the queue, in the caller's transaction. `false` when the same job was waiting already.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(
    tx: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    job: NewJob,
) -> Result<bool, sqlx::Error> {
    // Whoever listens hears of it when the transaction commits.
    let announced = sqlx::query!(
        "with queued as (
             insert into jobs (organization_id, id, kind, payload, max_attempts, run_at, dedup_key, created_by, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
             on conflict (kind, dedup_key) where dedup_key is not null and state in ('queued', 'running') do nothing
             returning id)
         select pg_notify('som_jobs', '') from queued",
        job.organization.map(|o| o.uuid()),
        id,
        job.kind,
        job.payload,
        job.max_attempts,
        job.run_at.unwrap_or(now),
        job.dedup_key,
        job.created_by,
        now,
    );
    Ok(announced.fetch_optional(tx).await?.is_some())
}

/// When the next job that waits is due.
pub(super) async fn next_due(
    state: &AppState,
    kinds: &[String],
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let mut tx = state.db().worker().await?;
    let due = sqlx::query_scalar!(
        "select run_at from jobs where state = 'queued' and kind = any ($1) order by run_at, id limit 1",
        kinds,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(due)
}

/// Claims the next job that is due.
pub(super) async fn claim(
    state: &AppState,
    kinds: &[String],
    worker: &str,
) -> Result<Option<Job>, sqlx::Error> {
    let now = state.clock().now();
    let mut tx = state.db().worker().await?;
    let row = sqlx::query!(
        r#"with next as (
               select id from jobs where state = 'queued' and run_at <= $1 and kind = any ($2)
               order by run_at, id limit 1 for update skip locked
           )
           update jobs set state = 'running', attempts = attempts + 1, locked_until = $3, locked_by = $4, updated_at = $1
           from next where jobs.id = next.id
           returning jobs.id, jobs.kind, jobs.organization_id, jobs.payload, jobs.attempts, jobs.created_by, jobs.created_at"#,
        now,
        kinds,
        now + CLAIM,
        worker,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Job {
        id: row.id,
        kind: row.kind,
        organization: row.organization_id.map(OrganizationId::from_uuid),
        payload: row.payload,
        attempt: row.attempts,
        created_by: row.created_by,
        created_at: row.created_at,
        stop: CancellationToken::new(),
        worker: worker.to_owned(),
    }))
}

/// Renews a claim; `false` when it was lost.
pub(super) async fn renew(state: &AppState, job: &Job) -> Result<bool, sqlx::Error> {
    let now = state.clock().now();
    let mut tx = state.db().worker().await?;
    let renewed = sqlx::query!(
        "update jobs set locked_until = $3, updated_at = $4 where id = $1 and locked_by = $2 and state = 'running'",
        job.id,
        job.worker,
        now + CLAIM,
        now,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(renewed.rows_affected() == 1)
}

/// Notes how far a job is.
pub(super) async fn progress(
    state: &AppState,
    job: &Job,
    done: i64,
    total: Option<i64>,
) -> Result<(), sqlx::Error> {
    let mut tx = state.db().worker().await?;
    sqlx::query!(
        "update jobs set progress_done = $3, progress_total = $4, updated_at = $5 where id = $1 and locked_by = $2 and state = 'running'",
        job.id,
        job.worker,
        done,
        total,
        state.clock().now(),
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// With a result.
    Done(Value),
    /// For good, without success.
    Failed(String),
    /// To be tried again at this time, or a dead letter when that was the last attempt.
    Again(String, DateTime<Utc>),
    /// Interrupted by a shutdown: the attempt does not count.
    Released,
}

/// Writes how an attempt ended; nothing when the claim was lost meanwhile.
pub(super) async fn settle(
    state: &AppState,
    job: &Job,
    outcome: &Outcome,
) -> Result<(), sqlx::Error> {
    let now = state.clock().now();
    let (ended, result, error, run_at, returned) = match outcome {
        Outcome::Done(result) => ("done", Some(result), None, now, 0),
        Outcome::Failed(error) => ("failed", None, Some(shortened(error)), now, 0),
        Outcome::Again(error, at) => ("queued", None, Some(shortened(error)), *at, 0),
        Outcome::Released => ("queued", None, None, now, 1),
    };
    let mut tx = state.db().worker().await?;
    sqlx::query!(
        "update jobs set
             state = case when $3 = 'queued' and $8 = 0 and attempts >= max_attempts then 'dead' else $3::text end,
             finished_at = case when $3 = 'queued' and ($8 = 1 or attempts < max_attempts) then null else $7::timestamptz end,
             attempts = attempts - $8::int, result = coalesce($4, result), last_error = coalesce($5, last_error), run_at = $6,
             locked_until = null, locked_by = null, updated_at = $7
         where id = $1 and locked_by = $2 and state = 'running'",
        job.id,
        job.worker,
        ended,
        result,
        error,
        run_at,
        now,
        returned,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Gives the jobs of dead processes back; those without an attempt left become dead letters. Returns how many.
pub(super) async fn rescue(state: &AppState) -> Result<u64, sqlx::Error> {
    let now = state.clock().now();
    let mut tx = state.db().worker().await?;
    let rescued = sqlx::query!(
        "update jobs set
             state = case when attempts >= max_attempts then 'dead' else 'queued' end,
             finished_at = case when attempts >= max_attempts then $1::timestamptz end,
             last_error = 'the process that ran it died', locked_until = null, locked_by = null, run_at = $1, updated_at = $1
         where state = 'running' and locked_until < $1",
        now,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rescued.rows_affected())
}

fn shortened(text: &str) -> String {
    text.chars().take(ERROR_CHARS_MAX).collect()
}
