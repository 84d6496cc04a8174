//! A mass of orders, so that lists and searches can be tried at the size of a real company.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Utc, Weekday};
use serde_json::json;
use som_domain::ids::{OrganizationId, UserId};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use crate::app::AppState;
use crate::caller::{Caller, Organization};
use crate::dates::business_date;
use crate::features::orders::service::snapshot;
use crate::features::seed::store::scale::{self as store, Frame, Words};
use crate::http::{ApiError, ApiResult};
use crate::jobs::{self, NewJob};

/// The kind of job that adds orders in the background.
pub const SCALE_JOB: &str = "seed_scale";
/// Orders of one transaction.
const BATCH: usize = 2_000;
const CUSTOMERS_MAX: u64 = 100_000;
/// As many as their SKUs have places for.
const PRODUCTS_MAX: u64 = 99_999;
/// Customers or products of one transaction.
const MASTER_BATCH: i64 = 10_000;
/// Orders go back this far, more and more of them towards today.
const DAYS: u64 = 730;

const FIRST: [&str; 24] = [
    "Amber", "Brass", "Cedar", "Dapple", "Ember", "Fennel", "Garnet", "Hazel", "Indigo", "Jasmine",
    "Kestrel", "Larch", "Maple", "Nettle", "Ochre", "Poppy", "Quartz", "Russet", "Saffron",
    "Thistle", "Umber", "Violet", "Willow", "Yarrow",
];
const TRADES: [&str; 12] = [
    "Joinery",
    "Bakery",
    "Bicycles",
    "Workshops",
    "Gardens",
    "Kitchens",
    "Boats",
    "Lamps",
    "Toys",
    "Roofing",
    "Instruments",
    "Printing",
];
const THINGS: [&str; 14] = [
    "bracket", "hinge", "valve", "bearing", "gasket", "pulley", "clamp", "coupling", "filter",
    "handle", "sensor", "cable", "washer", "spring",
];
const CITIES: [(&str, &str); 9] = [
    ("Northbridge", "10011"),
    ("Eastwater", "20022"),
    ("Southfield", "30033"),
    ("Westhaven", "40044"),
    ("Millbrook", "50055"),
    ("Stonegate", "60066"),
    ("Riverton", "70077"),
    ("Lakeside", "80088"),
    ("Hillcrest", "90099"),
];
const STREETS: [&str; 5] = [
    "Example Street",
    "Sample Lane",
    "Pattern Road",
    "Model Avenue",
    "Template Way",
];

/// Is told how many orders of how many are made.
pub type Told<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What to make.
#[derive(Debug)]
pub struct Scale {
    /// How many orders to add.
    pub orders: u64,
    /// Ends the work after the batch under way.
    pub stop: CancellationToken,
}

/// Adds orders with their customers and products. Returns how many were made: fewer when it was stopped.
pub async fn scale(
    state: &AppState,
    caller: &Caller,
    scale: &Scale,
    told: Told<'_>,
) -> ApiResult<u64> {
    let organization = caller.organization.id;
    let now = state.clock().now();
    let mut tx = state.db().tenant(organization).await?;
    let frame = frame(&mut tx, &caller.organization, scale.orders, now).await?;
    let since = now - Duration::days(i64::try_from(DAYS).unwrap_or(0) + 30);
    let mut done =
        u64::try_from(store::count_orders(&mut tx, frame.organization).await?).unwrap_or(0);
    tx.commit().await?;
    for (from, to) in batches(frame.products) {
        let mut tx = state.db().tenant(organization).await?;
        store::products(&mut tx, &frame, from, to, since).await?;
        tx.commit().await?;
    }
    for (from, to) in batches(frame.customers) {
        let mut tx = state.db().tenant(organization).await?;
        store::customers(&mut tx, &frame, from, to, since).await?;
        tx.commit().await?;
    }
    let mut made = 0;
    let mut batch = Batch::default();
    let days = calendar(frame.today, scale.orders);
    let last = days.len().saturating_sub(1);
    for (place, (day, count)) in days.into_iter().enumerate() {
        batch.numbers.extend(
            state
                .numbers()
                .next_orders(state.db(), organization, day, count)
                .await?,
        );
        batch.days.extend(std::iter::repeat_n(day, count));
        if batch.days.len() < BATCH && place < last {
            continue;
        }
        for (numbers, days) in batch.numbers.chunks(BATCH).zip(batch.days.chunks(BATCH)) {
            if scale.stop.is_cancelled() {
                return Ok(made);
            }
            let mut tx = state.db().tenant(organization).await?;
            let first = i64::try_from(done).unwrap_or(i64::MAX);
            let orders = store::orders(&mut tx, &frame, numbers, days, first).await?;
            snapshot::keep_many(&mut tx, frame.organization, &orders).await?;
            tx.commit().await?;
            let count = u64::try_from(orders.len()).unwrap_or(0);
            done += count;
            made += count;
            told(made, scale.orders);
        }
        batch = Batch::default();
    }
    Ok(made)
}

