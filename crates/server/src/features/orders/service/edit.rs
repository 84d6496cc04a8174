//! Changes the header of a draft. What prices or taxes depend on prices the lines again; prices set by hand stay.

use som_domain::ids::{CustomerId, OrderId};

use super::again::{discount_input, line_input, privileged};
use super::change::{derive, editable, open, record, snapshot, touch};
use super::compute::compute;
use super::prepare::{Circumstances, Prepared, prepare};
use super::{create, snapshot as content};
use crate::ctx::Ctx;
use crate::features::orders::input::{NewOrder, OrderPatch, Rules};
use crate::features::orders::rows::Order;
use crate::features::orders::store::write::{self, Beside};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, IfMatch, Patch};

/// Applies a merge patch to a draft.
pub async fn patch(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    patch: OrderPatch,
) -> ApiResult<(Order, Vec<Warning>)> {
    let mut order = open(ctx, id, if_match).await?;
    editable(ctx, &order)?;
    let before = order.clone();
    let reprice = patch.customer_id.is_some()
        || patch.currency.is_some()
        || patch.order_date.is_some()
        || patch.price_list_id.is_present()
        || patch.ship_to.is_present()
        || patch.ship_to_address_id.is_some();
    let input = merged(&order, &patch, reprice)?;
    let caller = std::sync::Arc::clone(&ctx.caller);
    let prices = privileged(&caller);
    let new_customer = patch
        .customer_id
        .is_some_and(|id| id.uuid() != order.row.customer_id);
    let keep = |stored: &Option<String>, named: bool, cleared: bool| {
        if named || cleared || new_customer {
            None
        } else {
            stored.clone()
        }
    };
    let around = Circumstances {
        order_id: order.row.id,
        keep_bill_to: keep(
            &order.row.bill_to,
            patch.bill_to_address_id.is_some(),
            patch.bill_to.is_present(),
        ),
        keep_ship_to: keep(
            &order.row.ship_to,
            patch.ship_to_address_id.is_some(),
            patch.ship_to.is_present(),
        ),
        keep_custom: Some(order.row.custom.clone()),
        ..Circumstances::new(&prices, ctx.now, ctx.today())
    };
    let rules = Rules {
        rounding: order.row.rounding_mode.parse().ok(),
        tax_mode: order.row.tax_mode.parse().ok(),
        cash_rounding: Patch::Absent,
    };
    let prepared = prepare(ctx.db(), &around, &input, &rules).await?;
    let warnings = take_over(ctx, &mut order, prepared, &patch, reprice)?;
    finish(ctx, &before, &mut order, reprice, references(&patch)).await?;
    Ok((order, warnings))
}

/// The draft as it would be sent anew, with the patch.
fn merged(order: &Order, patch: &OrderPatch, with_lines: bool) -> ApiResult<NewOrder> {
    let row = &order.row;
    let po = row.customer_po.as_deref().and_then(|po| po.parse().ok());
    let date = |date: Option<chrono::NaiveDate>| date.and_then(som_domain::Date::new);
    let lines = if with_lines {
        order
            .lines
            .iter()
            .map(line_input)
            .collect::<anyhow::Result<_>>()?
    } else {
        Vec::new()
    };
    let address = |patch: &Patch<crate::features::orders::input::AddressInput>| match patch {
        Patch::Value(address) => Some(address.clone()),
        Patch::Absent | Patch::Null => None,
    };
    Ok(NewOrder {
        customer_id: Some(
            patch
                .customer_id
                .unwrap_or_else(|| CustomerId::from_uuid(row.customer_id)),
        ),
        currency: Some(match patch.currency {
            Some(currency) => currency,
            None => row.money()?,
        }),
        customer_po: patch.customer_po.clone().apply(po),
        order_date: patch.order_date.or_else(|| date(Some(row.order_date))),
        requested_date: patch.requested_date.clone().apply(date(row.requested_date)),
        valid_until: patch.valid_until.clone().apply(date(row.valid_until)),
        bill_to: address(&patch.bill_to),
        ship_to: address(&patch.ship_to),
        bill_to_address_id: patch.bill_to_address_id,
        ship_to_address_id: patch.ship_to_address_id,
        payment_term_id: patch.payment_term_id.clone().apply(
            row.payment_term_id
                .map(som_domain::PaymentTermId::from_uuid),
        ),
        price_list_id: patch
            .price_list_id
            .clone()
            .apply(row.price_list_id.map(som_domain::PriceListId::from_uuid)),
        discount: patch.discount.clone().apply(discount_input(row)?),
        lines,
        notes: patch.notes.clone().apply(row.notes.parse().ok()),
        custom: patch.custom.clone(),
        owner_id: patch.owner_id,
        ..NewOrder::default()
    })
}

