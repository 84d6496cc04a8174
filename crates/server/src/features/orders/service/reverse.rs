//! Takes back a delivery that was recorded by mistake: another one with the negative quantities, never a deletion.

use rust_decimal::Decimal;
use serde_json::json;
use som_domain::ids::{DeliveryId, OrderId, OrderLineId};
use som_domain::money::Quantity;
use som_domain::orders::Action;
use uuid::Uuid;

use super::change::{apply, derive, open, record, touch};
use super::facts;
use super::fulfil::{save, too_much};
use crate::ctx::Ctx;
use crate::features::orders::rows::Order;
use crate::features::orders::show;
use crate::features::orders::store::deliveries::{self, Delivered, NewDelivery};
use crate::http::{ApiResult, FieldProblem, IfMatch, Problem};

/// Takes back a delivery. Errors: 404 for one that is not of this order, 409 `already_reversed`, `is_a_reversal`,
/// `reversal_exceeds_delivered` (something of it has come back as a return), or the lifecycle's.
pub async fn reverse(
    ctx: &mut Ctx,
    id: OrderId,
    delivery: DeliveryId,
    if_match: &IfMatch,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let organization = ctx.organization();
    let lines = deliveries::lines(ctx.db(), organization, id.uuid(), delivery.uuid()).await?;
    check(&lines)?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    apply(Action::ReverseDelivery, &facts)?;
    touch(ctx, &mut order);
    take_back(ctx, &mut order, &lines)?;
    derive(ctx, &mut order)?;
    let new = NewDelivery {
        id: ctx.new_id(),
        date: ctx.today(),
        note: &reason,
        reverses: Some(delivery.uuid()),
    };
    let negative: Vec<(Uuid, Decimal)> = lines
        .iter()
        .map(|line| (line.line_id, -line.quantity))
        .collect();
    deliveries::insert(ctx.db(), &order.row, &new, &negative).await?;
    save(ctx, &order).await?;
    let shown: Vec<_> = negative
        .iter()
        .map(|(id, quantity)| json!({ "line_id": OrderLineId::from_uuid(*id), "quantity": show::plain(*quantity) }))
        .collect();
    let diff = json!({ "delivery": DeliveryId::from_uuid(new.id), "reverses": delivery, "reason": reason, "lines": shown,
        "lifecycle": { "from": facts.lifecycle.as_str(), "to": order.row.lifecycle } });
    record(ctx, &order, "delivery_reversed", diff);
    Ok(order)
}

fn check(lines: &[Delivered]) -> Result<(), Problem> {
    let first = lines
        .first()
        .ok_or_else(|| Problem::not_found("delivery"))?;
    if first.is_reversal {
        return Err(Problem::conflict(
            "is_a_reversal",
            "This takes back another delivery; record what was delivered instead.",
        ));
    }
    if first.reversed {
        return Err(Problem::conflict(
            "already_reversed",
            "The delivery was taken back before.",
        ));
    }
    Ok(())
}

fn take_back(ctx: &Ctx, order: &mut Order, lines: &[Delivered]) -> ApiResult<()> {
    let mut problems: Vec<FieldProblem> = Vec::new();
    for delivered in lines {
        let line = order
            .lines
            .iter_mut()
            .find(|line| line.id == delivered.line_id)
            .ok_or_else(|| anyhow::anyhow!("a delivery of a line that is not there"))?;
        let quantity = Quantity::from_decimal(delivered.quantity).map_err(anyhow::Error::new)?;
        match line.ledger()?.undeliver(quantity) {
            Ok(ledger) => line.set_ledger(&ledger),
            Err(error) => {
                let code = error.problem.as_str();
                problems.push(FieldProblem {
                    pointer: None,
                    ..too_much(line, error, code, "can be taken back")
                });
            }
        }
        line.updated_at = ctx.now;
    }
    if problems.is_empty() {
        return Ok(());
    }
    let code = "reversal_exceeds_delivered";
    Err(Problem::with_errors(http::StatusCode::CONFLICT, code, problems).into())
}
