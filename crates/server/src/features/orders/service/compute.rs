//! The money of an order: from its rows to the domain's document, and the totals back into the rows.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use som_domain::document::{Discount, Document, Line, LineTax};
use som_domain::money::{Amount, Quantity, UnitPrice};
use som_domain::totals::{Totals, TotalsError, TotalsProblem, totals};

use crate::features::orders::kind::{OrderLineKind, stored_kind};
use crate::features::orders::rows::{LineRow, OrderRow, stored};
use crate::http::{ApiResult, FieldProblem, Problem};

/// The document the totals are computed from. With `frozen`, each line keeps its share of the order discount.
pub fn document(order: &OrderRow, lines: &[LineRow], frozen: bool) -> anyhow::Result<Document> {
    let mut document = Document::new(order.money()?);
    document.rounding = order
        .rounding_mode
        .parse()
        .map_err(|error| anyhow::anyhow!("stored rounding: {error}"))?;
    document.tax_mode = order
        .tax_mode
        .parse()
        .map_err(|error| anyhow::anyhow!("stored tax mode: {error}"))?;
    document.cash_rounding = order.cash_rounding.map(stored).transpose()?;
    document.discount = match (order.discount_percent, order.discount_amount) {
        (Some(percent), _) => Some(Discount::Percent(stored(percent)?)),
        (None, Some(amount)) => Some(Discount::Amount(stored(amount)?)),
        (None, None) => None,
    };
    document.lines = lines
        .iter()
        .map(|line| document_line(line, frozen))
        .collect::<anyhow::Result<_>>()?;
    Ok(document)
}

fn document_line(row: &LineRow, frozen: bool) -> anyhow::Result<Line> {
    let kind = stored_kind(&row.kind);
    if kind == OrderLineKind::Text {
        return Ok(Line::text());
    }
    Ok(Line {
        kind: kind.in_totals(),
        quantity: stored::<Quantity>(row.ordered)?,
        unit_price: stored::<UnitPrice>(row.unit_price.unwrap_or_default())?,
        price_includes_tax: row.price_includes_tax,
        discounts: serde_json::from_value(row.discounts.clone())?,
        taxes: serde_json::from_value::<Vec<LineTax>>(row.taxes.clone())?,
        exemption: row.exemption_reason.clone(),
        discountable: row.discountable,
        fixed_order_discount_share: if frozen {
            Some(stored::<Amount>(row.order_discount_share)?)
        } else {
            None
        },
    })
}

/// Computes the totals and writes them into the rows. Errors: 422 naming the line.
pub fn compute(order: &mut OrderRow, lines: &mut [LineRow]) -> ApiResult<Totals> {
    let document = document(order, lines, false)?;
    let totals = totals(&document).map_err(refused)?;
    for (row, line) in lines.iter_mut().zip(&totals.lines) {
        row.gross = line.gross.decimal();
        row.discount = line.discount.decimal();
        row.net = line.net.decimal();
        row.order_discount_share = line.order_discount_share.decimal();
        row.base = line.base.decimal();
        row.tax = line.tax.decimal();
        if let Value::Array(taxes) = &mut row.taxes {
            for (tax, computed) in taxes.iter_mut().zip(&line.taxes) {
                if let Value::Object(tax) = tax {
                    tax.insert("amount".to_owned(), json!(computed.amount));
                }
            }
        }
    }
    order.subtotal = totals.subtotal.decimal();
    order.line_discount_total = totals.line_discount_total.decimal();
    order.order_discount = totals.order_discount.decimal();
    order.net_total = totals.net.decimal();
    order.tax_total = totals.tax.decimal();
    order.grand_total = totals.total.decimal();
    order.rounding_adjustment = totals.rounding_adjustment.decimal();
    order.payable_total = totals.payable.decimal();
    order.tax_summary = totals.taxes.iter().map(|tax| json!({ "code": tax.code, "rate": tax.rate, "base": tax.base, "amount": tax.tax })).collect();
    order.line_count = i32::try_from(lines.len()).unwrap_or(i32::MAX);
    order.cost_total = cost(order, lines);
    Ok(totals)
}

/// The cost of everything sold; unknown as soon as one product's is. Charges and text cost nothing.
fn cost(order: &OrderRow, lines: &[LineRow]) -> Option<Decimal> {
    let exponent = order.money().ok()?.exponent();
    let mut sum = Decimal::ZERO;
    for line in lines
        .iter()
        .filter(|line| !line.is_text() && line.kind != "charge")
    {
        sum = sum.checked_add(line.cost?.checked_mul(line.ordered)?)?;
    }
    let rounded = sum.round_dp_with_strategy(exponent, RoundingStrategy::MidpointAwayFromZero);
    Amount::from_decimal(rounded).ok().map(Amount::decimal)
}

fn refused(error: TotalsError) -> Problem {
    let pointer = match (error.line, error.problem) {
        (Some(line), _) => format!("/lines/{line}"),
        (None, TotalsProblem::InvalidCashStep) => "/cash_rounding".to_owned(),
        (
            None,
            TotalsProblem::DiscountAbove100
            | TotalsProblem::NegativeDiscount
            | TotalsProblem::TooPrecise,
        ) => "/discount".to_owned(),
        (None, TotalsProblem::TooManyLines) => "/lines".to_owned(),
        (None, _) => String::new(),
    };
    let who = error.line.map_or_else(
        || "The order".to_owned(),
        |line| format!("Line {}", line + 1),
    );
    Problem::invalid(vec![FieldProblem::at(
        pointer,
        error.code(),
        format!("{who} {}.", error.problem.message()),
    )])
}
