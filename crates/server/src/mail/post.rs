//! Puts letters into the queue, in the caller's transaction.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::letter::Letter;
use crate::app::AppState;
use crate::config::MailTransport;
use crate::jobs::{NewJob, enqueue};
use crate::security::random;

/// A mail server may be away for hours: about half a day of attempts.
const ATTEMPTS: i32 = 20;

/// Posts a letter; `false` when the address got enough of its kind within the hour, or mail is off. The transaction must be in
/// the identity or the worker scope.
///
/// # Errors
/// When the database refuses.
pub async fn post(
    db: &mut PgConnection,
    state: &AppState,
    now: DateTime<Utc>,
    to: &str,
    letter: &Letter,
) -> Result<bool, sqlx::Error> {
    if state.config().mail.transport == MailTransport::Off {
        tracing::warn!(letter = letter.name(), "mail is off: a letter was not sent");
        return Ok(false);
    }
    let address = random::hash(&to.to_lowercase());
    if !takes(db, state, &address, letter, now).await? {
        tracing::warn!(target: "som::security", letter = letter.name(), "an address got enough mails within the hour");
        return Ok(false);
    }
    let mut job = NewJob::new(super::KIND, None, json!({ "to": to, "letter": letter }));
    job.max_attempts = ATTEMPTS;
    enqueue(db, state.ids().next(now), now, job).await
}

/// Counts the letter for its address unless it got enough.
async fn takes(
    db: &mut PgConnection,
    state: &AppState,
    address: &random::Hash,
    letter: &Letter,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let class = letter.class();
    // two at once must not both be the last one that fits
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 2))",
        address.as_slice()
    )
    .execute(&mut *db)
    .await?;
    let counted = sqlx::query!(
        "insert into mail_sends (id, address_hash, class, at)
         select $1, $2, $3, $4
          where (select count(*) from mail_sends where address_hash = $2 and class = $3 and at > $5) < $6",
        state.ids().next(now),
        address.as_slice(),
        class.as_str(),
        now,
        now - Duration::hours(1),
        class.hourly(),
    )
    .execute(db)
    .await?;
    Ok(counted.rows_affected() == 1)
}
