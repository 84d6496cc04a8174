//! `GET /orders/{id}`

use axum::response::Response;
use http::HeaderMap;
use som_domain::ids::OrderId;

use crate::features::orders::service::change;
use crate::features::orders::store;
use crate::features::orders::view::OrderView;
use crate::http::{Allowed, ApiResult, Id, Problem, read};
use crate::permission::can;

/// Read an order with its lines, holds, approvals, and what can be done with it.
#[utoipa::path(get, path = "/orders/{id}", operation_id = "get_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, description = "The order", body = OrderView), (status = 304, description = "The version of If-None-Match is still current"),
        (status = 404, description = "No such order in sight", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn get_order(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let order = store::read::order(
        &mut tx,
        who.caller().organization.id.uuid(),
        id.uuid(),
        &who.row_scope(),
    )
    .await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    let view = change::shown(&order, who.caller(), who.now(), Vec::new())?;
    read::object(&headers, &view, view.version)
}
