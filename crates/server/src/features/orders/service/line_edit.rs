//! Adds, changes, removes and replaces lines of a draft.

use std::sync::Arc;

use som_domain::ids::{OrderId, OrderLineId};

use super::again::{line_input, privileged};
use super::change::{editable, open, touch};
use super::compute::compute;
use super::edit::finish;
use super::lines::{self, Findings};
use super::prepare::{Circumstances, reference_for, refuse};
use crate::ctx::Ctx;
use crate::features::orders::input::{LINES_MAX, LinePatch, NewOrderLine};
use crate::features::orders::rows::{LineRow, Order};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};

/// Adds lines at the end.
pub async fn add(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    inputs: &[NewOrderLine],
) -> ApiResult<(Order, Vec<Warning>)> {
    let mut order = open(ctx, id, if_match).await?;
    editable(ctx, &order)?;
    let before = order.clone();
    check_count(order.lines.len() + inputs.len())?;
    let (mut added, warnings) = read(ctx, &order, inputs, false, |i| format!("/lines/{i}")).await?;
    for line in &mut added {
        line.id = ctx.new_id();
    }
    order.lines.append(&mut added);
    save(ctx, &before, order, warnings).await
}

/// Puts lines in place of all lines.
pub async fn replace(
    ctx: &mut Ctx,
    id: OrderId,
    if_match: &IfMatch,
    inputs: &[NewOrderLine],
) -> ApiResult<(Order, Vec<Warning>)> {
    let mut order = open(ctx, id, if_match).await?;
    editable(ctx, &order)?;
    let before = order.clone();
    check_count(inputs.len())?;
    let (mut lines, warnings) = read(ctx, &order, inputs, false, |i| format!("/lines/{i}")).await?;
    // A line that stays what it was keeps its identity: holds and comments of others point to it.
    for (i, line) in lines.iter_mut().enumerate() {
        let same = before.lines.get(i).filter(|old| {
            old.product_id == line.product_id
                && old.kind == line.kind
                && (line.product_id.is_some() || old.description == line.description)
        });
        line.id = same.map_or_else(|| ctx.new_id(), |old| old.id);
        line.created_at = same.map_or(line.created_at, |old| old.created_at);
    }
    order.lines = lines;
    save(ctx, &before, order, warnings).await
}

/// Changes one line.
pub async fn patch(
    ctx: &mut Ctx,
    id: OrderId,
    line: OrderLineId,
    if_match: &IfMatch,
    patch: LinePatch,
) -> ApiResult<(Order, Vec<Warning>)> {
    let mut order = open(ctx, id, if_match).await?;
    editable(ctx, &order)?;
    let before = order.clone();
    let index = position_of(&order, line)?;
    let Some(old) = order.lines.get(index).cloned() else {
        return Err(Problem::not_found("line").into());
    };
    let own_price = !patch.unit_price.is_present() && !patch.taxes.is_present();
    let target = patch.position;
    let input = merged(&old, patch)?;
    let (changed, warnings) = read(ctx, &order, std::slice::from_ref(&input), own_price, |_| {
        String::new()
    })
    .await?;
    if let (Some(mut changed), Some(slot)) =
        (changed.into_iter().next(), order.lines.get_mut(index))
    {
        changed.id = old.id;
        changed.created_at = old.created_at;
        *slot = changed;
    }
    if let Some(target) = target {
        let to = usize::try_from(target)
            .unwrap_or(usize::MAX)
            .saturating_sub(1)
            .min(order.lines.len().saturating_sub(1));
        let line = order.lines.remove(index);
        order.lines.insert(to, line);
    }
    save(ctx, &before, order, warnings).await
}

/// Removes one line.
pub async fn remove(
    ctx: &mut Ctx,
    id: OrderId,
    line: OrderLineId,
    if_match: &IfMatch,
) -> ApiResult<(Order, Vec<Warning>)> {
    let mut order = open(ctx, id, if_match).await?;
    editable(ctx, &order)?;
    let before = order.clone();
    let index = position_of(&order, line)?;
    order.lines.remove(index);
    save(ctx, &before, order, Vec::new()).await
}

