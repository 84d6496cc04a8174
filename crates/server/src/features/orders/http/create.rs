//! `POST /orders` and `POST /orders/{id}/duplicate`

use crate::db::TenantTx;
use axum::response::Response;
use http::StatusCode;
use som_domain::ids::OrderId;

use crate::ctx::Ctx;
use crate::db::record::Closing;
use crate::features::orders::input::NewOrder;
use crate::features::orders::rows::Order;
use crate::features::orders::service::{change, create};
use crate::features::orders::view::{OrderView, Warning};
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

/// Create an order.
///
/// A draft, priced and taxed; with `place: true` it is submitted and, when no policy asks for approval, confirmed in the same transaction.
#[utoipa::path(post, path = "/orders", operation_id = "create_order", tag = "orders",
    request_body = NewOrder,
    responses((status = 201, description = "The new order", body = OrderView), (status = 409, description = "The customer may not order", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn create_order(
    who: Allowed<can::OrdersWrite>,
    command: Command<NewOrder>,
) -> ApiResult<Response> {
    command.require_key_of(who.caller())?;
    let _number = create::number_ahead(
        who.state(),
        who.caller(),
        who.now(),
        command.body.order_date,
    )
    .await?;
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) = create::compose(&mut ctx, command.body).await?;
    created(ctx, &order, warnings).await
}

/// Copy an order into a new draft.
///
/// Prices and taxes are found again as of today; what was set by hand stays.
#[utoipa::path(post, path = "/orders/{id}/duplicate", operation_id = "duplicate_order", tag = "orders",
    params(("id" = OrderId, Path, description = "The order to copy")),
    request_body = NoBody,
    responses((status = 201, description = "The new draft", body = OrderView), (status = 404, description = "No such order", body = Problem)),
    extensions(("x-permission" = json!("orders.write"))))]
pub async fn duplicate_order(
    who: Allowed<can::OrdersWrite>,
    Id(id): Id<OrderId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    command.require_key_of(who.caller())?;
    let _number = create::number_ahead(who.state(), who.caller(), who.now(), None).await?;
    let mut ctx = who.begin(&command).await?;
    let (order, warnings) = create::duplicate(&mut ctx, id).await?;
    created(ctx, &order, warnings).await
}

async fn created(ctx: Ctx, order: &Order, warnings: Vec<Warning>) -> ApiResult<Response> {
    let view = change::view(&ctx, order, warnings)?;
    let location = format!("/api/v1/orders/{}", view.id);
    // Order, audit, outbox and idempotency rows in one statement.
    let last =
        async |db: &mut TenantTx, closing: &Closing<'_>| create::save(db, order, closing).await;
    ctx.reply_with(
        StatusCode::CREATED,
        &view,
        view.version,
        Some(location),
        last,
    )
    .await
}
