//! Rows to views.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use som_domain::currency::Currency;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{
    ApprovalId, ApprovalPolicyId, CustomerId, HoldId, OrderId, OrderLineId, PaymentTermId,
    PriceListId, ProductId, TeamId, UserId,
};
use som_domain::money::{Amount, Percent};

use super::kind::stored_kind;
use super::rows::{ApprovalRow, HoldRow, LineRow, Order, OrderRow};
use super::service::addresses;
use super::show;
use super::view::{
    ActionView, ApprovalView, CustomerBrief, DiscountView, HoldView, LedgerView, LineTaxView,
    LineView, OrderLineView, OrderView, PersonBrief, QuantityView, TaxTotalView, TotalsView,
    UnitPriceView, Warning,
};
use crate::caller::Caller;
use crate::features::custom_fields;
use crate::http::ApiResult;
use crate::permission::Permission;

#[derive(Deserialize)]
struct StoredTax {
    code: String,
    rate: Decimal,
    #[serde(default)]
    compound: bool,
    #[serde(default)]
    base: Decimal,
    #[serde(default)]
    amount: Decimal,
}

#[derive(Deserialize)]
struct StoredDiscount {
    percent: Option<Decimal>,
    amount: Option<Decimal>,
}

impl StoredDiscount {
    fn view(&self, currency: Currency) -> DiscountView {
        DiscountView {
            percent: self.percent.map(show::plain),
            amount: self.amount.map(|amount| show::amount(amount, currency)),
        }
    }
}

/// A line's content and amounts.
pub fn line(row: &LineRow, currency: Currency) -> ApiResult<LineView> {
    let taxes: Vec<StoredTax> = serde_json::from_value(row.taxes.clone())?;
    let discounts: Vec<StoredDiscount> = serde_json::from_value(row.discounts.clone())?;
    let price = |value: Decimal| UnitPriceView {
        amount: show::price(value, currency),
        currency,
    };
    let amount = |value: Decimal| show::amount(value, currency);
    Ok(LineView {
        position: row.position,
        kind: stored_kind(&row.kind),
        product_id: row.product_id.map(ProductId::from_uuid),
        sku: row.sku.clone(),
        description: row.description.clone(),
        quantity: QuantityView {
            value: show::plain(row.ordered),
            unit: row.unit.clone(),
        },
        unit_price: row.unit_price.map(price),
        price_includes_tax: row.price_includes_tax,
        system_price: row.system_price.map(price),
        price_locked: row.price_locked,
        price_source: row.price_source.clone(),
        discounts: discounts
            .iter()
            .map(|discount| discount.view(currency))
            .collect(),
        gross: amount(row.gross),
        discount: amount(row.discount),
        net: amount(row.net),
        order_discount_share: amount(row.order_discount_share),
        base: amount(row.base),
        tax: amount(row.tax),
        taxes: taxes
            .into_iter()
            .map(|t| LineTaxView {
                code: t.code,
                rate: show::rate(t.rate),
                compound: t.compound,
                amount: amount(t.amount),
            })
            .collect(),
        exemption_reason: row.exemption_reason.clone(),
        discountable: row.discountable,
        invoice_policy: row.invoice_policy.clone(),
        shippable: row.shippable,
        requested_date: row.requested_date.and_then(Date::new),
    })
}

/// The totals; cost and margin only for those who may see them.
pub fn totals(row: &OrderRow, with_cost: bool) -> ApiResult<TotalsView> {
    let currency = row.money()?;
    let money = |value: Decimal| show::money(value, currency);
    let taxes: Vec<StoredTax> = serde_json::from_value(row.tax_summary.clone())?;
    let tax = |t: StoredTax| {
        Ok(TaxTotalView {
            code: t.code,
            rate: show::rate(t.rate),
            base: money(t.base)?,
            tax: money(t.amount)?,
        })
    };
    let cost = row.cost_total.filter(|_| with_cost);
    let margin = cost.map(|cost| row.net_total - cost);
    let percent = margin.and_then(|margin| {
        Some(Percent::of_amounts(
            Amount::from_decimal(margin).ok()?,
            Amount::from_decimal(row.net_total).ok()?,
        ))
    });
    Ok(TotalsView {
        subtotal: money(row.subtotal)?,
        line_discount_total: money(row.line_discount_total)?,
        order_discount: money(row.order_discount)?,
        net: money(row.net_total)?,
        tax: money(row.tax_total)?,
        total: money(row.grand_total)?,
        rounding_adjustment: money(row.rounding_adjustment)?,
        payable: money(row.payable_total)?,
        taxes: taxes.into_iter().map(tax).collect::<anyhow::Result<_>>()?,
        cost: cost.map(money).transpose()?,
        margin: margin.map(money).transpose()?,
        margin_percent: percent.map(|percent| show::plain(percent.decimal().round_dp(2))),
    })
}