fn position_of(order: &Order, line: OrderLineId) -> ApiResult<usize> {
    Ok(order
        .lines
        .iter()
        .position(|row| row.id == line.uuid())
        .ok_or_else(|| Problem::not_found("line"))?)
}

fn check_count(count: usize) -> ApiResult<()> {
    if count <= LINES_MAX {
        return Ok(());
    }
    Err(Problem::invalid(vec![FieldProblem::at(
        "/lines",
        "too_many_lines",
        format!("An order has at most {LINES_MAX} lines."),
    )])
    .into())
}

/// Reads lines under the header of a stored draft. `keep`: prices set by hand earlier stay, whoever set them.
async fn read(
    ctx: &mut Ctx,
    order: &Order,
    inputs: &[NewOrderLine],
    keep: bool,
    pointer: impl Fn(usize) -> String,
) -> ApiResult<(Vec<LineRow>, Vec<Warning>)> {
    let caller = if keep {
        Arc::new(privileged(&ctx.caller))
    } else {
        Arc::clone(&ctx.caller)
    };
    let around = Circumstances {
        order_id: order.row.id,
        ..Circumstances::new(&caller, ctx.now, ctx.today())
    };
    let (header, reference) = reference_for(ctx.db(), &around, order, inputs).await?;
    let mut findings = Findings::default();
    let mut rows = Vec::with_capacity(inputs.len());
    for (i, input) in inputs.iter().enumerate() {
        rows.extend(lines::line(
            &header,
            &reference,
            &caller,
            input,
            &pointer(i),
            &mut findings,
        )?);
    }
    refuse(ctx.db(), &caller, &mut findings).await?;
    Ok((rows, findings.warnings))
}

async fn save(
    ctx: &mut Ctx,
    before: &Order,
    mut order: Order,
    warnings: Vec<Warning>,
) -> ApiResult<(Order, Vec<Warning>)> {
    for (i, line) in order.lines.iter_mut().enumerate() {
        line.position = i32::try_from(i + 1).unwrap_or(i32::MAX);
        line.updated_at = ctx.now;
    }
    compute(&mut order.row, &mut order.lines)?;
    touch(ctx, &mut order);
    finish(ctx, before, &mut order, true, Vec::new()).await?;
    Ok((order, warnings))
}

/// The stored line as it would be sent anew, with the patch.
fn merged(old: &LineRow, patch: LinePatch) -> ApiResult<NewOrderLine> {
    let mut input = line_input(old)?;
    let product_named = patch.product_id.is_some() || patch.sku.is_some();
    if product_named {
        input.product_id = patch.product_id;
        input.sku = patch.sku;
        input.description = None;
        input.unit_price = None;
        input.price_includes_tax = None;
        input.taxes = None;
        if let Some(quantity) = &mut input.quantity {
            quantity.unit = None;
        }
    }
    input.description = patch.description.or(input.description);
    if let Some(quantity) = patch.quantity {
        // The unit stays unless another is named.
        let unit = quantity
            .unit
            .or_else(|| input.quantity.as_ref().and_then(|q| q.unit.clone()));
        input.quantity = Some(crate::features::orders::input::QuantityInput {
            value: quantity.value,
            unit,
        });
    }
    input.unit_price = patch.unit_price.apply(input.unit_price);
    input.price_includes_tax = patch.price_includes_tax.or(input.price_includes_tax);
    input.discounts = patch.discounts.unwrap_or(input.discounts);
    input.taxes = match patch.taxes {
        Patch::Absent if patch.tax_class.is_some() => None,
        taxes => taxes.apply(input.taxes),
    };
    input.tax_class = patch.tax_class;
    input.exemption_reason = patch.exemption_reason.apply(input.exemption_reason);
    input.discountable = patch.discountable.or(input.discountable);
    input.requested_date = patch.requested_date.apply(input.requested_date);
    input.invoice_policy = patch.invoice_policy.or(input.invoice_policy);
    Ok(input)
}
