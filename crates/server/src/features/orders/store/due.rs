//! Orders to which time has done something.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Offers whose last day is before `today`.
pub async fn offers(
    db: &mut PgConnection,
    organization: Uuid,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from orders where organization_id = $1 and lifecycle in ('draft', 'pending_approval') and valid_until < $2
          order by valid_until, id limit $3",
        organization,
        today,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Orders that count a hold which has ended by itself.
pub async fn holds(
    db: &mut PgConnection,
    organization: Uuid,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select o.id from orders o
          where o.organization_id = $1 and o.hold_count > (
                select count(*) from order_holds h
                 where h.organization_id = o.organization_id and h.order_id = o.id and h.released_at is null and (h.expires_at is null or h.expires_at > $2))
            and o.hold_count > 0
          order by o.created_at, o.id limit $3",
        organization,
        now,
        limit,
    )
    .fetch_all(db)
    .await
}
