//! SQL of browsers that signed in before.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes that a person signs in from a browser; whether it is another one than those before.
pub(in super::super) async fn meet_device(
    db: &mut PgConnection,
    user: Uuid,
    hash: &[u8],
    user_agent: &str,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with before as (
               select exists(select from known_devices where user_id = $1) as any
           ), met as (
               insert into known_devices (token_hash, user_id, user_agent, created_at, last_seen_at) values ($2, $1, $3, $4, $4)
               on conflict (token_hash) do update set last_seen_at = excluded.last_seen_at, user_agent = excluded.user_agent
               returning created_at = last_seen_at and xmax = 0 as fresh
           )
           select met.fresh and before.any as "other!" from met, before"#,
        user,
        hash,
        user_agent,
        now
    )
    .fetch_one(db)
    .await
}

/// Whether somebody signed in from a browser before.
pub(in super::super) async fn knows_device(
    db: &mut PgConnection,
    hash: &[u8],
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from known_devices where token_hash = $1) as "knows!""#,
        hash
    )
    .fetch_one(db)
    .await
}
