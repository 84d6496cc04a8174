//! What the domain's lifecycle needs to know about an order and the person who acts on it.

use chrono::{DateTime, Utc};
use som_domain::ids::{HoldId, OrderLineId};
use som_domain::orders::holds::blocking;
use som_domain::orders::{Action, Activity, Hold, HoldScope, Lifecycle, LineLedger, OrderFacts};
use som_domain::totals::totals;

use super::{compute, policy, snapshot};
use crate::caller::Caller;
use crate::features::orders::rows::{ApprovalRow, Order};
use crate::http::ApiResult;
use crate::permission::Permission;

/// Everything [`Lifecycle::apply`] looks at.
pub fn facts(order: &Order, caller: &Caller, now: DateTime<Utc>) -> ApiResult<OrderFacts> {
    let row = &order.row;
    let lifecycle = row.state()?;
    let mut facts = OrderFacts::new(lifecycle);
    let ledgers = ledgers(order)?;
    let sold = || order.lines.iter().filter(|line| !line.is_text());
    facts.has_lines = sold().next().is_some();
    facts.quantities_valid = sold().all(|line| !line.ordered.is_zero());
    facts.all_priced = sold().all(|line| line.unit_price.is_some());
    facts.has_bill_to = row.bill_to.is_some();
    facts.has_ship_to = row.ship_to.is_some() || !order.lines.iter().any(|line| line.shippable);
    facts.customer_active = order.around.customer_status == "active";
    facts.duplicate_customer_po =
        caller.organization.customer_po_policy == "refuse" && order.around.po_duplicate.is_some();
    let today = crate::dates::business_date(now, &caller.organization.time_zone);
    facts.offer_expired = row.valid_until.is_some_and(|last| last < today);
    facts.requested_before_order = row.requested_date.is_some_and(|date| date < row.order_date);
    if lifecycle == Lifecycle::Draft {
        drafts(order, caller, &mut facts)?;
    }
    approvals(order, caller, &mut facts)?;
    let holds = holds(order)?;
    facts.holds =
        u32::try_from(holds.iter().filter(|hold| hold.is_active(now)).count()).unwrap_or(u32::MAX);
    facts.ship_blocked = !blocking(&holds, Activity::Ship, None, now).is_empty();
    facts.any_shipped = ledgers.iter().any(|ledger| !ledger.shipped.is_zero());
    facts.any_invoiced = ledgers
        .iter()
        .any(|ledger| !ledger.invoiced_net().is_zero());
    facts.any_open = ledgers.iter().any(LineLedger::awaits_fulfilment);
    facts.any_cancellable = ledgers.iter().any(|ledger| !ledger.cancellable().is_zero());
    facts.settled = !ledgers.is_empty() && ledgers.iter().all(LineLedger::is_settled);
    facts.forbidden = forbidden(order, caller);
    Ok(facts)
}

/// Ledgers of the lines that are sold.
pub fn ledgers(order: &Order) -> anyhow::Result<Vec<LineLedger>> {
    order
        .lines
        .iter()
        .filter(|line| !line.is_text())
        .map(crate::features::orders::rows::LineRow::ledger)
        .collect()
}

fn drafts(order: &Order, caller: &Caller, facts: &mut OrderFacts) -> ApiResult<()> {
    let matches = policy::matching(&order.around.policies, &order.row)?;
    facts.approval_required = !matches.is_empty();
    // Totals that cannot be computed are refused where they are written; here they give no discount.
    let computed = totals(&compute::document(&order.row, &order.lines, false)?).ok();
    let exceeded = computed.is_some_and(|totals| !policy::exceeded(caller, &totals).is_empty());
    facts.discount_exceeded = exceeded && !policy::covers_discount(&matches);
    Ok(())
}

