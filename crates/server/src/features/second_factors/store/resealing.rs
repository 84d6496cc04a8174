//! Secrets of authenticator apps sealed with the present key, a batch at a time.

use futures_util::future::BoxFuture;
use som_domain::ids::UserId;
use uuid::Uuid;

use crate::app::AppState;
use crate::db::SystemTx;
use crate::rotation::{People, PeopleBatch};
use crate::security::person_key::PersonKey;
use crate::security::seal::SealError;

/// For the job.
pub(in crate::features::second_factors) const PEOPLE: People = People { step, outdated };

fn step<'a>(
    state: &'a AppState,
    db: &'a mut SystemTx,
    after: Uuid,
    limit: i64,
) -> BoxFuture<'a, Result<PeopleBatch, sqlx::Error>> {
    Box::pin(async move {
        let key = state.auth().person_key();
        let rows = sqlx::query!(
            "select user_id, secret, pending_secret from authenticators
              where user_id > $1 and (split_part(secret, '|', 2) <> $2 or split_part(pending_secret, '|', 2) <> $2)
              order by user_id limit $3 for update skip locked",
            after,
            key.current_id(),
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let mut batch = PeopleBatch {
            last: rows.last().map(|row| row.user_id),
            ..PeopleBatch::default()
        };
        for row in rows {
            let fresh = |stored| fresh(&key, row.user_id, stored);
            let (Ok(secret), Ok(pending)) = (fresh(row.secret), fresh(row.pending_secret)) else {
                tracing::error!(person = %row.user_id, "the secret of an authenticator app does not open");
                batch.unreadable += 1;
                continue;
            };
            sqlx::query!(
                "update authenticators set secret = $2, pending_secret = $3 where user_id = $1",
                row.user_id,
                secret,
                pending,
            )
            .execute(&mut **db)
            .await?;
            batch.resealed += 1;
        }
        Ok(batch)
    })
}

fn fresh(
    key: &PersonKey,
    person: Uuid,
    stored: Option<String>,
) -> Result<Option<String>, SealError> {
    let Some(stored) = stored else {
        return Ok(None);
    };
    let opened = key.open(UserId::from_uuid(person), &stored)?;
    if opened.outdated {
        return key
            .seal(UserId::from_uuid(person), &opened.secret)
            .map(Some);
    }
    Ok(Some(stored))
}

fn outdated<'a>(
    state: &'a AppState,
    db: &'a mut SystemTx,
) -> BoxFuture<'a, Result<i64, sqlx::Error>> {
    Box::pin(async move {
        let key = state.auth().person_key();
        sqlx::query_scalar!(
            r#"select count(*) as "count!" from authenticators where split_part(secret, '|', 2) <> $1 or split_part(pending_secret, '|', 2) <> $1"#,
            key.current_id(),
        )
        .fetch_one(&mut **db)
        .await
    })
}