/// Numbers 1 to `count`, in parts of a transaction each.
fn batches(count: i64) -> impl Iterator<Item = (i64, i64)> {
    let step = usize::try_from(MASTER_BATCH).unwrap_or(usize::MAX);
    let part = move |from| (from, count.min(from + MASTER_BATCH - 1));
    (1..=count).step_by(step).map(part)
}

#[derive(Debug, Default)]
struct Batch {
    numbers: Vec<String>,
    days: Vec<NaiveDate>,
}

/// How many orders each day has, oldest first: growing, few at weekends.
fn calendar(today: NaiveDate, orders: u64) -> Vec<(NaiveDate, usize)> {
    let weight = |place: u64, day: NaiveDate| {
        let growth = DAYS + 2 * place;
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            growth / 8
        } else {
            growth
        }
    };
    let days: Vec<(NaiveDate, u64)> = (0..DAYS)
        .map(|place| {
            let day = today - Days::new(DAYS - 1 - place);
            (day, weight(place, day))
        })
        .collect();
    let total: u128 = days.iter().map(|(_, weight)| u128::from(*weight)).sum();
    let (mut sum, mut given) = (0_u128, 0_u128);
    let mut calendar = Vec::with_capacity(days.len());
    for (day, weight) in days {
        sum += u128::from(weight);
        let upto = u128::from(orders) * sum / total.max(1);
        calendar.push((day, usize::try_from(upto - given).unwrap_or(0)));
        given = upto;
    }
    calendar
}

async fn frame(
    db: &mut PgConnection,
    organization: &Organization,
    orders: u64,
    now: DateTime<Utc>,
) -> ApiResult<Frame> {
    let id = organization.id.uuid();
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Frame {
        organization: id,
        country: organization.country.clone(),
        currency: organization.currency.code().to_owned(),
        exponent: i32::try_from(organization.currency.exponent()).unwrap_or(2),
        zone: organization.time_zone.clone(),
        now,
        today: business_date(now, &organization.time_zone),
        customers: signed((orders / 10).clamp(10, CUSTOMERS_MAX)),
        products: signed((orders / 10).clamp(50, PRODUCTS_MAX)),
        tax: store::home_tax(db, id, &organization.country).await?,
        words: words(&organization.country)?,
    })
}

fn words(country: &str) -> ApiResult<Words> {
    let texts = |from: &[&str]| {
        from.iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let mut words = Words {
        first: texts(&FIRST),
        trades: texts(&TRADES),
        things: texts(&THINGS),
        cities: Vec::new(),
        postal_codes: Vec::new(),
        lines: Vec::new(),
        snapshots: Vec::new(),
    };
    for (place, (city, postal_code)) in CITIES
        .iter()
        .cycle()
        .take(CITIES.len() * STREETS.len())
        .enumerate()
    {
        let street = STREETS
            .get(place % STREETS.len())
            .copied()
            .unwrap_or_default();
        let lines = [format!("{} {street}", 3 * place + 1)];
        let snapshot = json!({ "recipient": null, "lines": lines, "city": city, "region": "", "postal_code": postal_code, "country": country });
        words.cities.push((*city).to_owned());
        words.postal_codes.push((*postal_code).to_owned());
        words.lines.push(serde_json::to_string(&lines)?);
        words.snapshots.push(snapshot.to_string());
    }
    Ok(words)
}

/// Asks for orders in the background. The job knows the total it works towards, so that one that was interrupted goes on where it stopped.
pub async fn enqueue_scale(
    state: &AppState,
    organization: OrganizationId,
    owner: UserId,
    orders: u64,
) -> ApiResult<()> {
    let now = state.clock().now();
    let mut tx = state.db().tenant(organization).await?;
    let there = store::count_orders(&mut tx, organization.uuid()).await?;
    let total = u64::try_from(there).unwrap_or(0) + orders;
    let job = NewJob {
        created_by: Some(owner.uuid()),
        ..NewJob::new(SCALE_JOB, Some(organization), json!({ "total": total }))
    };
    jobs::enqueue(&mut tx, state.ids().next(now), now, job).await?;
    Ok(tx.commit().await?)
}

/// How many orders are missing to a total.
pub async fn remaining(
    state: &AppState,
    organization: OrganizationId,
    total: u64,
) -> Result<u64, ApiError> {
    let mut tx = state.db().tenant_read(organization).await?;
    let there = store::count_orders(&mut tx, organization.uuid()).await?;
    Ok(total.saturating_sub(u64::try_from(there).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_every_number_once() {
        assert_eq!(batches(0).count(), 0);
        let covered: Vec<_> = batches(20_001).collect();
        assert_eq!(covered, [(1, 10_000), (10_001, 20_000), (20_001, 20_001)]);
    }

    #[test]
    fn the_calendar_holds_every_order() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for orders in [0_usize, 1, 7, 99_999] {
            let days = calendar(today, orders as u64);
            assert_eq!(days.iter().map(|(_, count)| count).sum::<usize>(), orders);
            assert_eq!(days.last().map(|(day, _)| *day), Some(today));
        }
    }
}
