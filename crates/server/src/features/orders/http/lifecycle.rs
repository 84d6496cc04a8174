//! The verbs of the lifecycle.

use axum::response::Response;
use som_domain::ids::OrderId;

use super::edit::changed;
use crate::features::orders::bodies::{MaybeReason, WithReason, text};
use crate::features::orders::service::transition;
use crate::features::orders::view::OrderView;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

/// Submit a draft.
///
/// It goes to approval when a policy asks for it, else it is confirmed.
#[utoipa::path(post, path = "/orders/{id}/submit", operation_id = "submit_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NoBody,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn submit_order(
    who: Allowed<can::OrdersWrite>,
    Id(id): Id<OrderId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    command.require_key_of(who.caller())?;
    let mut ctx = who.begin(&command).await?;
    let order = transition::submit(&mut ctx, id, &command.if_match).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Approve an order.
///
/// Decides every approval the caller's role may decide; the last one confirms the order.
#[utoipa::path(post, path = "/orders/{id}/approve", operation_id = "approve_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = MaybeReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.approve"))))]
pub async fn approve_order(
    who: Allowed<can::OrdersApprove>,
    Id(id): Id<OrderId>,
    command: Command<MaybeReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order = transition::approve(
        &mut ctx,
        id,
        &command.if_match,
        command.body.reason.map(text),
    )
    .await?;
    changed(ctx, &order, Vec::new()).await
}

/// Send an order back to draft.
///
/// For approvers (`orders.approve`) and for whoever submitted it.
#[utoipa::path(post, path = "/orders/{id}/reject", operation_id = "reject_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = WithReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.read"))))]
pub async fn reject_order(
    who: Allowed<can::OrdersRead>,
    Id(id): Id<OrderId>,
    command: Command<WithReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order =
        transition::reject(&mut ctx, id, &command.if_match, text(command.body.reason)).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Confirm an order.
///
/// Freezes the agreement, promises the goods and checks the customer's credit: a breach holds the order.
#[utoipa::path(post, path = "/orders/{id}/confirm", operation_id = "confirm_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NoBody,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.confirm"))))]
pub async fn confirm_order(
    who: Allowed<can::OrdersConfirm>,
    Id(id): Id<OrderId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    command.require_key_of(who.caller())?;
    let mut ctx = who.begin(&command).await?;
    let order = transition::confirm(&mut ctx, id, &command.if_match).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Cancel an order.
///
/// As long as nothing was shipped, invoiced or paid.
#[utoipa::path(post, path = "/orders/{id}/cancel", operation_id = "cancel_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = WithReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.cancel"))))]
pub async fn cancel_order(
    who: Allowed<can::OrdersCancel>,
    Id(id): Id<OrderId>,
    command: Command<WithReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order =
        transition::cancel(&mut ctx, id, &command.if_match, text(command.body.reason)).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Give up what is still open of an order.
#[utoipa::path(post, path = "/orders/{id}/short-close", operation_id = "short_close_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = WithReason,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.close"))))]
pub async fn short_close_order(
    who: Allowed<can::OrdersClose>,
    Id(id): Id<OrderId>,
    command: Command<WithReason>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order =
        transition::short_close(&mut ctx, id, &command.if_match, text(command.body.reason)).await?;
    changed(ctx, &order, Vec::new()).await
}

/// Take a completed order up again.
///
/// Possible when something of it is open again.
#[utoipa::path(post, path = "/orders/{id}/reopen", operation_id = "reopen_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = NoBody,
    responses((status = 200, description = "The order", body = OrderView), (status = 409, description = "Not possible now; `allowed` says what is", body = Problem),
        (status = 412, description = "Changed meanwhile", body = Problem)),
    extensions(("x-permission" = json!("orders.close"))))]
pub async fn reopen_order(
    who: Allowed<can::OrdersClose>,
    Id(id): Id<OrderId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let order = transition::reopen(&mut ctx, id, &command.if_match).await?;
    changed(ctx, &order, Vec::new()).await
}
