//! Deliveries, quantities that are given up, holds.

use axum::response::Response;
use som_domain::ids::{DeliveryId, HoldId, OrderId, OrderLineId};

use super::edit::changed;
use crate::features::orders::bodies::{CancelQuantity, NewDelivery, NewHold, WithReason, text};
use crate::features::orders::service::{fulfil, holds, reverse};
use crate::features::orders::view::OrderView;
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, Problem};
use crate::permission::can;

/// Record a delivery.
///
/// Everything open, or the lines named. The order completes by itself when every line is settled.
#[utoipa::path(post, path = "/orders/{id}/deliveries", operation_id = "create_delivery", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NewDelivery,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "`on_hold`, `over_delivery` or `nothing_open`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.deliver"))))]
pub async fn create_delivery(
    who: Allowed<can::OrdersDeliver>,
    Id(id): Id<OrderId>,
    command: Command<NewDelivery>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let body = command.body;
    let lines = body.lines.map(|lines| {
        lines
            .into_iter()
            .enumerate()
            .map(|(i, line)| (line.line_id, line.quantity.value, format!("/lines/{i}")))
            .collect()
    });
    let delivery = fulfil::Delivery {
        date: body.delivered_date.map(som_domain::Date::naive),
        note: body
            .note
            .map(som_domain::text::LongText::into_string)
            .unwrap_or_default(),
        lines,
    };
    let order = fulfil::deliver(&mut ctx, id, &command.if_match, delivery).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Take back a delivery that did not happen, or not so.
///
/// Nothing is deleted: a delivery of the negative quantities is written beside it. The order opens again when it was completed. What has
/// come back as a return was delivered, and stays so.
#[utoipa::path(post, path = "/orders/{id}/deliveries/{delivery_id}/reverse", operation_id = "reverse_delivery", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("delivery_id" = DeliveryId, Path, description = "The delivery, as the timeline names it")),
    request_body = WithReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 404, description = "No such order or delivery", body = Problem),
        (status = 409, description = "`already_reversed`, `is_a_reversal`, `reversal_exceeds_delivered`, or not possible now", body = Problem)),
    extensions(("x-permission" = json!("orders.deliver"))))]
pub async fn reverse_delivery(
    who: Allowed<can::OrdersDeliver>,
    Id(Both(id, delivery)): Id<Both<OrderId, DeliveryId>>,
    command: Command<WithReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let reason = text(command.body.reason);
    let order = reverse::reverse(&mut ctx, id, delivery, &command.if_match, reason).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Give up part of a line.
#[utoipa::path(post, path = "/orders/{id}/lines/{line_id}/cancel-quantity", operation_id = "cancel_line_quantity", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("line_id" = OrderLineId, Path, description = "The line")),
    request_body = CancelQuantity,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Less than that is open", body = Problem)),
    extensions(("x-permission" = json!("orders.cancel"))))]
pub async fn cancel_line_quantity(
    who: Allowed<can::OrdersCancel>,
    Id(Both(id, line)): Id<Both<OrderId, OrderLineId>>,
    command: Command<CancelQuantity>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order = fulfil::cancel_quantity(
        &mut ctx,
        id,
        line,
        &command.if_match,
        command.body.quantity.value,
        text(command.body.reason),
    )
    .await?;
    changed(ctx, &order, Vec::new()).await
}

/// Put an order or a line on hold.
#[utoipa::path(post, path = "/orders/{id}/holds", operation_id = "create_hold", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NewHold,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now", body = Problem)),
    extensions(("x-permission" = json!("orders.hold"))))]
pub async fn create_hold(
    who: Allowed<can::OrdersHold>,
    Id(id): Id<OrderId>,
    command: Command<NewHold>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let body = command.body;
    let new = holds::NewHold {
        hold_type: body.hold_type,
        blocks: body.blocks,
        reason: text(body.reason),
        expires_at: body.expires_at.map(som_domain::Timestamp::utc),
        line: body.line_id,
    };
    let order = holds::place(&mut ctx, id, &command.if_match, new).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Release a hold.
#[utoipa::path(post, path = "/orders/{id}/holds/{hold_id}/release", operation_id = "release_hold", tag = "orders",
    params(("id" = OrderId, Path, description = "The order"), ("hold_id" = HoldId, Path, description = "The hold")),
    request_body = WithReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Released before", body = Problem)),
    extensions(("x-permission" = json!("orders.release"))))]
pub async fn release_hold(
    who: Allowed<can::OrdersRelease>,
    Id(Both(id, hold)): Id<Both<OrderId, HoldId>>,
    command: Command<WithReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order = holds::release(
        &mut ctx,
        id,
        hold,
        &command.if_match,
        text(command.body.reason),
    )
    .await?;
    changed(ctx, &order, Vec::new()).await
}