fn references(patch: &OrderPatch) -> Vec<(String, Option<String>)> {
    patch
        .external_refs
        .iter()
        .map(|(source, reference)| {
            (
                source.to_string(),
                reference.as_ref().map(ToString::to_string),
            )
        })
        .collect()
}

/// Puts what was prepared in place of the header (and the lines, when they were priced again).
fn take_over(
    ctx: &Ctx,
    order: &mut Order,
    prepared: Prepared,
    patch: &OrderPatch,
    reprice: bool,
) -> ApiResult<Vec<Warning>> {
    let old = &order.row;
    let mut row = prepared.row;
    row.number.clone_from(&old.number);
    row.version = old.version;
    row.created_at = old.created_at;
    row.created_by = old.created_by;
    row.cash_rounding = old.cash_rounding.filter(|_| row.currency == old.currency);
    if patch.owner_id.is_none() {
        row.owner_id = old.owner_id;
        row.owner_name.clone_from(&old.owner_name);
        row.team_id = old.team_id;
    }
    order.row = row;
    if reprice {
        let kept: Vec<_> = order
            .lines
            .iter()
            .map(|line| (line.id, line.created_at))
            .collect();
        order.lines = prepared.lines;
        for (line, (id, created_at)) in order.lines.iter_mut().zip(kept) {
            line.id = id;
            line.created_at = created_at;
        }
    }
    compute(&mut order.row, &mut order.lines)?;
    if let Some(customer) = &prepared.reference.customer {
        order.around.customer_status.clone_from(&customer.status);
        order.around.credit_limit = customer.credit_limit;
        order
            .around
            .customer_currency
            .clone_from(&customer.currency);
    }
    order.around.po_duplicate = prepared.reference.po_duplicate;
    touch(ctx, order);
    Ok(prepared.warnings)
}

/// Saves an edited draft with its lines, when they changed.
pub async fn finish(
    ctx: &mut Ctx,
    before: &Order,
    order: &mut Order,
    lines_too: bool,
    references: Vec<(String, Option<String>)>,
) -> ApiResult<()> {
    for (source, reference) in &references {
        match reference {
            Some(reference) => order
                .external_refs
                .insert(source.clone(), reference.clone()),
            None => order.external_refs.remove(source),
        };
    }
    order.row.search = create::search(&order.row, &order.external_refs);
    derive(ctx, order)?;
    let (organization, id) = (ctx.organization(), order.row.id);
    if !references.is_empty() {
        write::change_references(ctx.db(), organization, id, &references).await?;
    }
    // Order amounts always touch the lines' shares, so a discount on the order rewrites them as well.
    if lines_too
        || before.lines.iter().zip(&order.lines).any(|(a, b)| {
            a.base != b.base || a.tax != b.tax || a.order_discount_share != b.order_discount_share
        })
    {
        write::put_lines(ctx.db(), organization, id, &order.lines).await?;
    }
    let beside = Beside {
        snapshot: Some(snapshot(order)?),
        ..Beside::default()
    };
    write::update(ctx.db(), &order.row, beside).await?;
    let diff = content::audit(before, order)?;
    record(ctx, order, "updated", diff);
    Ok(())
}
