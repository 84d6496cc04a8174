//! The hourly clean-up: what expired or was finished long ago is deleted in small batches.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::registry::{Job, JobKind, JobResult};
use crate::app::AppState;

/// Name of the kind.
const KIND: &str = "cleanup";

/// Rows per transaction: locks stay short.
const BATCH: i64 = 2000;

/// Sessions that ended, jobs that finished, events that were processed: kept this long for questions.
const KEPT: Duration = Duration::days(30);
/// Dead letters wait longer for somebody to look at them.
const DEAD_KEPT: Duration = Duration::days(90);
/// A browser that was away for longer is a new one.
const DEVICES_KEPT: Duration = Duration::days(365);

pub(super) fn kind() -> JobKind {
    JobKind::new(KIND, run).hourly()
}

async fn run(state: AppState, job: Job) -> JobResult {
    let mut counts = serde_json::Map::new();
    for table in TABLES {
        let mut deleted = 0;
        while !job.stop.is_cancelled() {
            let mut tx = state.db().worker().await?;
            let rows = table.delete(&mut tx, state.clock().now()).await?;
            tx.commit().await?;
            deleted += rows;
            if i64::try_from(rows).unwrap_or(i64::MAX) < BATCH {
                break;
            }
        }
        counts.insert(table.name().to_owned(), json!(deleted));
    }
    Ok(counts.into())
}

/// What is cleaned.
#[derive(Debug, Clone, Copy)]
enum Table {
    IdempotencyKeys,
    /// Refresh tokens go with their session and not before: a replay must be recognised as long as it lives.
    Sessions,
    OneTimeTokens,
    Jobs,
    OutboxEvents,
    MailSends,
    KnownDevices,
    RateLimitWindows,
    SignInChallenges,
    PasskeyCeremonies,
    Invitations,
    ProofsOfWork,
    SsoJourneys,
}

const TABLES: [Table; 13] = [
    Table::IdempotencyKeys,
    Table::Sessions,
    Table::OneTimeTokens,
    Table::Jobs,
    Table::OutboxEvents,
    Table::MailSends,
    Table::KnownDevices,
    Table::RateLimitWindows,
    Table::SignInChallenges,
    Table::PasskeyCeremonies,
    Table::Invitations,
    Table::ProofsOfWork,
    Table::SsoJourneys,
];

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::IdempotencyKeys => "idempotency_keys",
            Self::Sessions => "sessions",
            Self::OneTimeTokens => "one_time_tokens",
            Self::Jobs => "jobs",
            Self::OutboxEvents => "outbox_events",
            Self::MailSends => "mail_sends",
            Self::RateLimitWindows => "rate_limit_windows",
            Self::SignInChallenges => "sign_in_challenges",
            Self::PasskeyCeremonies => "passkey_ceremonies",
            Self::SsoJourneys => "sso_journeys",
            Self::KnownDevices => "known_devices",
            Self::Invitations => "invitations",
            Self::ProofsOfWork => "proofs_of_work",
        }
    }

    /// Deletes one batch.
    #[expect(clippy::too_many_lines, reason = "one statement a table")]
    async fn delete(self, tx: &mut PgConnection, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
        let before = now - KEPT;
        let query = match self {
            Self::IdempotencyKeys => {
                sqlx::query!(
                    "delete from idempotency_keys where ctid in (select ctid from idempotency_keys where expires_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::Sessions => {
                sqlx::query!(
                    "delete from sessions where ctid in (select ctid from sessions where coalesce(ended_at, expires_at) < $1 limit $2)",
                    before,
                    BATCH,
                )
            }
            Self::OneTimeTokens => {
                sqlx::query!(
                    "delete from one_time_tokens where ctid in (select ctid from one_time_tokens where expires_at < $1 limit $2)",
                    before,
                    BATCH,
                )
            }
            Self::Jobs => {
                sqlx::query!(
                    "delete from jobs where ctid in (select ctid from jobs where (state in ('done', 'failed', 'cancelled') and finished_at < $1)
                         or (state = 'dead' and finished_at < $2) limit $3)",
                    before,
                    now - DEAD_KEPT,
                    BATCH,
                )
            }
            Self::OutboxEvents => {
                sqlx::query!(
                    "delete from outbox_events where ctid in (select ctid from outbox_events where processed_at < $1 limit $2)",
                    before,
                    BATCH,
                )
            }
            Self::MailSends => {
                sqlx::query!(
                    "delete from mail_sends where ctid in (select ctid from mail_sends where at < $1 limit $2)",
                    now - Duration::days(1),
                    BATCH,
                )
            }
            Self::RateLimitWindows => {
                sqlx::query!(
                    "delete from rate_limit_windows where ctid in (select ctid from rate_limit_windows where ends_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::SignInChallenges => {
                sqlx::query!(
                    "delete from sign_in_challenges where ctid in (select ctid from sign_in_challenges where expires_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::PasskeyCeremonies => {
                sqlx::query!(
                    "delete from passkey_ceremonies where ctid in (select ctid from passkey_ceremonies where expires_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::Invitations => {
                sqlx::query!(
                    "delete from invitations where ctid in (select ctid from invitations where least(expires_at, case when state <> 'open' then updated_at end) < $1 limit $2)",
                    before,
                    BATCH,
                )
            }
            Self::ProofsOfWork => {
                sqlx::query!(
                    "delete from proofs_of_work where ctid in (select ctid from proofs_of_work where expires_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::SsoJourneys => {
                sqlx::query!(
                    "delete from sso_journeys where ctid in (select ctid from sso_journeys where expires_at < $1 limit $2)",
                    now,
                    BATCH,
                )
            }
            Self::KnownDevices => {
                sqlx::query!(
                    "delete from known_devices where ctid in (select ctid from known_devices where last_seen_at < $1 limit $2)",
                    now - DEVICES_KEPT,
                    BATCH,
                )
            }
        };
        Ok(query.execute(tx).await?.rows_affected())
    }
}
