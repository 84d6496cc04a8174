//! Counting without scanning: capped, time-boxed, or by the planner's estimate.

#![expect(
    clippy::disallowed_methods,
    reason = "lists are put together from fixed parts, values are bound"
)]

use serde::Serialize;
use sqlx::{Acquire, PgConnection, Postgres, QueryBuilder};
use utoipa::ToSchema;

use super::page::Source;
use super::query::{Count, ListQuery};

type Qb = QueryBuilder<Postgres>;

/// Rows counted exactly at most.
pub const COUNT_MAX: i64 = 10_000;
/// Below this an estimate is counted after all.
const ESTIMATE_MIN: i64 = 1_000;
/// Longest time a count may take.
const COUNT_TIME: &str = "set local statement_timeout = '1s'";

/// How a count relates to the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Exact.
    Eq,
    /// At least this many.
    Gte,
    /// An estimate.
    Approx,
}

/// The number of rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// Rows.
    pub value: i64,
    /// Exact, at least, or about.
    pub relation: Relation,
}

impl ListQuery {
    pub(super) async fn fetch_count(
        &self,
        db: &mut PgConnection,
        source: &Source<'_>,
    ) -> Result<Counted, sqlx::Error> {
        if self.count == Count::Estimate {
            let rows = self.estimate(db, source).await?;
            return if rows < ESTIMATE_MIN {
                self.exact(db, source, rows).await
            } else {
                Ok(Counted {
                    value: rows,
                    relation: Relation::Approx,
                })
            };
        }
        self.exact(db, source, 0).await
    }

    /// Counts in a savepoint, so that giving up leaves the transaction usable; then at least the page itself is known.
    async fn exact(
        &self,
        db: &mut PgConnection,
        source: &Source<'_>,
        fallback: i64,
    ) -> Result<Counted, sqlx::Error> {
        let mut savepoint = db.begin().await?;
        sqlx::query(COUNT_TIME).execute(&mut *savepoint).await?;
        let mut qb = Qb::new("select count(*) from (select from ");
        self.push_rows(source, &mut qb);
        qb.push(" limit ")
            .push_bind(COUNT_MAX + 1)
            .push(") counted");
        let counted = qb
            .build_query_scalar::<i64>()
            .fetch_one(&mut *savepoint)
            .await;
        savepoint.rollback().await?;
        match counted {
            Ok(value) if value > COUNT_MAX => Ok(Counted {
                value: COUNT_MAX,
                relation: Relation::Gte,
            }),
            Ok(value) => Ok(Counted {
                value,
                relation: Relation::Eq,
            }),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("57014") => {
                let value = if fallback > 0 {
                    fallback
                } else {
                    self.estimate(db, source).await?
                };
                Ok(Counted {
                    value,
                    relation: Relation::Approx,
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn estimate(
        &self,
        db: &mut PgConnection,
        source: &Source<'_>,
    ) -> Result<i64, sqlx::Error> {
        let mut qb = Qb::new("explain (format json) select from ");
        self.push_rows(source, &mut qb);
        let plan: serde_json::Value = qb
            .build_query_scalar()
            .persistent(false)
            .fetch_one(db)
            .await?;
        Ok(plan
            .pointer("/0/Plan/Plan Rows")
            .and_then(serde_json::Value::as_f64)
            .map_or(0, |rows| rows as i64))
    }

    fn push_rows(&self, source: &Source<'_>, qb: &mut Qb) {
        qb.push(source.from).push(" where ");
        (source.scope)(qb);
        self.push_filters(qb);
    }
}
