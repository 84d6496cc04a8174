//! `GET /orders/{id}/deliveries`

use axum::extract::RawQuery;
use axum::response::Response;
use som_domain::ids::{DeliveryId, OrderId};

use super::history::{number, parameters};
use crate::features::orders::store::deliveries;
use crate::features::orders::view::{Deliveries, DeliveryView};
use crate::http::list::PageInfo;
use crate::http::{Allowed, ApiResult, Id, Problem, read};
use crate::permission::can;

/// Deliveries of a page, and the most one may ask for: each holds as many lines as the order.
const PAGE: i64 = 20;
const PAGE_MAX: i64 = 50;

/// List what was delivered of an order, newest first.
///
/// A delivery that was taken back names what did so (`reversed_by`), which is in the list as well, with negative quantities.
#[utoipa::path(get, path = "/orders/{id}/deliveries", operation_id = "list_order_deliveries", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("cursor" = Option<String>, Query, description = "`page.next` of the page before"),
        ("limit" = Option<i64>, Query, description = "Deliveries of a page, 1 to 50")),
    responses((status = 200, description = "A page", body = Deliveries), (status = 404, description = "No such order in sight", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn list_order_deliveries(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let pairs = parameters(raw.as_deref(), &["cursor", "limit"])?;
    let before = number::<DeliveryId>(&pairs, "cursor", "")?.map(DeliveryId::uuid);
    let limit = number::<i64>(&pairs, "limit", "")?.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("`limit` is 1 to {PAGE_MAX}.");
        return Err(Problem::bad_parameter("limit", "invalid_limit", detail).into());
    }
    let organization = who.caller().organization.id.uuid();
    let scope = who.row_scope();
    let mut tx = who.read().await?;
    let found =
        deliveries::of_order(&mut tx, organization, id.uuid(), &scope, before, limit + 1).await?;
    let mut rows = found.ok_or_else(|| Problem::not_found("order"))?;
    let has_more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let data: Vec<DeliveryView> = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<anyhow::Result<_>>()?;
    let next = data
        .last()
        .filter(|_| has_more)
        .map(|last| last.id.to_string());
    read::json(&Deliveries {
        data,
        page: PageInfo {
            next,
            prev: None,
            has_more,
            count: None,
        },
    })
}
