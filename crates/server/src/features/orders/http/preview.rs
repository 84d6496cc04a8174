//! `POST /orders/preview`

use axum::response::Response;

use crate::features::orders::input::PreviewOrder;
use crate::features::orders::service;
use crate::features::orders::view::PreviewView;
use crate::http::{Allowed, ApiResult, Problem, Sent, read};
use crate::permission::can;

/// Compute an order without saving it.
///
/// Prices, taxes, totals, approvals and credit of a document. Lines may be ad hoc, with their own prices and taxes: then it is a pure
/// function of the request. Nothing is written or locked.
#[utoipa::path(post, path = "/orders/preview", operation_id = "preview_order", tag = "orders",
    request_body = PreviewOrder,
    responses((status = 200, description = "The computed document", body = PreviewView), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn preview_order(
    who: Allowed<can::OrdersRead>,
    sent: Sent<PreviewOrder>,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::preview::preview(&mut tx, who.caller(), who.now(), sent.body).await?;
    read::json(&view)
}
