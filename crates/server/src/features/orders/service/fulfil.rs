//! What happens to the lines of a confirmed order: deliveries, and quantities that are cancelled.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;
use som_domain::ids::{DeliveryId, OrderId, OrderLineId};
use som_domain::money::Quantity;
use som_domain::orders::holds::blocking;
use som_domain::orders::{Action, Activity, Hold, LedgerError, LedgerProblem};

use super::change::{apply, derive, open, record, touch};
use super::facts;
use crate::ctx::Ctx;
use crate::features::orders::rows::{HoldRow, LineRow, Order};
use crate::features::orders::show;
use crate::features::orders::store::deliveries::{self, NewDelivery};
use crate::features::orders::store::write::{self, Beside};
use crate::http::{ApiResult, FieldProblem, IfMatch, Problem};

/// A delivery to record.
#[derive(Debug)]
pub struct Delivery {
    /// The day; today when absent.
    pub date: Option<NaiveDate>,
    /// In words.
    pub note: String,
    /// Line and quantity with its place in the body; `None` is everything open.
    pub lines: Option<Vec<(OrderLineId, Quantity, String)>>,
}

/// Records that goods were delivered or services done.
pub async fn deliver(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    delivery: Delivery,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    apply(Action::Deliver, &facts).map_err(|problem| with_holds(&order, ctx, problem))?;
    let date = delivery.date.unwrap_or_else(|| ctx.today());
    if date > ctx.today() {
        return Err(Problem::invalid(vec![FieldProblem::at(
            "/delivered_date",
            "date_in_future",
            "A delivery is recorded when it happened, not before.",
        )])
        .into());
    }
    let wanted = match delivery.lines {
        Some(lines) => lines,
        None => all_open(&order)?,
    };
    touch(ctx, &mut order);
    let holds = facts::holds(&order)?;
    let mut problems = Vec::new();
    let mut done: Vec<(uuid::Uuid, Decimal)> = Vec::new();
    for (line, quantity, pointer) in wanted {
        if done.iter().any(|(id, _)| *id == line.uuid()) {
            problems.push(FieldProblem::at(
                pointer,
                "duplicate_line",
                "The line is named twice.",
            ));
            continue;
        }
        match deliver_line(&mut order.lines, &holds, line, quantity, ctx)? {
            Ok(()) => done.push((line.uuid(), quantity.decimal())),
            Err(problem) => problems.push(FieldProblem {
                pointer: Some(format!("#{pointer}")),
                ..problem
            }),
        }
    }
    refuse(problems)?;
    derive(ctx, &mut order)?;
    let delivery_id = ctx.new_id();
    let written = NewDelivery {
        id: delivery_id,
        date,
        note: &delivery.note,
        reverses: None,
    };
    deliveries::insert(ctx.db(), &order.row, &written, &done).await?;
    save(ctx, &order).await?;
    let lines: Vec<_> = done.iter().map(|(id, quantity)| json!({ "line_id": OrderLineId::from_uuid(*id), "quantity": show::plain(*quantity) })).collect();
    let diff = json!({ "delivery": DeliveryId::from_uuid(delivery_id), "delivered_date": date, "note": delivery.note, "lines": lines, "lifecycle": order.row.lifecycle });
    record(ctx, &order, "delivered", diff);
    Ok(order)
}

fn all_open(order: &Order) -> ApiResult<Vec<(OrderLineId, Quantity, String)>> {
    let mut open = Vec::new();
    for line in order.lines.iter().filter(|line| !line.is_text()) {
        let ledger = line.ledger()?;
        if ledger.awaits_fulfilment() {
            open.push((
                OrderLineId::from_uuid(line.id),
                ledger.open(),
                String::new(),
            ));
        }
    }
    Ok(open)
}

/// 409 when everything refused is a state (holds, too much), 422 when the request itself is wrong.
fn refuse(problems: Vec<FieldProblem>) -> ApiResult<()> {
    let Some(first) = problems.first() else {
        return Ok(());
    };
    if problems.iter().all(|problem| problem.code == first.code)
        && matches!(first.code.as_str(), "over_delivery" | "on_hold")
    {
        let code = first.code.clone();
        return Err(Problem::with_errors(http::StatusCode::CONFLICT, &code, problems).into());
    }
    Err(Problem::invalid(problems).into())
}

