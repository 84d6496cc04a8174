//! Quantity, unit and price of a product line.

use super::find::{self, LineUnit, Wanted};
use super::header::Header;
use super::lines::Findings;
use crate::caller::Caller;
use crate::features::orders::input::NewOrderLine;
use crate::features::orders::rows::{LineRow, stored};
use crate::features::orders::store::reference::{Product, Reference};
use crate::features::orders::view::Warning;
use crate::http::input::nearest;
use crate::http::{ApiResult, FieldProblem};
use crate::permission::Permission;
use som_domain::currency::Currency;
use som_domain::money::{Quantity, UnitPrice};
use som_domain::units::Unit;

pub(super) fn manual_price(
    currency: Currency,
    input: &NewOrderLine,
    pointer: &str,
    findings: &mut Findings,
) -> Option<UnitPrice> {
    let price = input.unit_price.as_ref()?;
    if price.currency.is_some_and(|c| c != currency) {
        findings.at(
            &format!("{pointer}/unit_price/currency"),
            "currency_mismatch",
            format!("The order is in {currency}."),
        );
    }
    Some(price.amount)
}

#[allow(
    clippy::too_many_arguments,
    reason = "one line and everything it depends on"
)]
pub(super) fn product_line(
    row: &mut LineRow,
    header: &Header,
    reference: &Reference,
    caller: &Caller,
    input: &NewOrderLine,
    product: &Product,
    unit: Option<&str>,
    pointer: &str,
    findings: &mut Findings,
) -> ApiResult<()> {
    let place = if input.sku.is_some() {
        "sku"
    } else if input.barcode.is_some() {
        "barcode"
    } else {
        "product_id"
    };
    match product.status.as_str() {
        "blocked" | "archived" => findings.at(
            &format!("{pointer}/{place}"),
            "product_blocked",
            format!("{} is {} and cannot be sold.", product.sku, product.status),
        ),
        "phase_out" => findings.warnings.push(
            Warning::new("phase_out", format!("{} is being phased out.", product.sku)).at(pointer),
        ),
        _ => {}
    }
    let Some(quantity) = &input.quantity else {
        findings.at(
            &format!("{pointer}/quantity"),
            "required",
            "`quantity` is required.",
        );
        return Ok(());
    };
    let Some(line_unit) = product.line_unit(
        quantity
            .unit
            .as_ref()
            .map(som_domain::text::Code::as_str)
            .or(unit),
    ) else {
        let given = quantity
            .unit
            .as_ref()
            .map(|u| u.as_str().to_owned())
            .unwrap_or_default();
        let codes = product.unit_codes();
        let mut suggestions = nearest(&given, &codes);
        suggestions.extend(codes.iter().take(3).map(|code| (*code).to_owned()));
        suggestions.dedup();
        let detail = format!("{} is sold in: {}.", product.sku, codes.join(", "));
        findings.problems.push(
            FieldProblem::at(format!("{pointer}/quantity/unit"), "unknown_unit", detail)
                .with_value(given)
                .with_suggestions(suggestions),
        );
        return Ok(());
    };
    check_multiple(product, &line_unit, quantity.value, pointer, findings)?;
    row.ordered = quantity.value.decimal();
    row.unit = Some(line_unit.code.clone());
    row.cost = product
        .cost
        .and_then(|cost| Some(cost.checked_mul(line_unit.factor()?)?.round_dp(6)));
    set_price(
        row,
        header,
        reference,
        caller,
        input,
        product,
        &line_unit,
        quantity.value,
        pointer,
        findings,
    )
}

pub(super) fn check_multiple(
    product: &Product,
    unit: &LineUnit,
    quantity: Quantity,
    pointer: &str,
    findings: &mut Findings,
) -> ApiResult<()> {
    let pointer = format!("{pointer}/quantity");
    let code = unit
        .code
        .parse()
        .map_err(|error| anyhow::anyhow!("stored unit code: {error}"))?;
    let step = Unit::new(code, stored(unit.step)?);
    if let Some(Err(invalid)) = step.map(|step| step.check(quantity)) {
        let multiple = unit.step.normalize().to_string();
        findings.problems.push(
            FieldProblem::at(
                pointer,
                invalid.code(),
                format!(
                    "The quantity must be a multiple of {multiple} {}.",
                    unit.code
                ),
            )
            .with_value(quantity.to_string())
            .with_param("multiple", multiple),
        );
        return Ok(());
    }
    let Some(pack) = product.pack_multiple.filter(|pack| !pack.is_zero()) else {
        return Ok(());
    };
    let base = unit
        .factor()
        .and_then(|factor| quantity.decimal().checked_mul(factor));
    if base.is_none_or(|base| !(base % pack).is_zero()) {
        let multiple = pack.normalize().to_string();
        let detail = format!(
            "{} is sold in multiples of {multiple} {}.",
            product.sku, product.unit
        );
        findings.problems.push(
            FieldProblem::at(pointer, "not_a_multiple", detail)
                .with_value(quantity.to_string())
                .with_param("multiple", multiple),
        );
    }
    Ok(())
}

#[allow(
    clippy::too_many_arguments,
    reason = "one line and everything it depends on"
)]
pub(super) fn set_price(
    row: &mut LineRow,
    header: &Header,
    reference: &Reference,
    caller: &Caller,
    input: &NewOrderLine,
    product: &Product,
    unit: &LineUnit,
    quantity: Quantity,
    pointer: &str,
    findings: &mut Findings,
) -> ApiResult<()> {
    let wanted = Wanted {
        product,
        unit,
        quantity,
        date: header.order_date,
        currency: header.currency,
        base_currency: header.base_currency,
        prices_include_tax: header.prices_include_tax,
    };
    let found = find::price(reference, &wanted)?.ok();
    let manual = manual_price(header.currency, input, pointer, findings);
    row.system_price = found.as_ref().map(|found| found.unit_price.decimal());
    row.price_includes_tax = input
        .price_includes_tax
        .or(found.as_ref().map(|f| f.includes_tax))
        .unwrap_or(header.prices_include_tax);
    if manual.is_some() && !caller.may(Permission::PricesOverride) {
        let detail = "Your role may not set prices by hand (`prices.override`).";
        findings.problems.push(
            FieldProblem::at(
                format!("{pointer}/unit_price"),
                "missing_permission",
                detail,
            )
            .with_param("missing_permission", "prices.override"),
        );
        return Ok(());
    }
    row.price_locked = manual.is_some();
    row.price_source = None;
    match (manual, found) {
        (Some(manual), Some(found)) => {
            row.price_source = Some(serde_json::to_value(found.overridden(manual).explanation)?)
        }
        (None, Some(found)) => row.price_source = Some(serde_json::to_value(&found.explanation)?),
        (Some(_), None) => {}
        (None, None) => {
            findings.at(
                &format!("{pointer}/unit_price"),
                "no_price",
                format!(
                    "No price is found for {} in {}.",
                    product.sku, header.currency
                ),
            );
            return Ok(());
        }
    }
    row.unit_price = manual.map(UnitPrice::decimal).or(row.system_price);
    if let (Some(price), Some(cost)) = (row.unit_price, row.cost)
        && header.currency == header.base_currency
        && price < cost
    {
        findings.warnings.push(
            Warning::new(
                "below_price_floor",
                format!("The price of {} is below its floor.", product.sku),
            )
            .at(pointer),
        );
    }
    Ok(())
}
