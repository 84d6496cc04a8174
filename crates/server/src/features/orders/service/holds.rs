//! Holds: placed and released beside the lifecycle.

use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::ids::{HoldId, OrderId, OrderLineId};
use som_domain::orders::{Action, Blocks, HoldType};

use super::change::{apply, by, derive, open, record, touch};
use super::facts;
use crate::ctx::Ctx;
use crate::features::orders::jobs;
use crate::features::orders::rows::{HoldRow, Order};
use crate::features::orders::store::write::{self, Beside};
use crate::http::{ApiResult, FieldProblem, IfMatch, Problem};

/// A hold to place.
#[derive(Debug)]
pub struct NewHold {
    /// Why.
    pub hold_type: HoldType,
    /// What it blocks; by its type when absent.
    pub blocks: Option<Blocks>,
    /// In words.
    pub reason: String,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The line; `None` is the whole order.
    pub line: Option<OrderLineId>,
}

/// Places a hold.
pub async fn place(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    new: NewHold,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    apply(Action::Hold, &facts)?;
    let blocks = new.blocks.unwrap_or_else(|| new.hold_type.default_blocks());
    let mut problems = Vec::new();
    if !new.hold_type.may_block(blocks) {
        problems.push(FieldProblem::at(
            "/blocks",
            "hold_blocks_too_much",
            "A credit hold blocks shipping only: shipped goods are always invoiced.",
        ));
    }
    if new.expires_at.is_some_and(|end| end <= ctx.now) {
        problems.push(FieldProblem::at(
            "/expires_at",
            "date_in_past",
            "The hold would have ended already.",
        ));
    }
    if new
        .line
        .is_some_and(|line| !order.lines.iter().any(|row| row.id == line.uuid()))
    {
        problems.push(FieldProblem::at(
            "/line_id",
            "unknown_line",
            "The order has no such line.",
        ));
    }
    if !problems.is_empty() {
        return Err(Problem::invalid(problems).into());
    }
    let hold = HoldRow {
        id: ctx.new_id(),
        line_id: new.line.map(|line| line.uuid()),
        r#type: new.hold_type.as_str().to_owned(),
        blocks: blocks.as_str().to_owned(),
        reason: new.reason,
        expires_at: new.expires_at,
        placed_at: ctx.now,
        placed_by: by(ctx),
        released_at: None,
        released_by: None,
        release_reason: None,
    };
    let diff = json!({ "hold": HoldId::from_uuid(hold.id), "type": hold.r#type, "blocks": hold.blocks, "reason": hold.reason, "line_id": new.line });
    order.holds.push(hold);
    if let Some(end) = new.expires_at {
        jobs::end_hold_at(ctx, order.row.id, end).await?;
    }
    save(ctx, &mut order, "held", diff).await?;
    Ok(order)
}

/// Releases a hold.
pub async fn release(
    ctx: &mut Ctx,
    id: OrderId,
    hold: HoldId,
    if_match: &IfMatch,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    let (now, by) = (ctx.now, by(ctx));
    let row = order
        .holds
        .iter_mut()
        .find(|row| row.id == hold.uuid())
        .ok_or_else(|| Problem::not_found("hold"))?;
    if row.released_at.is_some() {
        return Err(Problem::conflict("already_released", "The hold was released before.").into());
    }
    apply(Action::Release, &facts)?;
    row.released_at = Some(now);
    row.released_by = by;
    row.release_reason = Some(reason.clone());
    let diff = json!({ "hold": hold, "type": row.r#type, "reason": reason });
    save(ctx, &mut order, "released", diff).await?;
    Ok(order)
}

async fn save(
    ctx: &mut Ctx,
    order: &mut Order,
    action: &'static str,
    diff: serde_json::Value,
) -> ApiResult<()> {
    touch(ctx, order);
    derive(ctx, order)?;
    let holds: Vec<&HoldRow> = order
        .holds
        .iter()
        .filter(|hold| hold.placed_at == ctx.now || hold.released_at == Some(ctx.now))
        .collect();
    write::update(
        ctx.db(),
        &order.row,
        Beside {
            holds,
            ..Beside::default()
        },
    )
    .await?;
    record(ctx, order, action, diff);
    Ok(())
}
