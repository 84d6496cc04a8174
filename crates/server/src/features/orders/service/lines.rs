//! Turns lines as sent into lines as stored (without amounts), collecting every problem with its pointer.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use som_domain::currency::Currency;
use som_domain::document::{DISCOUNTS_PER_LINE_MAX, Discount, LineTax, TAXES_PER_LINE_MAX};
use som_domain::money::{Amount, Quantity, Rate, UnitPrice};
use som_domain::units::Unit;
use uuid::Uuid;

use super::find::{self, LineUnit, Wanted};
use super::header::Header;
use crate::caller::Caller;
use crate::features::orders::input::{DiscountInput, NewOrderLine, TaxInput};
use crate::features::orders::kind::{OrderLineKind, stored_kind};
use crate::features::orders::rows::{LineRow, stored};
use crate::features::orders::store::reference::{Product, Reference};
use crate::features::orders::view::Warning;
use crate::http::input::nearest;
use crate::http::{ApiResult, FieldProblem};
use crate::permission::Permission;

/// What is found out while lines are read.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
}

impl Findings {
    fn at(&mut self, pointer: &str, code: &str, detail: impl Into<String>) {
        self.problems.push(FieldProblem::at(pointer, code, detail));
    }
}

/// Reads one line; `pointer` is its place in the body (`/lines/3`).
pub fn line(
    header: &Header,
    reference: &Reference,
    caller: &Caller,
    input: &NewOrderLine,
    pointer: &str,
    findings: &mut Findings,
) -> ApiResult<Option<LineRow>> {
    let before = findings.problems.len();
    let named = [
        input.product_id.is_some(),
        input.sku.is_some(),
        input.barcode.is_some(),
    ]
    .into_iter()
    .filter(|named| *named)
    .count();
    if named > 1 {
        findings.at(
            pointer,
            "ambiguous_product",
            "Name the product once: by id, SKU or barcode.",
        );
    }
    let product = reference.product_of(input);
    if named > 0 && product.is_none() {
        unknown_product(input, pointer, findings);
        return Ok(None);
    }
    let mut row = blank(header, input, product.map(|(product, _)| product));
    if row.kind == "text" {
        text_line(&mut row, input, pointer, findings);
    } else {
        discounts(
            &mut row,
            header.currency,
            &input.discounts,
            pointer,
            findings,
        );
        match product {
            Some((product, unit)) => product_line(
                &mut row, header, reference, caller, input, product, unit, pointer, findings,
            )?,
            None => ad_hoc_line(&mut row, header, input, pointer, findings),
        }
        taxes(
            &mut row,
            header,
            reference,
            caller,
            input,
            product.map(|(product, _)| product),
            pointer,
            findings,
        )?;
    }
    Ok((findings.problems.len() == before).then_some(row))
}

fn unknown_product(input: &NewOrderLine, pointer: &str, findings: &mut Findings) {
    if let Some(sku) = &input.sku {
        findings.problems.push(
            FieldProblem::at(
                format!("{pointer}/sku"),
                "unknown_sku",
                format!("No product with SKU {sku}."),
            )
            .with_value(sku.as_str()),
        );
    } else if let Some(barcode) = &input.barcode {
        findings.problems.push(
            FieldProblem::at(
                format!("{pointer}/barcode"),
                "unknown_barcode",
                format!("No product with barcode {barcode}."),
            )
            .with_value(barcode.as_str()),
        );
    } else {
        findings.at(
            &format!("{pointer}/product_id"),
            "unknown_product",
            "There is no such product.",
        );
    }
}

