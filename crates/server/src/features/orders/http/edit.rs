//! Changes of a draft: its header and its lines.

use axum::response::Response;
use http::StatusCode;
use som_domain::ids::{OrderId, OrderLineId};

use crate::ctx::Ctx;
use crate::features::orders::input::{LinePatch, OrderLines, OrderPatch};
use crate::features::orders::rows::Order;
use crate::features::orders::service::{change, edit, line_edit};
use crate::features::orders::view::{OrderView, Warning};
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

/// Answers with the changed order.
pub(super) async fn changed(
    ctx: Ctx,
    order: &Order,
    warnings: Vec<Warning>,
) -> ApiResult<Response> {
    let view = change::view(&ctx, order, warnings)?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Change the header of a draft.
#[utoipa::path(patch, path = "/orders/{id}", operation_id = "update_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = OrderPatch,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not a draft (`immutable_after_confirm`)", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn update_order(
    who: Allowed<can::OrdersWrite>,
    Id(id): Id<OrderId>,
    command: Command<OrderPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) = edit::patch(&mut ctx, id, &command.if_match, command.body).await?;
    changed(ctx, &order, warnings).await
}

/// Add lines to a draft.
#[utoipa::path(post, path = "/orders/{id}/lines", operation_id = "add_order_lines", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = OrderLines,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not a draft", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn add_order_lines(
    who: Allowed<can::OrdersWrite>,
    Id(id): Id<OrderId>,
    command: Command<OrderLines>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) =
        line_edit::add(&mut ctx, id, &command.if_match, &command.body.lines).await?;
    changed(ctx, &order, warnings).await
}

/// Put lines in place of all lines of a draft.
#[utoipa::path(put, path = "/orders/{id}/lines", operation_id = "replace_order_lines", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = OrderLines,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not a draft", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn replace_order_lines(
    who: Allowed<can::OrdersWrite>,
    Id(id): Id<OrderId>,
    command: Command<OrderLines>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) =
        line_edit::replace(&mut ctx, id, &command.if_match, &command.body.lines).await?;
    changed(ctx, &order, warnings).await
}

/// Change a line of a draft.
#[utoipa::path(patch, path = "/orders/{id}/lines/{line_id}", operation_id = "update_order_line", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("line_id" = OrderLineId, Path, description = "The line")),
    request_body = LinePatch,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not a draft", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn update_order_line(
    who: Allowed<can::OrdersWrite>,
    Id(Both(id, line)): Id<Both<OrderId, OrderLineId>>,
    command: Command<LinePatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) =
        line_edit::patch(&mut ctx, id, line, &command.if_match, command.body).await?;
    changed(ctx, &order, warnings).await
}

/// Remove a line of a draft.
#[utoipa::path(delete, path = "/orders/{id}/lines/{line_id}", operation_id = "delete_order_line", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("line_id" = OrderLineId, Path, description = "The line")),
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not a draft", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn delete_order_line(
    who: Allowed<can::OrdersWrite>,
    Id(Both(id, line)): Id<Both<OrderId, OrderLineId>>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) = line_edit::remove(&mut ctx, id, line, &command.if_match).await?;
    changed(ctx, &order, warnings).await
}