fn approvals(order: &Order, caller: &Caller, facts: &mut OrderFacts) -> ApiResult<()> {
    let pending = pending(order);
    let decidable = pending
        .iter()
        .filter(|approval| decidable(order, approval, caller))
        .count();
    // All that the caller may decide are decided by one call: the last of them counts as one.
    facts.approvals_outstanding =
        u32::try_from(pending.len().saturating_sub(decidable.saturating_sub(1)))
            .unwrap_or(u32::MAX);
    facts.actor_may_approve = decidable > 0;
    facts.actor_is_submitter = caller.organization.four_eyes && is_submitter(order, caller);
    facts.snapshot_unchanged = match &order.row.snapshot_hash {
        Some(hash) => *hash == snapshot::hash(order)?,
        None => true,
    };
    Ok(())
}

/// Approvals that wait for a decision.
pub fn pending(order: &Order) -> Vec<&ApprovalRow> {
    order
        .approvals
        .iter()
        .filter(|approval| approval.state == "pending")
        .collect()
}

/// Whether the caller's role is one the policy names, and its limit reaches for the total.
fn decidable(order: &Order, approval: &ApprovalRow, caller: &Caller) -> bool {
    caller.may(Permission::OrdersApprove)
        && within_limit(order, caller)
        && approval
            .approver_roles
            .iter()
            .any(|role| role == caller.role.as_str())
}

/// The pending approvals that the caller may decide.
pub fn decidable_by(order: &Order, caller: &Caller) -> Vec<uuid::Uuid> {
    pending(order)
        .into_iter()
        .filter(|approval| decidable(order, approval, caller))
        .map(|approval| approval.id)
        .collect()
}

/// A limit is in the base currency; an order in another one is beyond it, because there is no rate to compare it by.
fn within_limit(order: &Order, caller: &Caller) -> bool {
    caller.approval_limit().is_none_or(|limit| {
        order.row.currency == caller.organization.currency.code() && order.row.grand_total <= limit
    })
}

/// Whether the caller submitted the order.
pub fn is_submitter(order: &Order, caller: &Caller) -> bool {
    order
        .row
        .submitted_by
        .is_some_and(|id| id == caller.user_id.uuid())
}

/// Holds as the domain reads them.
pub fn holds(order: &Order) -> anyhow::Result<Vec<Hold>> {
    let hold = |row: &crate::features::orders::rows::HoldRow| {
        Ok(Hold {
            id: HoldId::from_uuid(row.id),
            hold_type: row
                .r#type
                .parse()
                .map_err(|error| anyhow::anyhow!("stored hold type: {error}"))?,
            blocks: row
                .blocks
                .parse()
                .map_err(|error| anyhow::anyhow!("stored hold: {error}"))?,
            scope: row.line_id.map_or(HoldScope::Order, |line| {
                HoldScope::Line(OrderLineId::from_uuid(line))
            }),
            expires_at: row.expires_at,
            released_at: row.released_at,
        })
    };
    order.holds.iter().map(hold).collect()
}

fn forbidden(order: &Order, caller: &Caller) -> Vec<Action> {
    let allowed = |action: &Action| match action {
        // Whoever submitted may take it back.
        Action::Reject => caller.may(Permission::OrdersApprove) || is_submitter(order, caller),
        other => permission(*other).is_none_or(|permission| caller.may(permission)),
    };
    Action::ALL
        .iter()
        .copied()
        .filter(|action| !allowed(action))
        .collect()
}

/// The permission an action needs.
pub fn permission(action: Action) -> Option<Permission> {
    Some(match action {
        Action::Edit | Action::Submit | Action::Discard | Action::Duplicate => {
            Permission::OrdersWrite
        }
        Action::Approve | Action::Reject => Permission::OrdersApprove,
        Action::Confirm => Permission::OrdersConfirm,
        Action::Hold => Permission::OrdersHold,
        Action::Release => Permission::OrdersRelease,
        Action::Deliver | Action::ReverseDelivery => Permission::OrdersDeliver,
        Action::CancelLineQuantity | Action::Cancel => Permission::OrdersCancel,
        Action::ShortClose | Action::Reopen => Permission::OrdersClose,
        Action::Complete | Action::Expire => return None,
    })
}
