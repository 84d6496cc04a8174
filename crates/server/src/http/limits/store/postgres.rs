//! Counting in PostgreSQL, for several instances without Redis: one row per policy and key.

use std::time::Duration;

use anyhow::Context as _;

use super::super::window::Outcome;
use super::super::{Key, Policy};
use super::breaker::Breaker;
use crate::db::{Db, SystemScope};

/// No request waits longer for a count.
const PATIENCE: Duration = Duration::from_secs(1);

/// The database, by its small pool.
#[derive(Debug)]
pub(super) struct Postgres {
    db: Db,
    breaker: Breaker,
}

impl Postgres {
    /// Counts in this database.
    pub(super) fn new(db: Db) -> Self {
        Self {
            db,
            breaker: Breaker::new(),
        }
    }

    /// Counts a hit.
    pub(super) async fn hit(&self, policy: &Policy, key: Key) -> anyhow::Result<Outcome> {
        let counted = async { self.count(policy, key).await.context("the database") };
        self.breaker.ask(PATIENCE, counted).await
    }

    /// The window of `window.rs`, by the clock of the database.
    async fn count(&self, policy: &Policy, key: Key) -> Result<Outcome, sqlx::Error> {
        let mut tx = self.db.system(SystemScope::Identity).await?;
        let row = sqlx::query!(
            r#"insert into rate_limit_windows as w (policy, key, events, let_in, ends_at)
               values ($1, $2, array[(extract(epoch from clock_timestamp()) * 1000)::bigint], true, clock_timestamp() + $3::bigint * interval '1 ms')
               on conflict (policy, key) do update set (events, let_in, ends_at) =
                   (select case when cardinality(kept.events) < $4 then kept.events || at.ms else kept.events end,
                           cardinality(kept.events) < $4,
                           greatest(w.ends_at, excluded.ends_at)
                      from (select greatest(excluded.events[1], w.events[cardinality(w.events)]) as ms) at,
                           lateral (select array(select e from unnest(w.events) e where e > at.ms - $3::bigint order by e) as events) kept)
               returning let_in, cardinality(events) as "used!",
                         (coalesce(events[1], 0) + $3::bigint - (extract(epoch from clock_timestamp()) * 1000)::bigint)::bigint as "reset_ms!""#,
            policy.name,
            key.to_string(),
            policy.window_ms(),
            i32::try_from(policy.quota).unwrap_or(i32::MAX),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let used = u32::try_from(row.used).unwrap_or(0);
        Ok(Outcome {
            allowed: row.let_in,
            remaining: policy.quota.saturating_sub(used),
            reset_ms: row.reset_ms.max(1),
        })
    }
}