fn deliver_line(
    lines: &mut [LineRow],
    holds: &[Hold],
    id: OrderLineId,
    quantity: Quantity,
    ctx: &Ctx,
) -> ApiResult<Result<(), FieldProblem>> {
    let Some(line) = lines
        .iter_mut()
        .find(|line| line.id == id.uuid() && !line.is_text())
    else {
        return Ok(Err(FieldProblem::at(
            "",
            "unknown_line",
            "The order has no such line.",
        )));
    };
    if !blocking(holds, Activity::Ship, Some(id), ctx.now).is_empty() {
        return Ok(Err(FieldProblem::at(
            "",
            "on_hold",
            format!("Line {} is on hold.", line.position),
        )));
    }
    let ledger = match line.ledger()?.deliver(quantity) {
        Ok(ledger) => ledger,
        Err(error) => return Ok(Err(too_much(line, error, "over_delivery", "open"))),
    };
    line.set_ledger(&ledger);
    line.updated_at = ctx.now;
    Ok(Ok(()))
}

pub(super) fn too_much(line: &LineRow, error: LedgerError, code: &str, what: &str) -> FieldProblem {
    if error.problem == LedgerProblem::Zero {
        return FieldProblem::at("", "quantity_zero", "The quantity must be above zero.");
    }
    let unit = line.unit.as_deref().unwrap_or_default();
    let possible = error.possible.to_string();
    FieldProblem::at(
        "",
        code,
        format!("Line {}: at most {possible} {unit} {what}.", line.position).replace("  ", " "),
    )
    .with_param("possible", possible)
}

/// Adds the holds that block.
fn with_holds(order: &Order, ctx: &Ctx, problem: Problem) -> Problem {
    if problem.code != "on_hold" {
        return problem;
    }
    let holds: Vec<_> = order
        .holds
        .iter()
        .filter(|hold: &&HoldRow| hold.is_active(ctx.now))
        .map(|hold| json!({ "id": som_domain::HoldId::from_uuid(hold.id), "type": hold.r#type, "blocks": hold.blocks, "reason": hold.reason }))
        .collect();
    problem.with("holds", holds)
}

/// Cancels part of a line.
pub async fn cancel_quantity(
    ctx: &mut Ctx,
    id: OrderId,
    line: OrderLineId,
    if_match: &IfMatch,
    quantity: Quantity,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    apply(Action::CancelLineQuantity, &facts)?;
    touch(ctx, &mut order);
    let now = ctx.now;
    let row = order
        .lines
        .iter_mut()
        .find(|row| row.id == line.uuid() && !row.is_text())
        .ok_or_else(|| Problem::not_found("line"))?;
    match row.ledger()?.cancel(quantity) {
        Ok(ledger) => row.set_ledger(&ledger),
        Err(error) => {
            let problem = too_much(row, error, "cancel_exceeds_open", "can be cancelled");
            let status = if problem.code == "quantity_zero" {
                http::StatusCode::UNPROCESSABLE_ENTITY
            } else {
                http::StatusCode::CONFLICT
            };
            let code = problem.code.clone();
            return Err(Problem::with_errors(
                status,
                &code,
                vec![FieldProblem {
                    pointer: Some("#/quantity".to_owned()),
                    ..problem
                }],
            )
            .into());
        }
    }
    row.updated_at = now;
    let position = row.position;
    derive(ctx, &mut order)?;
    save(ctx, &order).await?;
    record(
        ctx,
        &order,
        "quantity_cancelled",
        json!({ "line_id": line, "position": position, "quantity": quantity, "reason": reason }),
    );
    Ok(order)
}

/// Saves the header and the ledgers that changed.
pub(super) async fn save(ctx: &mut Ctx, order: &Order) -> ApiResult<()> {
    let ledgers: Vec<&LineRow> = order
        .lines
        .iter()
        .filter(|line| line.updated_at == ctx.now)
        .collect();
    write::update(
        ctx.db(),
        &order.row,
        Beside {
            ledgers,
            ..Beside::default()
        },
    )
    .await?;
    Ok(())
}
