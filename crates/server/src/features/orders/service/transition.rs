//! The verbs of the lifecycle: submit, approve, reject, confirm, cancel, short-close, reopen.

use serde_json::json;
use som_domain::ids::OrderId;
use som_domain::orders::{Action, Lifecycle};

use super::change::{apply, by, derive, open, record, snapshot, touch};
use super::{facts, policy};
use crate::ctx::Ctx;
use crate::features::orders::rows::{ApprovalRow, HoldRow, LineRow, Order, hex};
use crate::features::orders::show;
use crate::features::orders::store::reference;
use crate::features::orders::store::write::{self, Beside};
use crate::http::{ApiResult, IfMatch, Problem};
use crate::permission::Permission;

/// Sends a draft to approval, or confirms it when no policy asks for that.
pub async fn submit(ctx: &mut Ctx, id: OrderId, if_match: &IfMatch) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    touch(ctx, &mut order);
    place(ctx, &mut order, Action::Submit).await?;
    save(ctx, &order).await?;
    Ok(order)
}

/// Confirms a draft that needs no approval, or an order whose approvals are given.
pub async fn confirm(ctx: &mut Ctx, id: OrderId, if_match: &IfMatch) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    touch(ctx, &mut order);
    place(ctx, &mut order, Action::Confirm).await?;
    save(ctx, &order).await?;
    Ok(order)
}

/// Submits or confirms an order in memory: approvals or confirmation with its effects. The caller saves it.
pub async fn place(ctx: &mut Ctx, order: &mut Order, action: Action) -> ApiResult<()> {
    let facts = facts::facts(order, &ctx.caller, ctx.now)?;
    let from = facts.lifecycle;
    let to = apply(action, &facts).map_err(|problem| with_discounts(ctx, order, problem))?;
    if from == Lifecycle::Draft {
        order.row.submitted_at = Some(ctx.now);
        order.row.submitted_by = by(ctx);
        order.row.snapshot_hash = Some(super::snapshot::hash(order)?);
    }
    if to == Lifecycle::PendingApproval {
        to.as_str().clone_into(&mut order.row.lifecycle);
        request_approvals(ctx, order)?;
        derive(ctx, order)?;
        let policies: Vec<&str> = facts::pending(order)
            .iter()
            .map(|approval| approval.policy_name.as_str())
            .collect();
        let diff = json!({ "lifecycle": { "from": from.as_str(), "to": to.as_str() }, "policies": policies });
        record(ctx, order, "submitted", diff);
        return Ok(());
    }
    confirmed(ctx, order, from).await
}

/// Adds the lines whose discounts go beyond the caller's limit.
fn with_discounts(ctx: &Ctx, order: &Order, mut problem: Problem) -> Problem {
    if problem.code != "discount_over_limit" {
        return problem;
    }
    let totals = super::compute::document(&order.row, &order.lines, false)
        .ok()
        .and_then(|document| som_domain::totals::totals(&document).ok());
    for exceeded in totals
        .iter()
        .flat_map(|totals| policy::exceeded(&ctx.caller, totals))
    {
        let pointer = exceeded.line.map_or_else(
            || "/discount".to_owned(),
            |line| format!("/lines/{line}/discounts"),
        );
        let field = crate::http::FieldProblem::at(
            pointer,
            "discount_over_limit",
            policy::sentence(&exceeded),
        )
        .with_param("limit", exceeded.limit.to_string());
        problem.errors.push(field);
    }
    problem
}

fn request_approvals(ctx: &Ctx, order: &mut Order) -> ApiResult<()> {
    let hash = format!(
        "\\x{}",
        hex(order.row.snapshot_hash.as_deref().unwrap_or_default())
    );
    let policies = std::mem::take(&mut order.around.policies);
    for matched in policy::matching(&policies, &order.row)? {
        order.approvals.push(ApprovalRow {
            id: ctx.new_id(),
            policy_id: matched.policy.id,
            policy_name: matched.policy.name.clone(),
            measured: matched.found.value.decimal(),
            threshold: Some(matched.found.threshold.decimal()),
            snapshot_hash: hash.clone(),
            state: "pending".to_owned(),
            requested_at: ctx.now,
            requested_by: by(ctx),
            decided_at: None,
            decided_by: None,
            reason: None,
            approver_roles: matched.policy.approver_roles.clone(),
            measure: matched.policy.measure.clone(),
            currency: matched.policy.currency.clone(),
        });
    }
    Ok(())
}

