//! Day buckets of confirmed and cancelled orders: what the dashboard reads instead of scanning orders.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::outbox::OutboxEvent;

/// What an order event carries for this consumer; it may carry more.
#[derive(Debug, Deserialize)]
struct OrderFigures {
    day: NaiveDate,
    owner_id: Option<String>,
    team_id: Option<String>,
    currency: String,
    total: Decimal,
}

type Bucket = (NaiveDate, Uuid, Uuid, String);

#[derive(Debug, Default)]
struct Sums {
    confirmed: (i32, Decimal),
    cancelled: (i32, Decimal),
}

/// Adds a batch of events to the buckets; returns how many could not be read.
pub(super) async fn apply(
    tx: &mut PgConnection,
    organization: OrganizationId,
    events: &[OutboxEvent],
) -> Result<usize, sqlx::Error> {
    let (buckets, unreadable) = sum(events);
    if buckets.is_empty() {
        return Ok(unreadable);
    }
    // A map yields its keys in order: processes that add to the same rows lock them in the same order.
    let mut columns = Columns::default();
    for ((day, owner, team, currency), sums) in buckets {
        columns.days.push(day);
        columns.owners.push(owner);
        columns.teams.push(team);
        columns.currencies.push(currency);
        columns.confirmed_counts.push(sums.confirmed.0);
        columns.confirmed_totals.push(sums.confirmed.1);
        columns.cancelled_counts.push(sums.cancelled.0);
        columns.cancelled_totals.push(sums.cancelled.1);
    }
    sqlx::query!(
        "insert into order_days as d (organization_id, day, owner_id, team_id, currency,
             confirmed_count, confirmed_total, cancelled_count, cancelled_total)
         select $1, * from unnest($2::date[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::numeric[], $8::int[], $9::numeric[])
         on conflict (organization_id, day, owner_id, team_id, currency) do update set
             confirmed_count = d.confirmed_count + excluded.confirmed_count,
             confirmed_total = d.confirmed_total + excluded.confirmed_total,
             cancelled_count = d.cancelled_count + excluded.cancelled_count,
             cancelled_total = d.cancelled_total + excluded.cancelled_total",
        organization.uuid(),
        &columns.days,
        &columns.owners,
        &columns.teams,
        &columns.currencies,
        &columns.confirmed_counts,
        &columns.confirmed_totals,
        &columns.cancelled_counts,
        &columns.cancelled_totals,
    )
    .execute(tx)
    .await?;
    Ok(unreadable)
}

#[derive(Debug, Default)]
struct Columns {
    days: Vec<NaiveDate>,
    owners: Vec<Uuid>,
    teams: Vec<Uuid>,
    currencies: Vec<String>,
    confirmed_counts: Vec<i32>,
    confirmed_totals: Vec<Decimal>,
    cancelled_counts: Vec<i32>,
    cancelled_totals: Vec<Decimal>,
}

fn sum(events: &[OutboxEvent]) -> (BTreeMap<Bucket, Sums>, usize) {
    let mut buckets: BTreeMap<Bucket, Sums> = BTreeMap::new();
    let mut unreadable = 0;
    for event in events {
        let confirmed = match event.kind.as_str() {
            "order.confirmed" => true,
            "order.cancelled" => false,
            _ => continue,
        };
        // A draft that is cancelled was never counted and carries no day.
        if !confirmed
            && event
                .payload
                .get("day")
                .is_none_or(serde_json::Value::is_null)
        {
            continue;
        }
        let Some((bucket, total)) = read(event) else {
            tracing::error!(
                seq = event.seq,
                kind = event.kind,
                "an event's payload cannot be read"
            );
            unreadable += 1;
            continue;
        };
        let sums = buckets.entry(bucket).or_default();
        let side = if confirmed {
            &mut sums.confirmed
        } else {
            &mut sums.cancelled
        };
        side.0 += 1;
        side.1 += total;
    }
    (buckets, unreadable)
}

fn read(event: &OutboxEvent) -> Option<(Bucket, Decimal)> {
    let figures: OrderFigures = serde_json::from_value(event.payload.clone()).ok()?;
    let fits =
        figures.currency.len() == 3 && figures.currency.bytes().all(|b| b.is_ascii_uppercase());
    let owner = id(figures.owner_id.as_deref())?;
    let team = id(figures.team_id.as_deref())?;
    fits.then_some(((figures.day, owner, team, figures.currency), figures.total))
}

/// A UUID, or a prefixed id (`usr_…`); nobody is the nil UUID.
fn id(text: Option<&str>) -> Option<Uuid> {
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Some(Uuid::nil());
    };
    Uuid::parse_str(text)
        .ok()
        .or_else(|| {
            text.parse::<som_domain::ids::UserId>()
                .ok()
                .map(|id| id.uuid())
        })
        .or_else(|| {
            text.parse::<som_domain::ids::TeamId>()
                .ok()
                .map(|id| id.uuid())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, payload: serde_json::Value) -> OutboxEvent {
        OutboxEvent {
            seq: 1,
            kind: kind.into(),
            payload,
        }
    }

    #[test]
    fn events_add_up_by_bucket() {
        let owner = Uuid::from_u128(5);
        let order = |total: &str, currency: &str| json!({"day": "2026-03-01", "owner_id": owner, "team_id": null, "currency": currency, "total": total, "more": 1});
        let (buckets, unreadable) = sum(&[
            event("order.confirmed", order("10.50", "EUR")),
            event("order.confirmed", order("0.50", "EUR")),
            event("order.confirmed", order("7", "USD")),
            event("order.cancelled", order("0.50", "EUR")),
            event("order.cancelled", json!({"day": null})),
            event("order.updated", json!({})),
            event("order.confirmed", json!({"day": "soon"})),
            event("order.confirmed", order("1", "euro")),
        ]);
        assert_eq!(unreadable, 2);
        assert_eq!(buckets.len(), 2);
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let eur = &buckets[&(day, owner, Uuid::nil(), "EUR".to_owned())];
        assert_eq!(eur.confirmed, (2, "11.00".parse().unwrap()));
        assert_eq!(eur.cancelled, (1, "0.50".parse().unwrap()));
    }
}
