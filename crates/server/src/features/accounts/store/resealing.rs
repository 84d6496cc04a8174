//! What links carry sealed with the key in use, a batch at a time.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::app::AppState;
use crate::db::SystemTx;
use crate::rotation::{People, PeopleBatch};
use crate::security::seal::Place;

/// For the job.
pub(in crate::features::accounts) const PEOPLE: People = People { step, outdated };

fn step<'a>(
    state: &'a AppState,
    db: &'a mut SystemTx,
    after: Uuid,
    limit: i64,
) -> BoxFuture<'a, Result<PeopleBatch, sqlx::Error>> {
    Box::pin(async move {
        let key = state.auth().person_key();
        let rows = sqlx::query!(
            "select id, payload from one_time_tokens
              where id > $1 and used_at is null and expires_at > $4 and split_part(payload ->> '$sealed', '|', 2) <> $2
              order by id limit $3 for update skip locked",
            after,
            key.current_id(),
            limit,
            state.clock().now(),
        )
        .fetch_all(&mut **db)
        .await?;
        let mut batch = PeopleBatch {
            last: rows.last().map(|row| row.id),
            ..PeopleBatch::default()
        };
        for row in rows {
            let place = Place::new("one_time_tokens", "payload", row.id);
            let Ok(fresh) = key.fresh_whole(place, row.payload) else {
                tracing::error!(link = %row.id, "what a link carries does not open");
                batch.unreadable += 1;
                continue;
            };
            sqlx::query!(
                "update one_time_tokens set payload = coalesce($2, payload) where id = $1",
                row.id,
                fresh,
            )
            .execute(&mut **db)
            .await?;
            batch.resealed += 1;
        }
        Ok(batch)
    })
}

fn outdated<'a>(
    state: &'a AppState,
    db: &'a mut SystemTx,
) -> BoxFuture<'a, Result<i64, sqlx::Error>> {
    Box::pin(async move {
        let key = state.auth().person_key();
        sqlx::query_scalar!(
            r#"select count(*) as "count!" from one_time_tokens
                where used_at is null and expires_at > $2 and split_part(payload ->> '$sealed', '|', 2) <> $1"#,
            key.current_id(),
            state.clock().now(),
        )
        .fetch_one(&mut **db)
        .await
    })
}
