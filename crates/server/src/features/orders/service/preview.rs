//! Computes an order without saving anything.

use rust_decimal::Decimal;
use som_domain::currency::Currency;

use super::policy;
use super::prepare::{Circumstances, Prepared, prepare};
use crate::caller::Caller;
use crate::db::TenantTx;
use crate::features::orders::input::PreviewOrder;
use crate::features::orders::view::{CreditView, PreviewView, Warning};
use crate::features::orders::{render, show};
use crate::http::ApiResult;
use crate::permission::Permission;

/// The document, its warnings, and what would ask for approval.
pub async fn preview(
    db: &mut TenantTx,
    caller: &Caller,
    now: chrono::DateTime<chrono::Utc>,
    input: PreviewOrder,
) -> ApiResult<PreviewView> {
    let today = crate::dates::business_date(now, &caller.organization.time_zone);
    let around = Circumstances {
        preview: true,
        ..Circumstances::new(caller, now, today)
    };
    let (order, rules) = input.split();
    let prepared = prepare(db, &around, &order, &rules).await?;
    view(caller, prepared)
}

fn view(caller: &Caller, prepared: Prepared) -> ApiResult<PreviewView> {
    let Prepared {
        row,
        lines,
        totals,
        reference,
        mut warnings,
    } = prepared;
    let currency = row.money()?;
    let matches = policy::matching(&reference.policies, &row)?;
    warnings.extend(
        policy::exceeded(caller, &totals)
            .iter()
            .map(policy::discount_warning),
    );
    let credit = credit(&row.payable_total, currency, &reference)?;
    if credit.as_ref().is_some_and(|credit| credit.exceeded) {
        warnings.push(Warning::new(
            "credit_exceeded",
            "The order goes beyond the customer's credit limit: it would be held for credit.",
        ));
    }
    Ok(PreviewView {
        currency,
        rounding: row.rounding_mode.clone(),
        tax_mode: row.tax_mode.clone(),
        lines: lines
            .iter()
            .map(|line| render::line(line, currency))
            .collect::<ApiResult<_>>()?,
        totals: render::totals(&row, caller.may(Permission::CostRead))?,
        warnings,
        approvals_needed: policy::needed(&matches),
        credit,
    })
}

/// Credit is compared in the customer's currency only.
fn credit(
    payable: &Decimal,
    currency: Currency,
    reference: &crate::features::orders::store::reference::Reference,
) -> ApiResult<Option<CreditView>> {
    let Some(customer) = reference
        .customer
        .as_ref()
        .filter(|customer| customer.currency == currency.code())
    else {
        return Ok(None);
    };
    let (Some(limit), Some(exposure)) = (customer.credit_limit, reference.exposure) else {
        return Ok(None);
    };
    let available = limit - exposure;
    Ok(Some(CreditView {
        limit: show::money(limit, currency)?,
        exposure: show::money(exposure, currency)?,
        available: show::money(available, currency)?,
        exceeded: *payable > available,
    }))
}
