//! The header of an order from what was sent.

use super::line_money;
use super::lines::Findings;
use super::prepare::Circumstances;
use super::{addresses, owner};
use crate::features::custom_fields::service::merge;
use crate::features::orders::input::{NewOrder, Rules};
use crate::features::orders::rows::OrderRow;
use crate::features::orders::store::reference::{Customer, Reference};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem, Patch};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use som_domain::currency::Currency;
use som_domain::document::Discount;
use uuid::Uuid;

pub(super) fn header_row(
    around: &Circumstances<'_>,
    input: &NewOrder,
    rules: &Rules,
    reference: &Reference,
    customer: Option<&Customer>,
    date: NaiveDate,
    findings: &mut Findings,
) -> ApiResult<OrderRow> {
    let organization = &around.caller.organization;
    let currency = input
        .currency
        .map(|c| c.code().to_owned())
        .or_else(|| customer.map(|c| c.currency.clone()))
        .unwrap_or_else(|| organization.currency.code().to_owned());
    let currency: Currency = currency.parse().unwrap_or(organization.currency);
    let mut row = blank_row(around, currency, date);
    row.rounding_mode = rules
        .rounding
        .unwrap_or(organization.rounding)
        .as_str()
        .to_owned();
    row.tax_mode = rules.tax_mode.map_or_else(
        || organization.tax_mode.clone(),
        |mode| mode.as_str().to_owned(),
    );
    row.cash_rounding = match &rules.cash_rounding {
        Patch::Value(step) => Some(step.decimal()),
        Patch::Null => None,
        Patch::Absent => organization
            .cash_rounding
            .filter(|_| currency == organization.currency),
    };
    if let Some(customer) = customer {
        row.customer_id = customer.id;
        row.customer_code.clone_from(&customer.code);
        row.customer_name.clone_from(&customer.name);
        row.payment_term_id = customer.payment_term_id;
    }
    row.customer_po = input.customer_po.as_ref().map(|po| po.as_str().to_owned());
    row.payment_term_id = input
        .payment_term_id
        .map(|id| id.uuid())
        .or(row.payment_term_id);
    row.price_list_id = input.price_list_id.map(|id| id.uuid());
    row.requested_date = input.requested_date.map(som_domain::Date::naive);
    row.valid_until = input.valid_until.map(som_domain::Date::naive);
    row.notes = input
        .notes
        .as_ref()
        .map(|notes| notes.as_str().to_owned())
        .unwrap_or_default();
    if let Some(input) = &input.discount {
        set_discount(
            &mut row,
            line_money::discount(input, currency, "/discount", findings),
        );
    }
    row.bill_to = around.keep_bill_to.clone().or_else(|| {
        addresses::bill_to(
            input.bill_to.as_ref(),
            input.bill_to_address_id,
            reference,
            findings,
        )
    });
    row.ship_to = around.keep_ship_to.clone().or_else(|| {
        addresses::ship_to(
            input.ship_to.as_ref(),
            input.ship_to_address_id,
            reference,
            findings,
        )
    });
    owner::assign(&mut row, around.caller, input.owner_id, reference, findings);
    row.custom = custom(around, input, reference, findings)?;
    check_header(around, &row, reference, findings);
    Ok(row)
}

/// Sets the order discount.
pub fn set_discount(row: &mut OrderRow, discount: Option<Discount>) {
    row.discount_percent = None;
    row.discount_amount = None;
    match discount {
        Some(Discount::Percent(rate)) => row.discount_percent = Some(rate.decimal()),
        Some(Discount::Amount(amount)) => row.discount_amount = Some(amount.decimal()),
        None => {}
    }
}

/// Dates, references and the customer's order number.
pub fn check_header(
    around: &Circumstances<'_>,
    row: &OrderRow,
    reference: &Reference,
    findings: &mut Findings,
) {
    let problems = &mut findings.problems;
    if row.requested_date.is_some_and(|date| date < row.order_date) {
        problems.push(FieldProblem::at(
            "/requested_date",
            "requested_date_before_order",
            "The requested date lies before the order date.",
        ));
    }
    if row.valid_until.is_some_and(|date| date < row.order_date) {
        problems.push(FieldProblem::at(
            "/valid_until",
            "valid_until_before_order",
            "The offer would end before the order date.",
        ));
    }
    if !reference.price_list_found {
        problems.push(FieldProblem::at(
            "/price_list_id",
            "unknown_price_list",
            "There is no such active price list.",
        ));
    }
    if !reference.payment_term_found {
        problems.push(FieldProblem::at(
            "/payment_term_id",
            "unknown_payment_term",
            "There is no such payment term.",
        ));
    }
    let policy = around.caller.organization.customer_po_policy.as_str();
    if let Some(number) = reference
        .po_duplicate
        .as_ref()
        .filter(|_| policy != "allow")
    {
        let po = row.customer_po.as_deref().unwrap_or_default();
        findings.warnings.push(
            Warning::new(
                "duplicate_customer_po",
                format!("{number} of the same customer already has the number {po}."),
            )
            .at("/customer_po"),
        );
    }
}

/// The custom fields with what was sent. In a preview, required ones may be missing.
fn custom(
    around: &Circumstances<'_>,
    input: &NewOrder,
    reference: &Reference,
    findings: &mut Findings,
) -> ApiResult<Value> {
    let mut fields = reference.fields.clone();
    if around.preview {
        fields.iter_mut().for_each(|field| field.required = false);
    }
    let input = input.custom.clone().unwrap_or_default();
    let kept = around.keep_custom.as_ref();
    let (custom, _) = merge(&fields, kept, input, &mut findings.problems)?;
    Ok(custom)
}

pub(super) fn blank_row(
    around: &Circumstances<'_>,
    currency: Currency,
    date: NaiveDate,
) -> OrderRow {
    let zero = Decimal::ZERO;
    let by = (!around.caller.user_id.uuid().is_nil()).then(|| around.caller.user_id.uuid());
    OrderRow {
        organization_id: around.caller.organization.id.uuid(),
        id: around.order_id,
        number: String::new(),
        lifecycle: "draft".to_owned(),
        fulfilment_status: "unfulfilled".to_owned(),
        invoice_status: "nothing_to_invoice".to_owned(),
        payment_status: "not_due".to_owned(),
        return_status: "none".to_owned(),
        has_backorder: false,
        hold_count: 0,
        customer_id: Uuid::nil(),
        customer_code: String::new(),
        customer_name: String::new(),
        customer_po: None,
        owner_id: None,
        owner_name: None,
        team_id: None,
        currency: currency.code().to_owned(),
        price_list_id: None,
        payment_term_id: None,
        order_date: date,
        requested_date: None,
        valid_until: None,
        bill_to: None,
        ship_to: None,
        rounding_mode: String::new(),
        tax_mode: String::new(),
        cash_rounding: None,
        discount_percent: None,
        discount_amount: None,
        subtotal: zero,
        line_discount_total: zero,
        order_discount: zero,
        net_total: zero,
        tax_total: zero,
        grand_total: zero,
        rounding_adjustment: zero,
        payable_total: zero,
        cost_total: None,
        tax_summary: json!([]),
        line_count: 0,
        notes: String::new(),
        custom: json!({}),
        cancel_reason: None,
        submitted_at: None,
        submitted_by: None,
        confirmed_at: None,
        completed_at: None,
        closed_at: None,
        cancelled_at: None,
        snapshot_hash: None,
        search: String::new(),
        version: 1,
        created_at: around.now,
        created_by: by,
        updated_at: around.now,
        updated_by: by,
    }
}