/// The effects of confirming: stock is promised, credit is checked, the statuses follow.
async fn confirmed(ctx: &mut Ctx, order: &mut Order, from: Lifecycle) -> ApiResult<()> {
    Lifecycle::Confirmed
        .as_str()
        .clone_into(&mut order.row.lifecycle);
    order.row.confirmed_at = Some(ctx.now);
    for line in order.lines.iter_mut().filter(|line| line.shippable) {
        let ledger = line.ledger()?;
        if let Ok(reserved) = ledger.reserve(ledger.backordered()) {
            line.set_ledger(&reserved);
            line.updated_at = ctx.now;
        }
    }
    check_credit(ctx, order).await?;
    derive(ctx, order)?;
    let diff = json!({ "lifecycle": { "from": from.as_str(), "to": order.row.lifecycle } });
    record(ctx, order, "confirmed", diff);
    Ok(())
}

/// A breach of the credit limit holds the order; it is not an error. Limits hold in the customer's currency.
async fn check_credit(ctx: &mut Ctx, order: &mut Order) -> ApiResult<()> {
    let Some(limit) = order
        .around
        .credit_limit
        .filter(|_| order.around.customer_currency == order.row.currency)
    else {
        return Ok(());
    };
    let organization = ctx.organization();
    let exposure = match order.around.exposure {
        Some(exposure) => exposure,
        None => {
            let (customer, id) = (order.row.customer_id, order.row.id);
            reference::exposure_locked(ctx.db(), organization, customer, id).await?
        }
    };
    if exposure + order.row.payable_total <= limit {
        return Ok(());
    }
    let currency = order.row.money()?;
    let reason = format!(
        "Open orders of {} and this one of {} go beyond the limit of {} {currency}.",
        show::amount(exposure, currency),
        show::amount(order.row.payable_total, currency),
        show::amount(limit, currency)
    );
    let hold = HoldRow {
        id: ctx.new_id(),
        line_id: None,
        r#type: "credit".to_owned(),
        blocks: "ship".to_owned(),
        reason: reason.clone(),
        expires_at: None,
        placed_at: ctx.now,
        placed_by: None,
        released_at: None,
        released_by: None,
        release_reason: None,
    };
    order.holds.push(hold);
    record(
        ctx,
        order,
        "held",
        json!({ "type": "credit", "blocks": "ship", "reason": reason }),
    );
    Ok(())
}

/// Decides every approval the caller may decide; the last one confirms the order.
pub async fn approve(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    reason: Option<String>,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    let to = apply(Action::Approve, &facts)?;
    touch(ctx, &mut order);
    let mut names = Vec::new();
    let decidable = facts::decidable_by(&order, &ctx.caller);
    for approval in order
        .approvals
        .iter_mut()
        .filter(|approval| decidable.contains(&approval.id))
    {
        decide(ctx, approval, "approved", reason.clone());
        names.push(approval.policy_name.clone());
    }
    record(
        ctx,
        &order,
        "approved",
        json!({ "policies": names, "reason": reason }),
    );
    if to == Lifecycle::Confirmed {
        confirmed(ctx, &mut order, Lifecycle::PendingApproval).await?;
    }
    save(ctx, &order).await?;
    Ok(order)
}

fn decide(ctx: &Ctx, approval: &mut ApprovalRow, state: &str, reason: Option<String>) {
    state.clone_into(&mut approval.state);
    approval.decided_at = Some(ctx.now);
    approval.decided_by = by(ctx);
    approval.reason = reason;
}

/// Sends the order back to draft; whoever submitted it may take it back so.
pub async fn reject(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let mut facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    facts.actor_is_submitter = facts::is_submitter(&order, &ctx.caller);
    apply(Action::Reject, &facts)?;
    touch(ctx, &mut order);
    let decidable = facts::decidable_by(&order, &ctx.caller);
    for approval in order
        .approvals
        .iter_mut()
        .filter(|approval| approval.state == "pending")
    {
        let state = if decidable.contains(&approval.id) && !facts.actor_is_submitter {
            "rejected"
        } else {
            "superseded"
        };
        decide(ctx, approval, state, Some(reason.clone()));
    }
    Lifecycle::Draft
        .as_str()
        .clone_into(&mut order.row.lifecycle);
    order.row.submitted_at = None;
    order.row.submitted_by = None;
    order.row.snapshot_hash = None;
    record(
        ctx,
        &order,
        "rejected",
        json!({ "lifecycle": { "from": "pending_approval", "to": "draft" }, "reason": reason }),
    );
    save(ctx, &order).await?;
    Ok(order)
}

