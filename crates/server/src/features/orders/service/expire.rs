//! What time does to orders: offers end after their last day, holds at their hour.

use serde_json::json;
use som_domain::ids::OrderId;
use som_domain::orders::Action;

use super::change::{derive, open, record, touch};
use super::facts;
use super::transition::cancelled;
use crate::ctx::Ctx;
use crate::features::orders::store::write::{self, Beside};
use crate::http::{ApiResult, IfMatch};

/// The reason of an offer that was not taken in time.
const EXPIRED: &str = "expired";

/// Cancels an offer whose last day has passed; `false` when it still holds or is none any more.
pub async fn offer(ctx: &mut Ctx, id: OrderId) -> ApiResult<bool> {
    let mut order = open(ctx, id, &IfMatch::Any).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    if facts.lifecycle.apply(Action::Expire, &facts).is_err() {
        return Ok(false);
    }
    cancelled(ctx, &mut order, facts.lifecycle, EXPIRED.to_owned()).await?;
    Ok(true)
}

/// Counts the holds in force anew; `false` when the count was right.
pub async fn holds(ctx: &mut Ctx, id: OrderId) -> ApiResult<bool> {
    let mut order = open(ctx, id, &IfMatch::Any).await?;
    let before = order.row.hold_count;
    derive(ctx, &mut order)?;
    if order.row.hold_count == before {
        return Ok(false);
    }
    touch(ctx, &mut order);
    write::update(ctx.db(), &order.row, Beside::default()).await?;
    let diff = json!({ "hold_count": { "from": before, "to": order.row.hold_count } });
    record(ctx, &order, "hold_ended", diff);
    Ok(true)
}