/// A line with what needs no looking up.
fn blank(header: &Header, input: &NewOrderLine, product: Option<&Product>) -> LineRow {
    let kind = input
        .kind
        .unwrap_or_else(|| product.map_or(OrderLineKind::Goods, |p| stored_kind(&p.kind)));
    let policy = match (input.invoice_policy, product, kind) {
        (Some(policy), _, _) => policy.as_str().to_owned(),
        (None, Some(product), _) => product.invoice_policy.clone(),
        (None, None, OrderLineKind::Goods) => "delivered".to_owned(),
        (None, None, _) => "ordered".to_owned(),
    };
    LineRow {
        organization_id: header.organization,
        id: Uuid::nil(),
        order_id: header.order_id,
        position: 0,
        kind: kind.as_str().to_owned(),
        product_id: product.map(|p| p.id),
        sku: product.map(|p| p.sku.clone()),
        description: input
            .description
            .as_ref()
            .map(|d| d.as_str().to_owned())
            .or_else(|| product.map(|p| p.name.clone()))
            .unwrap_or_default(),
        unit: None,
        tax_class_id: None,
        invoice_policy: policy,
        shippable: kind == OrderLineKind::Goods,
        requested_date: input.requested_date.map(som_domain::Date::naive),
        ordered: Decimal::ZERO,
        cancelled: Decimal::ZERO,
        reserved: Decimal::ZERO,
        picked: Decimal::ZERO,
        shipped: Decimal::ZERO,
        delivered: Decimal::ZERO,
        returned: Decimal::ZERO,
        return_requested: Decimal::ZERO,
        return_credited: Decimal::ZERO,
        invoiced: Decimal::ZERO,
        credited: Decimal::ZERO,
        unit_price: None,
        price_includes_tax: false,
        system_price: None,
        price_locked: false,
        price_source: None,
        discounts: json!([]),
        gross: Decimal::ZERO,
        discount: Decimal::ZERO,
        net: Decimal::ZERO,
        order_discount_share: Decimal::ZERO,
        base: Decimal::ZERO,
        tax: Decimal::ZERO,
        taxes: json!([]),
        exemption_reason: input
            .exemption_reason
            .as_ref()
            .map(|r| r.as_str().to_owned()),
        discountable: input
            .discountable
            .unwrap_or(kind != OrderLineKind::Charge && kind != OrderLineKind::Text),
        cost: None,
        created_at: header.now,
        updated_at: header.now,
    }
}

fn text_line(row: &mut LineRow, input: &NewOrderLine, pointer: &str, findings: &mut Findings) {
    if row.description.is_empty() {
        findings.at(
            &format!("{pointer}/description"),
            "required",
            "A line of text needs its text.",
        );
    }
    let has_quantity = input.quantity.as_ref().is_some_and(|q| !q.value.is_zero());
    if has_quantity
        || input.unit_price.is_some()
        || !input.discounts.is_empty()
        || input.taxes.as_ref().is_some_and(|t| !t.is_empty())
    {
        findings.at(
            pointer,
            "text_line_with_amounts",
            "A line of text has no quantity, price, discounts or taxes.",
        );
    }
}

fn ad_hoc_line(
    row: &mut LineRow,
    header: &Header,
    input: &NewOrderLine,
    pointer: &str,
    findings: &mut Findings,
) {
    if row.description.is_empty() {
        if header.preview {
            row.description = "—".to_owned();
        } else {
            findings.at(
                &format!("{pointer}/description"),
                "required",
                "A line without a product needs a description.",
            );
        }
    }
    row.price_includes_tax = input
        .price_includes_tax
        .unwrap_or(header.prices_include_tax);
    match &input.quantity {
        None => findings.at(
            &format!("{pointer}/quantity"),
            "required",
            "`quantity` is required.",
        ),
        Some(quantity) => {
            row.ordered = quantity.value.decimal();
            row.unit = quantity.unit.as_ref().map(|u| u.as_str().to_owned());
        }
    }
    match &input.unit_price {
        None => findings.at(
            &format!("{pointer}/unit_price"),
            "no_price",
            "A line without a product needs a price.",
        ),
        Some(_) => {
            row.unit_price =
                manual_price(header.currency, input, pointer, findings).map(UnitPrice::decimal)
        }
    }
    row.price_locked = true;
}