/// Cancels a draft or an order of which nothing was shipped, invoiced or paid.
pub async fn cancel(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    // A draft is discarded by whoever may write it; cancelling an agreed order is a permission of its own.
    let action = if facts.lifecycle == Lifecycle::Draft && !ctx.caller.may(Permission::OrdersCancel)
    {
        Action::Discard
    } else {
        Action::Cancel
    };
    apply(action, &facts)?;
    cancelled(ctx, &mut order, facts.lifecycle, reason).await?;
    Ok(order)
}

/// The effects of cancelling, saved.
pub(super) async fn cancelled(
    ctx: &mut Ctx,
    order: &mut Order,
    from: Lifecycle,
    reason: String,
) -> ApiResult<()> {
    let to = Lifecycle::Cancelled;
    touch(ctx, order);
    to.as_str().clone_into(&mut order.row.lifecycle);
    order.row.cancelled_at = Some(ctx.now);
    order.row.cancel_reason = Some(reason.clone());
    if order.row.confirmed_at.is_some() {
        give_up_rest(ctx, order)?;
    }
    for approval in order
        .approvals
        .iter_mut()
        .filter(|approval| approval.state == "pending")
    {
        decide(ctx, approval, "superseded", None);
    }
    derive(ctx, order)?;
    record(
        ctx,
        order,
        "cancelled",
        json!({ "lifecycle": { "from": from.as_str(), "to": to.as_str() }, "reason": reason }),
    );
    save(ctx, order).await
}

/// Gives up what is still open.
pub async fn short_close(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    reason: String,
) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    let to = apply(Action::ShortClose, &facts)?;
    touch(ctx, &mut order);
    to.as_str().clone_into(&mut order.row.lifecycle);
    order.row.closed_at = Some(ctx.now);
    order.row.cancel_reason = Some(reason.clone());
    give_up_rest(ctx, &mut order)?;
    derive(ctx, &mut order)?;
    record(
        ctx,
        &order,
        "closed",
        json!({ "lifecycle": { "from": facts.lifecycle.as_str(), "to": to.as_str() }, "reason": reason }),
    );
    save(ctx, &order).await?;
    Ok(order)
}

fn give_up_rest(ctx: &Ctx, order: &mut Order) -> ApiResult<()> {
    for line in order.lines.iter_mut().filter(|line| !line.is_text()) {
        let ledger = line.ledger()?.cancel_rest();
        line.set_ledger(&ledger);
        line.updated_at = ctx.now;
    }
    Ok(())
}

/// Takes a completed order up again; it happens by itself whenever something is open again.
pub async fn reopen(ctx: &mut Ctx, id: OrderId, if_match: &IfMatch) -> ApiResult<Order> {
    let mut order = open(ctx, id, if_match).await?;
    let facts = facts::facts(&order, &ctx.caller, ctx.now)?;
    let to = apply(Action::Reopen, &facts)?;
    touch(ctx, &mut order);
    to.as_str().clone_into(&mut order.row.lifecycle);
    order.row.completed_at = None;
    record(
        ctx,
        &order,
        "reopened",
        json!({ "lifecycle": { "from": facts.lifecycle.as_str(), "to": to.as_str() } }),
    );
    save(ctx, &order).await?;
    Ok(order)
}

/// Saves an order after a step of its lifecycle: header, ledgers, holds, approvals and the version's snapshot.
pub async fn save(ctx: &mut Ctx, order: &Order) -> ApiResult<()> {
    let ledgers: Vec<&LineRow> = order
        .lines
        .iter()
        .filter(|line| line.updated_at == ctx.now)
        .collect();
    let holds: Vec<&HoldRow> = order
        .holds
        .iter()
        .filter(|hold| hold.placed_at == ctx.now || hold.released_at == Some(ctx.now))
        .collect();
    let approvals: Vec<&ApprovalRow> = order
        .approvals
        .iter()
        .filter(|approval| approval.requested_at == ctx.now || approval.decided_at == Some(ctx.now))
        .collect();
    let beside = Beside {
        ledgers,
        holds,
        approvals,
        snapshot: Some(snapshot(order)?),
    };
    write::update(ctx.db(), &order.row, beside).await?;
    Ok(())
}
