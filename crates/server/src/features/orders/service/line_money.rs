//! Discounts and taxes of a line.

use super::header::Header;
use super::lines::Findings;
use crate::caller::Caller;
use crate::features::orders::input::{DiscountInput, NewOrderLine, TaxInput};
use crate::features::orders::rows::LineRow;
use crate::features::orders::store::reference::{Product, Reference};
use crate::features::orders::view::Warning;
use crate::http::input::nearest;
use crate::http::{ApiResult, FieldProblem};
use crate::permission::Permission;
use serde_json::{Value, json};
use som_domain::currency::Currency;
use som_domain::document::{DISCOUNTS_PER_LINE_MAX, Discount, LineTax, TAXES_PER_LINE_MAX};
use som_domain::money::{Amount, Rate};

/// Discounts as stored: `[{"percent": "5"}]`.
pub(super) fn discounts(
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
pub(super) fn taxes(
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

pub(super) fn given_taxes(given: &[TaxInput], pointer: &str, findings: &mut Findings) -> Value {
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
