//! Opening an order for a change, and saving it.

use serde_json::{Value, json};
use som_domain::ids::{OrderId, TeamId, UserId};
use som_domain::orders::status::PaymentFacts;
use som_domain::orders::{Action, Lifecycle, OrderFacts, Statuses};

use super::{facts, policy, refusal, snapshot};
use crate::ctx::{Ctx, Event};
use crate::features::orders::render;
use crate::features::orders::rows::Order;
use crate::features::orders::store::read;
use crate::features::orders::view::{OrderView, Warning};
use crate::http::{ApiResult, IfMatch, Problem};

/// Locks and reads an order. Errors: 404 out of sight, 428 and 412 for the version.
pub async fn open(ctx: &mut Ctx, id: OrderId, if_match: &IfMatch) -> ApiResult<Order> {
    let (organization, scope) = (ctx.organization(), ctx.caller.row_scope());
    let version = read::lock(ctx.db(), organization, id.uuid(), &scope)
        .await?
        .ok_or_else(|| Problem::not_found("order"))?;
    ctx.check_version(if_match, "order", id.uuid(), version)
        .await?;
    read(ctx, id).await
}

/// Reads an order. Errors: 404 out of sight.
pub async fn read(ctx: &mut Ctx, id: OrderId) -> ApiResult<Order> {
    let (organization, scope) = (ctx.organization(), ctx.caller.row_scope());
    Ok(read::order(ctx.db(), organization, id.uuid(), &scope)
        .await?
        .ok_or_else(|| Problem::not_found("order"))?)
}

/// Performs an action of the lifecycle, or says what stands in the way.
pub fn apply(action: Action, facts: &OrderFacts) -> Result<Lifecycle, Problem> {
    facts
        .lifecycle
        .apply(action, facts)
        .map_err(|refused| refusal::problem(refused, action, facts))
}

/// 409 (or 403) unless the draft may be edited.
pub fn editable(ctx: &Ctx, order: &Order) -> ApiResult<()> {
    let facts = facts::facts(order, &ctx.caller, ctx.now)?;
    apply(Action::Edit, &facts)?;
    Ok(())
}

/// The next version, by this caller, now.
pub fn touch(ctx: &Ctx, order: &mut Order) {
    order.row.version += 1;
    order.row.updated_at = ctx.now;
    order.row.updated_by = by(ctx);
}

/// The person behind the change, if it is one.
pub fn by(ctx: &Ctx) -> Option<uuid::Uuid> {
    Some(ctx.caller.user_id.uuid()).filter(|id| !id.is_nil())
}

/// Derives the statuses from the lines, and completes or reopens the order accordingly.
pub fn derive(ctx: &Ctx, order: &mut Order) -> ApiResult<()> {
    let ledgers = facts::ledgers(order)?;
    let statuses = Statuses::derive(&ledgers, PaymentFacts::default());
    let before = order.row.state()?;
    let after = statuses.settle(before);
    order.row.fulfilment_status = statuses.fulfilment.as_str().to_owned();
    order.row.invoice_status = statuses.invoice.as_str().to_owned();
    order.row.payment_status = statuses.payment.as_str().to_owned();
    order.row.return_status = statuses.returns.as_str().to_owned();
    order.row.has_backorder = statuses.has_backorder && matches!(after, Lifecycle::Confirmed);
    if !matches!(
        after,
        Lifecycle::Confirmed | Lifecycle::Completed | Lifecycle::Closed
    ) {
        // Nothing of a draft can be invoiced, whatever its lines say.
        order.row.invoice_status = "nothing_to_invoice".to_owned();
    }
    order.row.lifecycle = after.as_str().to_owned();
    if after != before {
        order.row.completed_at = (after == Lifecycle::Completed).then_some(ctx.now);
    }
    order.row.hold_count = i32::try_from(
        order
            .holds
            .iter()
            .filter(|hold| hold.is_active(ctx.now))
            .count(),
    )
    .unwrap_or(i32::MAX);
    Ok(())
}

/// What others are told about the order.
pub fn figures(ctx: &Ctx, order: &Order, counted: bool) -> Value {
    let row = &order.row;
    json!({
        "id": OrderId::from_uuid(row.id),
        "number": row.number,
        "version": row.version,
        "day": counted.then(|| ctx.today()),
        "owner_id": row.owner_id.map(UserId::from_uuid),
        "team_id": row.team_id.map(TeamId::from_uuid),
        "currency": row.currency,
        "total": crate::features::orders::show::plain(row.grand_total),
    })
}

/// Notes what happened, for the audit and for others.
pub fn record(ctx: &mut Ctx, order: &Order, action: &'static str, diff: Value) {
    let counted = match action {
        "confirmed" => true,
        "cancelled" => order.row.confirmed_at.is_some(),
        _ => false,
    };
    let payload = figures(ctx, order, counted);
    ctx.record(Event::new("order", order.row.id, order.row.version, action, diff).publish(payload));
}

/// The order as the caller sees it, with what can be done and what should be looked at.
pub fn view(ctx: &Ctx, order: &Order, warnings: Vec<Warning>) -> ApiResult<OrderView> {
    shown(order, &ctx.caller, ctx.now, warnings)
}

/// The same outside a change.
pub fn shown(
    order: &Order,
    caller: &crate::caller::Caller,
    now: chrono::DateTime<chrono::Utc>,
    mut warnings: Vec<Warning>,
) -> ApiResult<OrderView> {
    let facts = facts::facts(order, caller, now)?;
    let note = |warnings: &mut Vec<Warning>, code: &str, detail: String| {
        if !warnings.iter().any(|warning| warning.code == code) {
            warnings.push(Warning::new(code, detail));
        }
    };
    if facts.lifecycle == Lifecycle::Draft {
        if !facts.customer_active {
            note(
                &mut warnings,
                "customer_blocked",
                refusal::detail(som_domain::orders::Refusal::CustomerInactive).to_owned(),
            );
        }
        if facts.discount_exceeded {
            note(
                &mut warnings,
                "discount_over_limit",
                refusal::detail(som_domain::orders::Refusal::DiscountExceeded).to_owned(),
            );
        }
        if let Some(number) = order
            .around
            .po_duplicate
            .as_ref()
            .filter(|_| caller.organization.customer_po_policy != "allow")
        {
            let po = order.row.customer_po.clone().unwrap_or_default();
            note(
                &mut warnings,
                "duplicate_customer_po",
                format!("{number} of the same customer already has the number {po}."),
            );
        }
        let matches = policy::matching(&order.around.policies, &order.row)?;
        if !matches.is_empty() {
            let names: Vec<&str> = matches.iter().map(|m| m.policy.name.as_str()).collect();
            note(
                &mut warnings,
                "approval_required",
                format!("Will need approval: {}.", names.join(", ")),
            );
        }
    }
    render::order(order, caller, now, refusal::actions(&facts), warnings)
}

/// The snapshot of this version.
pub fn snapshot(order: &Order) -> ApiResult<crate::features::orders::rows::SnapshotRow> {
    Ok(snapshot::snapshot(order)?)
}
