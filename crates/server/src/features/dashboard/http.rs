//! `GET /dashboard`

use axum::response::Response;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use som_domain::currency::Currency;
use som_domain::dates::Date;
use som_domain::ids::CustomerId;
use som_domain::money::{Amount, Money};
use utoipa::ToSchema;

use super::store::{self, Figures};
use crate::features::orders::service::{OrderListItem, latest};
use crate::http::{Allowed, ApiResult, read};
use crate::permission::can;

/// Orders that wait for someone; counts stop at 1,000.
#[derive(Debug, Serialize, ToSchema)]
pub struct Work {
    /// Being written.
    pub drafts: i64,
    /// Waiting for approval.
    pub to_approve: i64,
    /// On hold.
    pub on_hold: i64,
    /// Confirmed and not delivered.
    pub to_deliver: i64,
    /// To be delivered before today.
    pub late: i64,
}

/// Money at a glance, in the organization's currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyFigures {
    /// Confirmed less cancelled this month.
    pub bookings_month: Money,
    /// The same last month.
    pub bookings_previous_month: Money,
    /// Orders confirmed less cancelled this month.
    pub orders_month: i64,
    /// Value of confirmed orders that are not fully delivered.
    pub open_value: Money,
    /// Bookings of the month by order.
    pub average_order: Money,
}

/// Bookings of a week.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeekFigures {
    /// Its Monday.
    pub week_start_date: Date,
    /// Orders.
    pub count: i64,
    /// Amount in the organization's currency.
    #[schema(example = "1234.50")]
    pub total: String,
}

/// A customer by value of the latest orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopCustomer {
    /// Identity.
    pub customer_id: CustomerId,
    /// Name.
    pub name: String,
    /// Value of its orders among the latest thousand.
    pub total: Money,
}

/// The home page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dashboard {
    /// The organization's currency.
    pub currency: Currency,
    /// What waits.
    pub work: Work,
    /// Money at a glance.
    pub figures: KeyFigures,
    /// The last thirteen weeks, this one last.
    pub weeks: Vec<WeekFigures>,
    /// The five customers with the most value among the latest orders.
    pub top_customers: Vec<TopCustomer>,
    /// The eight newest orders.
    pub recent: Vec<OrderListItem>,
}

/// Read the figures of the home page.
///
/// Of the orders in sight. Bookings follow confirmations within seconds.
#[utoipa::path(get, path = "/dashboard", operation_id = "get_dashboard", tag = "orders",
    responses((status = 200, description = "The figures", body = Dashboard)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn get_dashboard(who: Allowed<can::OrdersRead>) -> ApiResult<Response> {
    let (organization, scope) = (&who.caller().organization, who.row_scope());
    let today = crate::dates::business_date(who.now(), &organization.time_zone);
    let mut tx = who.read().await?;
    let figures = store::figures(
        &mut tx,
        organization.id.uuid(),
        &scope,
        organization.currency.code(),
        today,
    )
    .await?;
    let recent = latest(&mut tx, organization.id.uuid(), &scope, 8).await?;
    read::json(&view(organization.currency, figures, recent)?)
}

fn money(value: Decimal, currency: Currency) -> anyhow::Result<Money> {
    let amount =
        Amount::from_decimal(value).map_err(|error| anyhow::anyhow!("sum {value}: {error}"))?;
    Money::new(amount, currency)
        .ok_or_else(|| anyhow::anyhow!("sum {value} does not fit {currency}"))
}

fn view(currency: Currency, figures: Figures, recent: Vec<OrderListItem>) -> ApiResult<Dashboard> {
    let money = |value| money(value, currency);
    let average = Decimal::from(figures.orders_month.max(1));
    let average = (figures.bookings_month / average)
        .round_dp_with_strategy(currency.exponent(), RoundingStrategy::MidpointAwayFromZero);
    let week = |week: store::Week| {
        let week_start_date =
            Date::new(week.start).ok_or_else(|| anyhow::anyhow!("week {}", week.start))?;
        Ok(WeekFigures {
            week_start_date,
            count: week.count,
            total: money(week.total)?.amount().to_string(),
        })
    };
    let top = |top: store::TopCustomer| {
        Ok(TopCustomer {
            customer_id: CustomerId::from_uuid(top.id),
            name: top.name,
            total: money(top.total)?,
        })
    };
    Ok(Dashboard {
        currency,
        work: Work {
            drafts: figures.drafts,
            to_approve: figures.to_approve,
            on_hold: figures.on_hold,
            to_deliver: figures.to_deliver,
            late: figures.late,
        },
        figures: KeyFigures {
            bookings_month: money(figures.bookings_month)?,
            bookings_previous_month: money(figures.bookings_previous_month)?,
            orders_month: figures.orders_month,
            open_value: money(figures.open_value)?,
            average_order: money(if figures.orders_month > 0 {
                average
            } else {
                Decimal::ZERO
            })?,
        },
        weeks: figures
            .weeks
            .map(|json| json.0)
            .unwrap_or_default()
            .into_iter()
            .map(week)
            .collect::<anyhow::Result<_>>()?,
        top_customers: figures
            .top_customers
            .map(|json| json.0)
            .unwrap_or_default()
            .into_iter()
            .map(top)
            .collect::<anyhow::Result<_>>()?,
        recent,
    })
}