fn order_line(row: &LineRow, currency: Currency) -> ApiResult<OrderLineView> {
    let ledger = row.ledger()?;
    Ok(OrderLineView {
        id: OrderLineId::from_uuid(row.id),
        line: line(row, currency)?,
        ledger: LedgerView {
            ordered: show::plain(row.ordered),
            cancelled: show::plain(row.cancelled),
            reserved: show::plain(row.reserved),
            picked: show::plain(row.picked),
            shipped: show::plain(row.shipped),
            delivered: show::plain(row.delivered),
            returned: show::plain(row.returned),
            invoiced: show::plain(row.invoiced),
            credited: show::plain(row.credited),
            open: ledger.open().to_string(),
            backordered: ledger.backordered().to_string(),
        },
    })
}

fn hold(row: &HoldRow, now: DateTime<Utc>) -> HoldView {
    HoldView {
        id: HoldId::from_uuid(row.id),
        line_id: row.line_id.map(OrderLineId::from_uuid),
        r#type: row.r#type.clone(),
        blocks: row.blocks.clone(),
        reason: row.reason.clone(),
        active: row.is_active(now),
        expires_at: row.expires_at.map(Timestamp::new),
        placed_at: Timestamp::new(row.placed_at),
        released_at: row.released_at.map(Timestamp::new),
        release_reason: row.release_reason.clone(),
    }
}

fn approval(row: &ApprovalRow) -> ApprovalView {
    ApprovalView {
        id: ApprovalId::from_uuid(row.id),
        policy_id: ApprovalPolicyId::from_uuid(row.policy_id),
        policy: row.policy_name.clone(),
        measure: row.measure.clone(),
        measured: show::plain(row.measured),
        threshold: row.threshold.map(show::plain),
        currency: row.currency.clone(),
        state: row.state.clone(),
        approver_roles: row.approver_roles.clone(),
        requested_at: Timestamp::new(row.requested_at),
        requested_by: row.requested_by.map(UserId::from_uuid),
        decided_at: row.decided_at.map(Timestamp::new),
        decided_by: row.decided_by.map(UserId::from_uuid),
        reason: row.reason.clone(),
    }
}

fn holds_in_force(order: &Order, now: DateTime<Utc>) -> i32 {
    let active = order.holds.iter().filter(|hold| hold.is_active(now));
    i32::try_from(active.count()).unwrap_or(i32::MAX)
}

/// The whole order as a caller sees it.
pub fn order(
    order: &Order,
    caller: &Caller,
    now: DateTime<Utc>,
    actions: Vec<ActionView>,
    warnings: Vec<Warning>,
) -> ApiResult<OrderView> {
    let row = &order.row;
    let currency = row.money()?;
    let discount = StoredDiscount {
        percent: row.discount_percent,
        amount: row.discount_amount,
    };
    let date = |date| Date::new(date).ok_or_else(|| anyhow::anyhow!("stored date {date}"));
    let owner = row.owner_id.map(|id| PersonBrief {
        id: UserId::from_uuid(id),
        name: row.owner_name.clone().unwrap_or_default(),
    });
    Ok(OrderView {
        id: OrderId::from_uuid(row.id),
        number: row.number.clone(),
        version: row.version,
        lifecycle: row.lifecycle.clone(),
        fulfilment_status: row.fulfilment_status.clone(),
        invoice_status: row.invoice_status.clone(),
        payment_status: row.payment_status.clone(),
        return_status: row.return_status.clone(),
        has_backorder: row.has_backorder,
        hold_count: holds_in_force(order, now),
        customer: CustomerBrief {
            id: CustomerId::from_uuid(row.customer_id),
            code: row.customer_code.clone(),
            name: row.customer_name.clone(),
        },
        customer_po: row.customer_po.clone(),
        owner,
        team_id: row.team_id.map(TeamId::from_uuid),
        currency,
        price_list_id: row.price_list_id.map(PriceListId::from_uuid),
        payment_term_id: row.payment_term_id.map(PaymentTermId::from_uuid),
        order_date: date(row.order_date)?,
        requested_date: row.requested_date.map(date).transpose()?,
        valid_until: row.valid_until.map(date).transpose()?,
        bill_to: addresses::open(row.bill_to.as_deref()),
        ship_to: addresses::open(row.ship_to.as_deref()),
        rounding: row.rounding_mode.clone(),
        tax_mode: row.tax_mode.clone(),
        cash_rounding: row.cash_rounding.map(|step| show::amount(step, currency)),
        discount: (discount.percent.is_some() || discount.amount.is_some())
            .then(|| discount.view(currency)),
        totals: totals(row, caller.may(Permission::CostRead))?,
        lines: order
            .lines
            .iter()
            .map(|row| order_line(row, currency))
            .collect::<ApiResult<_>>()?,
        holds: order.holds.iter().map(|row| hold(row, now)).collect(),
        approvals: order.approvals.iter().map(approval).collect(),
        notes: row.notes.clone(),
        custom: custom_fields::service::show(&row.custom, caller).into(),
        external_refs: order.external_refs.clone(),
        warnings,
        cancel_reason: row.cancel_reason.clone(),
        submitted_at: row.submitted_at.map(Timestamp::new),
        confirmed_at: row.confirmed_at.map(Timestamp::new),
        completed_at: row.completed_at.map(Timestamp::new),
        closed_at: row.closed_at.map(Timestamp::new),
        cancelled_at: row.cancelled_at.map(Timestamp::new),
        created_at: Timestamp::new(row.created_at),
        updated_at: Timestamp::new(row.updated_at),
        actions,
    })
}
