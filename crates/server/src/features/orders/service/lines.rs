//! Turns lines as sent into lines as stored (without amounts), collecting every problem with its pointer.

use rust_decimal::Decimal;
use serde_json::json;
use som_domain::money::UnitPrice;
use uuid::Uuid;

use super::header::Header;
use super::line_money::{discounts, taxes};
use super::line_price::{manual_price, product_line};
use crate::caller::Caller;
use crate::features::orders::input::NewOrderLine;
use crate::features::orders::kind::{OrderLineKind, stored_kind};
use crate::features::orders::rows::LineRow;
use crate::features::orders::store::reference::{Product, Reference};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem};

/// What is found out while lines are read.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
}

impl Findings {
    pub(super) fn at(&mut self, pointer: &str, code: &str, detail: impl Into<String>) {
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
