//! The SQL of the dashboard: capped counts over partial indexes, sums over day buckets and over the kept open value, never a scan of orders.

#![expect(
    clippy::disallowed_methods,
    reason = "all figures in one statement, lists as JSON documents"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::permission::RowScope;

/// Counts stop here; the interface shows "999+".
pub(super) const COUNT_MAX: i64 = 1000;

#[derive(Debug, FromRow)]
pub(super) struct Figures {
    pub(super) drafts: i64,
    pub(super) to_approve: i64,
    pub(super) on_hold: i64,
    pub(super) to_deliver: i64,
    pub(super) late: i64,
    pub(super) bookings_month: Decimal,
    pub(super) bookings_previous_month: Decimal,
    pub(super) orders_month: i64,
    pub(super) open_value: Decimal,
    pub(super) weeks: Option<Json<Vec<Week>>>,
    pub(super) top_customers: Option<Json<Vec<TopCustomer>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Week {
    pub(super) start: NaiveDate,
    pub(super) count: i64,
    pub(super) total: Decimal,
}

#[derive(Debug, Deserialize)]
pub(super) struct TopCustomer {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) total: Decimal,
}

/// The statement for rows in sight. A text of its own for each kind of scope: with `all or owner or team` in one text the planner could use no
/// index by owner, and read every order for somebody who has few.
macro_rules! figures {
    ($order:literal, $day:literal) => {
        concat!("
with day as (
    select d.day, d.confirmed_count - d.cancelled_count as orders, d.confirmed_total - d.cancelled_total as total
      from order_days d
     where d.organization_id = $1 and d.currency = $4::bpchar and d.day > $5::date - 92 and d.day <= $5 and ", $day, "
), latest as (
    select o.customer_id, o.customer_name, o.grand_total from orders o
     where o.organization_id = $1 and o.lifecycle in ('confirmed', 'completed', 'closed') and o.currency = $4::bpchar and ", $order, "
     order by o.created_at desc, o.id desc limit 1000
)
select
  (select count(*) from (select from orders o where o.organization_id = $1 and o.lifecycle = 'draft' and ", $order, " limit $6) x) as drafts,
  (select count(*) from (select from orders o where o.organization_id = $1 and o.lifecycle = 'pending_approval' and ", $order, " limit $6) x) as to_approve,
  (select count(*) from (select from orders o where o.organization_id = $1 and o.hold_count > 0 and ", $order, " limit $6) x) as on_hold,
  (select count(*) from (select from orders o where o.organization_id = $1 and o.lifecycle = 'confirmed' and o.fulfilment_status in ('unfulfilled', 'partial')
      and ", $order, " limit $6) x) as to_deliver,
  (select count(*) from (select from orders o where o.organization_id = $1 and o.lifecycle = 'confirmed' and o.fulfilment_status in ('unfulfilled', 'partial')
      and o.requested_date < $5 and ", $order, " limit $6) x) as late,
  (select coalesce(sum(total), 0) from day where day >= date_trunc('month', $5::date)) as bookings_month,
  (select coalesce(sum(total), 0) from day where day < date_trunc('month', $5::date) and day >= date_trunc('month', $5::date) - interval '1 month') as bookings_previous_month,
  (select coalesce(sum(orders), 0) from day where day >= date_trunc('month', $5::date)) as orders_month,
  (select coalesce(sum(d.amount), 0) from (
      select v.owner_id, v.team_id, v.total as amount from order_open_values v where v.organization_id = $1 and v.currency = $4::bpchar
      union all
      select c.owner_id, c.team_id, c.amount from order_open_changes c where c.organization_id = $1 and c.currency = $4::bpchar) d where ", $day, ") as open_value,
  (select json_agg(json_build_object('start', w.start, 'count', w.orders, 'total', w.total::text) order by w.start) from (
      select g.start::date as start, coalesce(sum(d.orders), 0)::bigint as orders, coalesce(sum(d.total), 0) as total
        from generate_series(date_trunc('week', $5::date) - interval '12 weeks', date_trunc('week', $5::date), interval '1 week') g (start)
        left join day d on d.day >= g.start and d.day < g.start + interval '1 week' group by g.start) w) as weeks,
  (select json_agg(json_build_object('id', t.customer_id, 'name', t.name, 'total', t.total::text) order by t.total desc) from (
      select customer_id, max(customer_name) as name, sum(grand_total) as total from latest group by customer_id order by total desc limit 5) t) as top_customers")
    };
}

const OF_ALL: &str = figures!("true", "true");
const OF_OWNER: &str = figures!("o.owner_id = $2", "d.owner_id = $2");
const OF_TEAM: &str = figures!(
    "(o.owner_id = $2 or o.team_id = $3)",
    "(d.owner_id = $2 or d.team_id = $3)"
);

pub(super) async fn figures(
    db: &mut PgConnection,
    organization: Uuid,
    scope: &RowScope,
    currency: &str,
    today: NaiveDate,
) -> Result<Figures, sqlx::Error> {
    let text = match (scope.all, scope.team) {
        (true, _) => OF_ALL,
        (false, None) => OF_OWNER,
        (false, Some(_)) => OF_TEAM,
    };
    sqlx::query_as(text)
        .bind(organization)
        .bind(scope.user.uuid())
        .bind(scope.team.map(|team| team.uuid()))
        .bind(currency)
        .bind(today)
        .bind(COUNT_MAX)
        .fetch_one(db)
        .await
}