fn manual_price(
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
fn product_line(
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

fn check_multiple(
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
fn set_price(
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

/// Discounts as stored: `[{"percent": "5"}]`.
fn discounts(
    row: &mut LineRow,
    currency: Currency,
    inputs: &[DiscountInput],
    pointer: &str,
    findings: &mut Findings,
) {
    if inputs.len() > DISCOUNTS_PER_LINE_MAX {
        findings.at(
            &format!("{pointer}/discounts"),
            "too_many_discounts",
            format!("A line has at most {DISCOUNTS_PER_LINE_MAX} discounts."),
        );
        return;
    }
    let read = inputs.iter().enumerate().filter_map(|(i, input)| {
        discount(
            input,
            currency,
            &format!("{pointer}/discounts/{i}"),
            findings,
        )
    });
    let list: Vec<Discount> = read.collect();
    row.discounts = serde_json::to_value(list).unwrap_or_else(|_| json!([]));
}

/// One discount: exactly one of per cent (at most 100) and amount (not negative, no more decimals than the currency).
pub fn discount(
    input: &DiscountInput,
    currency: Currency,
    pointer: &str,
    findings: &mut Findings,
) -> Option<Discount> {
    match (input.percent, input.amount) {
        (Some(percent), None) if percent > Rate::hundred() => {
            findings.at(
                &format!("{pointer}/percent"),
                "discount_above_100_percent",
                "A discount is at most 100 %.",
            );
            None
        }
        (Some(percent), None) => Some(Discount::Percent(percent)),
        (None, Some(amount)) if amount.is_negative() => {
            findings.at(
                &format!("{pointer}/amount"),
                "negative_not_allowed",
                "A discount may not be negative.",
            );
            None
        }
        (None, Some(amount)) if !amount.fits(currency) => {
            findings.at(
                &format!("{pointer}/amount"),
                "too_many_decimals",
                format!("{currency} has {} decimals.", currency.exponent()),
            );
            None
        }
        (None, Some(amount)) => Some(Discount::Amount(Amount::in_currency(amount, currency))),
        (None, None) | (Some(_), Some(_)) => {
            findings.at(
                pointer,
                "invalid_discount",
                "A discount has exactly one of `percent` and `amount`.",
            );
            None
        }
    }
}

#[allow(
    clippy::too_many_arguments,
    reason = "one line and everything it depends on"
)]
fn taxes(
    row: &mut LineRow,
    header: &Header,
    reference: &Reference,
    caller: &Caller,
    input: &NewOrderLine,
    product: Option<&Product>,
    pointer: &str,
    findings: &mut Findings,
) -> ApiResult<()> {
    let named = input
        .tax_class
        .as_ref()
        .map(|code| (code, reference.tax_class(Some(code.as_str()))));
    if let Some((code, None)) = &named {
        let known: Vec<&str> = reference
            .tax_classes
            .iter()
            .map(|class| class.code.as_str())
            .collect();
        let suggestions = nearest(code.as_str(), &known);
        findings.problems.push(
            FieldProblem::at(
                format!("{pointer}/tax_class"),
                "unknown_tax_class",
                format!("There is no tax class {code}."),
            )
            .with_value(code.as_str())
            .with_suggestions(suggestions),
        );
        return Ok(());
    }
    let class = named
        .and_then(|(_, id)| id)
        .or_else(|| product.and_then(|p| p.tax_class_id.or_else(|| reference.tax_class(None))));
    row.tax_class_id = class;
    if let Some(given) = &input.taxes {
        if product.is_some() && !caller.may(Permission::PricesOverride) {
            findings.at(
                &format!("{pointer}/taxes"),
                "missing_permission",
                "Your role may not replace the taxes of a product (`prices.override`).",
            );
        }
        row.taxes = given_taxes(given, pointer, findings);
        return Ok(());
    }
    let Some(class) = class else { return Ok(()) };
    match reference.rule(class, &header.country, &header.region) {
        Some(rule) => {
            row.taxes = stored_taxes(&rule.line_taxes()?);
            if row.exemption_reason.is_none() {
                row.exemption_reason.clone_from(&rule.exemption_reason);
            }
        }
        None if header.tax_status == "taxable" => {
            findings.warnings.push(
                Warning::new(
                    "no_tax_rule",
                    format!("No tax rule covers this line in {}.", header.country),
                )
                .at(pointer),
            );
        }
        None => {
            if row.exemption_reason.is_none() {
                row.exemption_reason = Some(header.tax_status.clone());
            }
        }
    }
    Ok(())
}

fn given_taxes(given: &[TaxInput], pointer: &str, findings: &mut Findings) -> Value {
    if given.len() > TAXES_PER_LINE_MAX {
        findings.at(
            &format!("{pointer}/taxes"),
            "too_many_taxes",
            format!("A line has at most {TAXES_PER_LINE_MAX} taxes."),
        );
        return json!([]);
    }
    let taxes: Vec<LineTax> = given.iter().cloned().map(LineTax::from).collect();
    for (i, tax) in taxes.iter().enumerate() {
        if taxes
            .iter()
            .take(i)
            .any(|earlier| earlier.code == tax.code && earlier.rate == tax.rate)
        {
            findings.at(
                &format!("{pointer}/taxes/{i}"),
                "duplicate_tax",
                format!("{} is named twice.", tax.code),
            );
        }
    }
    stored_taxes(&taxes)
}

/// Taxes as stored; the amount is filled in with the totals.
pub fn stored_taxes(taxes: &[LineTax]) -> Value {
    taxes.iter().map(|tax| json!({ "code": tax.code, "rate": tax.rate, "compound": tax.compound, "amount": "0" })).collect()
}
