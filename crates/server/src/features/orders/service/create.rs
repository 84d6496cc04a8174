//! Makes orders: new ones, and copies of old ones.

use std::collections::BTreeMap;

use crate::db::TenantTx;
use chrono::{DateTime, Utc};
use serde_json::json;
use som_domain::Date;
use som_domain::ids::OrderId;
use som_domain::orders::Action;

use super::again::line_input;
use super::change::{self, derive, record};
use super::prepare::{Circumstances, Prepared, prepare};
use super::transition::place;
use crate::app::AppState;
use crate::caller::Caller;
use crate::ctx::Ctx;
use crate::db::numbers::Promise;
use crate::db::record::Closing;
use crate::features::orders::input::{NewOrder, Rules};
use crate::features::orders::rows::{Around, Order, OrderRow};
use crate::features::orders::store::write;
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem, Problem, require};
use crate::permission::Permission;

/// Most references of one order.
const REFERENCES_MAX: usize = 20;

/// Promises an order number before the transaction begins; to be held until the order is made.
pub async fn number_ahead<'a>(
    state: &'a AppState,
    caller: &Caller,
    now: DateTime<Utc>,
    order_date: Option<Date>,
) -> ApiResult<Promise<'a>> {
    let organization = &caller.organization;
    let date = order_date.map_or_else(
        || crate::dates::business_date(now, &organization.time_zone),
        Date::naive,
    );
    state
        .numbers()
        .ahead(state.db(), organization.id, date)
        .await
}

/// Makes and saves an order, in a use case that makes several.
pub async fn create(ctx: &mut Ctx, input: NewOrder) -> ApiResult<(Order, Vec<Warning>)> {
    let (order, warnings) = compose(ctx, input).await?;
    let (db, closing) = ctx.not_yet();
    save(db, &order, &closing).await?;
    Ok((order, warnings))
}

/// Saves a composed order with what its use case leaves behind. False when another request with the key was faster.
pub async fn save(db: &mut TenantTx, order: &Order, closing: &Closing<'_>) -> ApiResult<bool> {
    write::insert(db, order, change::snapshot(order)?, closing).await
}

/// Makes an order in memory; with `place` it is submitted and, when nothing stops it, confirmed. The caller saves it.
pub async fn compose(ctx: &mut Ctx, input: NewOrder) -> ApiResult<(Order, Vec<Warning>)> {
    if input.place {
        require(&ctx.caller, Permission::OrdersConfirm)?;
    }
    if input.external_refs.len() > REFERENCES_MAX {
        return Err(Problem::invalid(vec![FieldProblem::at(
            "/external_refs",
            "too_many",
            format!("An order has at most {REFERENCES_MAX} references."),
        )])
        .into());
    }
    let caller = std::sync::Arc::clone(&ctx.caller);
    let around = Circumstances {
        order_id: ctx.new_id(),
        confirms: input.place,
        ..Circumstances::new(&caller, ctx.now, ctx.today())
    };
    let prepared = prepare(ctx.db(), &around, &input, &Rules::default()).await?;
    let (mut order, warnings) = assemble(ctx, prepared, &input);
    let state = ctx.state().clone();
    order.row.number = state
        .numbers()
        .next_order(state.db(), caller.organization.id, order.row.order_date)
        .await?;
    order.row.search = search(&order.row, &order.external_refs);
    derive(ctx, &mut order)?;
    record(
        ctx,
        &order,
        "created",
        json!({ "number": order.row.number, "customer": order.row.customer_name, "lines": order.row.line_count }),
    );
    if input.place {
        place(ctx, &mut order, Action::Submit).await?;
    }
    Ok((order, warnings))
}

fn assemble(ctx: &Ctx, prepared: Prepared, input: &NewOrder) -> (Order, Vec<Warning>) {
    let Prepared {
        row,
        mut lines,
        reference,
        warnings,
        ..
    } = prepared;
    for line in &mut lines {
        line.id = ctx.new_id();
    }
    let customer = reference.customer.as_ref();
    let around = Around {
        customer_status: customer.map(|c| c.status.clone()).unwrap_or_default(),
        credit_limit: customer.and_then(|c| c.credit_limit),
        customer_currency: customer.map(|c| c.currency.clone()).unwrap_or_default(),
        policies: reference.policies,
        po_duplicate: reference.po_duplicate,
        exposure: reference.exposure,
    };
    let external_refs = input
        .external_refs
        .iter()
        .map(|(source, reference)| (source.to_string(), reference.to_string()))
        .collect();
    (
        Order {
            row,
            lines,
            holds: Vec::new(),
            approvals: Vec::new(),
            external_refs,
            around,
        },
        warnings,
    )
}

/// What an order is found by.
pub fn search(row: &OrderRow, references: &BTreeMap<String, String>) -> String {
    let mut words = vec![
        row.number.as_str(),
        row.customer_name.as_str(),
        row.customer_code.as_str(),
    ];
    words.extend(row.customer_po.as_deref());
    words.extend(references.values().map(String::as_str));
    words.join(" ")
}

/// Copies an order into a new draft of today: what was found by price lists is found again, what was set by hand stays. The caller saves it.
pub async fn duplicate(ctx: &mut Ctx, id: OrderId) -> ApiResult<(Order, Vec<Warning>)> {
    let original = change::read(ctx, id).await?;
    let lines = original
        .lines
        .iter()
        .map(line_input)
        .collect::<anyhow::Result<_>>()?;
    let row = &original.row;
    let input = NewOrder {
        customer_id: Some(som_domain::CustomerId::from_uuid(row.customer_id)),
        currency: Some(row.money()?),
        payment_term_id: row
            .payment_term_id
            .map(som_domain::PaymentTermId::from_uuid),
        discount: super::again::discount_input(row)?,
        notes: row.notes.parse().ok(),
        lines,
        ..NewOrder::default()
    };
    let caller = std::sync::Arc::clone(&ctx.caller);
    // Prices and taxes set by hand were allowed when they were set.
    let privileged = super::again::privileged(&caller);
    let around = Circumstances {
        order_id: ctx.new_id(),
        keep_bill_to: row.bill_to.clone(),
        keep_ship_to: row.ship_to.clone(),
        keep_custom: Some(row.custom.clone()),
        ..Circumstances::new(&privileged, ctx.now, ctx.today())
    };
    let prepared = prepare(ctx.db(), &around, &input, &Rules::default()).await?;
    let (mut order, warnings) = assemble(ctx, prepared, &input);
    let state = ctx.state().clone();
    order.row.number = state
        .numbers()
        .next_order(state.db(), caller.organization.id, order.row.order_date)
        .await?;
    order.row.search = search(&order.row, &order.external_refs);
    derive(ctx, &mut order)?;
    record(
        ctx,
        &order,
        "created",
        json!({ "number": order.row.number, "duplicate_of": row.number }),
    );
    Ok((order, warnings))
}
