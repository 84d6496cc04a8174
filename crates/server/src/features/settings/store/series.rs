//! The SQL of number series and their counters.

use std::collections::BTreeMap;

use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `number_series` with its counters: the next number by year, `0` for a template without one.
#[derive(Debug, Clone, FromRow)]
pub struct SeriesRow {
    pub id: Uuid,
    pub document_type: String,
    pub template: String,
    pub counters: Json<BTreeMap<String, i64>>,
    pub version: i32,
}

/// The columns of [`SeriesRow`] from [`FROM`].
pub const COLUMNS: &str = "s.id, s.document_type, s.template, \
     (select coalesce(jsonb_object_agg(c.period, c.next_no), '{}') from number_series_counters c \
       where c.organization_id = s.organization_id and c.series_id = s.id) as counters, s.version";

/// Where they come from.
pub const FROM: &str = "number_series s";

pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<SeriesRow>, sqlx::Error> {
    sqlx::query_as!(
        SeriesRow,
        r#"select s.id, s.document_type, s.template,
                  (select coalesce(jsonb_object_agg(c.period, c.next_no), '{}') from number_series_counters c
                    where c.organization_id = s.organization_id and c.series_id = s.id) as "counters!: Json<BTreeMap<String, i64>>",
                  s.version
             from number_series s where s.organization_id = $1 and s.id = $2"#,
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

/// Locks a series and its counters for a change.
pub async fn lock(db: &mut PgConnection, organization: Uuid, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select id from number_series where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(&mut *db)
    .await?;
    sqlx::query!(
        "select period from number_series_counters where organization_id = $1 and series_id = $2 order by period for update",
        organization,
        id
    )
    .fetch_all(db)
    .await
    .map(|_| ())
}

pub async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &SeriesRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update number_series set template = $3, version = $4 where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.template,
        row.version,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Lets a counter begin with a number, unless it is further already.
pub async fn raise(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    period: i32,
    next: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into number_series_counters as c (organization_id, series_id, period, next_no) values ($1, $2, $3, $4)
         on conflict (organization_id, series_id, period) do update set next_no = greatest(c.next_no, excluded.next_no)",
        organization,
        id,
        period,
        next,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Whether an order has this number.
pub async fn is_taken(
    db: &mut PgConnection,
    organization: Uuid,
    number: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from orders where organization_id = $1 and number = $2) as "taken!""#,
        organization,
        number
    )
    .fetch_one(db)
    .await
}
