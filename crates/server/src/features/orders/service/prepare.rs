//! From what was sent to a priced order: one read, every problem at once, then the totals.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use som_domain::Totals;
use som_domain::currency::Currency;
use som_domain::custom_fields::{FieldDefinition, FieldKind, validate};
use som_domain::document::Discount;
use sqlx::PgConnection;
use uuid::Uuid;

use super::header::Header;
use super::lines::{self, Findings};
use super::{addresses, compute, owner};
use crate::caller::Caller;
use crate::features::orders::input::{LINES_MAX, NewOrder, NewOrderLine, Rules, custom_map};
use crate::features::orders::rows::{LineRow, Order, OrderRow};
use crate::features::orders::store::reference::{self, Customer, Field, Keys, Reference};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem, Patch, Problem};
use crate::permission::RowScope;

/// SKUs of one request for which suggestions are looked up.
const SUGGESTIONS_MAX: usize = 5;

/// Under which circumstances an order is written.
#[derive(Debug)]
pub struct Circumstances<'a> {
    /// Who writes.
    pub caller: &'a Caller,
    /// When.
    pub now: DateTime<Utc>,
    /// The organization's day.
    pub today: NaiveDate,
    /// The order; nil in a preview.
    pub order_id: Uuid,
    /// Nothing is saved.
    pub preview: bool,
    /// The billing address (as stored) that stays unless another is sent.
    pub keep_bill_to: Option<String>,
    /// The shipping address (as stored) that stays unless another is sent.
    pub keep_ship_to: Option<String>,
}

impl<'a> Circumstances<'a> {
    /// Nothing written yet.
    pub fn new(caller: &'a Caller, now: DateTime<Utc>, today: NaiveDate) -> Self {
        Self {
            caller,
            now,
            today,
            order_id: Uuid::nil(),
            preview: false,
            keep_bill_to: None,
            keep_ship_to: None,
        }
    }
}

/// An order ready to be saved or shown.
#[derive(Debug)]
pub struct Prepared {
    /// The header; number and search text are still missing.
    pub row: OrderRow,
    /// The lines; ids are still missing.
    pub lines: Vec<LineRow>,
    /// The totals.
    pub totals: Totals,
    /// What it was priced with.
    pub reference: Reference,
    /// What should be looked at.
    pub warnings: Vec<Warning>,
}

/// Reads, prices and computes. Errors: 422 with everything that is wrong, 409 for a customer who may not order.
pub async fn prepare(
    db: &mut PgConnection,
    around: &Circumstances<'_>,
    input: &NewOrder,
    rules: &Rules,
) -> ApiResult<Prepared> {
    let mut findings = Findings::default();
    customer_named_once(around, input, &mut findings);
    if input.lines.len() > LINES_MAX {
        findings.problems.push(FieldProblem::at(
            "/lines",
            "too_many_lines",
            format!("An order has at most {LINES_MAX} lines."),
        ));
        return Err(Problem::invalid(findings.problems).into());
    }
    let date = input
        .order_date
        .map_or(around.today, som_domain::Date::naive);
    let keys = keys(around, input, date);
    let reference = reference::read(db, &keys, &around.caller.row_scope()).await?;
    let customer = customer(around, input, &reference, &mut findings)?;
    let mut row = header_row(
        around,
        input,
        rules,
        &reference,
        customer,
        date,
        &mut findings,
    );
    let header = header(around, &row, customer)?;
    let mut rows = Vec::with_capacity(input.lines.len());
    for (i, line) in input.lines.iter().enumerate() {
        if let Some(mut line) = lines::line(
            &header,
            &reference,
            around.caller,
            line,
            &format!("/lines/{i}"),
            &mut findings,
        )? {
            line.position = i32::try_from(i + 1).unwrap_or(i32::MAX);
            rows.push(line);
        }
    }
    finish(db, around, findings, &mut row, rows, reference).await
}

async fn finish(
    db: &mut PgConnection,
    around: &Circumstances<'_>,
    mut findings: Findings,
    row: &mut OrderRow,
    mut rows: Vec<LineRow>,
    reference: Reference,
) -> ApiResult<Prepared> {
    refuse(db, around.caller, &mut findings).await?;
    let totals = compute::compute(row, &mut rows)?;
    Ok(Prepared {
        row: row.clone(),
        lines: rows,
        totals,
        reference,
        warnings: findings.warnings,
    })
}

/// 422 when there are problems, with suggestions for unknown SKUs.
pub async fn refuse(
    db: &mut PgConnection,
    caller: &Caller,
    findings: &mut Findings,
) -> ApiResult<()> {
    if findings.problems.is_empty() {
        return Ok(());
    }
    let mut problems = std::mem::take(&mut findings.problems);
    for problem in problems
        .iter_mut()
        .filter(|problem| problem.code == "unknown_sku")
        .take(SUGGESTIONS_MAX)
    {
        if let Some(sku) = problem.value.as_ref().and_then(Value::as_str) {
            problem.suggestions =
                reference::similar_skus(db, caller.organization.id.uuid(), sku).await?;
        }
    }
    Err(Problem::invalid(problems).into())
}

/// What lines of a stored draft are read with.
pub async fn reference_for(
    db: &mut PgConnection,
    around: &Circumstances<'_>,
    order: &Order,
    lines: &[NewOrderLine],
) -> ApiResult<(Header, Reference)> {
    let organization = &around.caller.organization;
    let row = &order.row;
    let countries = [&row.ship_to, &row.bill_to]
        .into_iter()
        .filter_map(|kept| addresses::open(kept.as_deref()))
        .map(|address| address.country);
    let mut keys = Keys {
        organization: organization.id.uuid(),
        customer_id: Some(row.customer_id),
        price_list_id: row.price_list_id,
        caller_id: around.caller.user_id.uuid(),
        date: row.order_date,
        currency: Some(row.currency.clone()),
        base_currency: organization.currency.code().to_owned(),
        countries: countries.chain([organization.country.clone()]).collect(),
        order_id: Some(row.id),
        ..Keys::default()
    };
    line_keys(&mut keys, lines);
    // The customer of an order in sight is looked up whoever owns it.
    let everything = RowScope::everything(around.caller.user_id);
    let reference = reference::read(db, &keys, &everything).await?;
    let header = header(around, row, reference.customer.as_ref())?;
    Ok((header, reference))
}

fn customer_named_once(around: &Circumstances<'_>, input: &NewOrder, findings: &mut Findings) {
    match (input.customer_id.is_some(), input.customer_code.is_some()) {
        (true, true) => findings.problems.push(FieldProblem::at(
            "/customer_code",
            "ambiguous_customer",
            "Name the customer once: by id or by code.",
        )),
        (false, false) if !around.preview => findings.problems.push(FieldProblem::at(
            "/customer_id",
            "required",
            "`customer_id` or `customer_code` is required.",
        )),
        _ => {}
    }
}

/// What has to be looked up for these lines and this header.
fn keys(around: &Circumstances<'_>, input: &NewOrder, date: NaiveDate) -> Keys {
    let organization = &around.caller.organization;
    let mut countries: BTreeSet<String> = [&input.ship_to, &input.bill_to]
        .into_iter()
        .flatten()
        .map(|address| address.country.as_str().to_owned())
        .chain([organization.country.clone()])
        .collect();
    let kept = [&around.keep_ship_to, &around.keep_bill_to];
    countries.extend(
        kept.into_iter()
            .filter_map(|kept| addresses::open(kept.as_deref()))
            .map(|address| address.country),
    );
    let mut keys = Keys {
        organization: organization.id.uuid(),
        customer_id: input.customer_id.map(|id| id.uuid()),
        customer_code: input
            .customer_code
            .as_ref()
            .map(|code| code.as_str().to_owned()),
        price_list_id: input.price_list_id.map(|id| id.uuid()),
        payment_term_id: input.payment_term_id.map(|id| id.uuid()),
        owner_id: input.owner_id.map(|id| id.uuid()),
        caller_id: around.caller.user_id.uuid(),
        date,
        currency: input.currency.map(|currency| currency.code().to_owned()),
        base_currency: organization.currency.code().to_owned(),
        countries: countries.into_iter().collect(),
        customer_po: input.customer_po.as_ref().map(|po| po.as_str().to_owned()),
        order_id: (!around.order_id.is_nil()).then_some(around.order_id),
        with_exposure: around.preview,
        ..Keys::default()
    };
    line_keys(&mut keys, &input.lines);
    keys
}

fn line_keys(keys: &mut Keys, lines: &[NewOrderLine]) {
    let mut skus = BTreeSet::new();
    let (mut ids, mut barcodes, mut classes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in lines {
        ids.extend(line.product_id.map(|id| id.uuid()));
        skus.extend(line.sku.as_ref().map(|sku| sku.as_str().to_uppercase()));
        barcodes.extend(line.barcode.as_ref().map(|code| code.as_str().to_owned()));
        classes.extend(line.tax_class.as_ref().map(|code| code.as_str().to_owned()));
    }
    keys.product_ids = ids.into_iter().collect();
    keys.skus = skus.into_iter().collect();
    keys.barcodes = barcodes.into_iter().collect();
    keys.tax_classes = classes.into_iter().collect();
}

fn customer<'a>(
    around: &Circumstances<'_>,
    input: &NewOrder,
    reference: &'a Reference,
    findings: &mut Findings,
) -> ApiResult<Option<&'a Customer>> {
    let Some(customer) = &reference.customer else {
        if input.customer_id.is_some() {
            findings.problems.push(FieldProblem::at(
                "/customer_id",
                "unknown_customer",
                "There is no such customer.",
            ));
        } else if let Some(code) = &input.customer_code {
            findings.problems.push(
                FieldProblem::at(
                    "/customer_code",
                    "unknown_customer",
                    format!("There is no customer {code}."),
                )
                .with_value(code.as_str()),
            );
        }
        return Ok(None);
    };
    if customer.status != "active" {
        let detail = format!(
            "{} is {} and cannot order. Activate the customer first.",
            customer.name, customer.status
        );
        if !around.preview {
            return Err(Problem::conflict("customer_blocked", detail)
                .with("customer_status", customer.status.as_str())
                .into());
        }
        findings
            .warnings
            .push(Warning::new("customer_blocked", detail));
    }
    Ok(Some(customer))
}

/// What lines are read under.
pub fn header(
    around: &Circumstances<'_>,
    row: &OrderRow,
    customer: Option<&Customer>,
) -> ApiResult<Header> {
    let organization = &around.caller.organization;
    let destination =
        addresses::open(row.ship_to.as_deref()).or_else(|| addresses::open(row.bill_to.as_deref()));
    Ok(Header {
        organization: organization.id.uuid(),
        order_id: around.order_id,
        now: around.now,
        order_date: row.order_date,
        currency: row.money()?,
        base_currency: organization.currency,
        prices_include_tax: organization.prices_include_tax,
        country: destination.as_ref().map_or_else(
            || organization.country.clone(),
            |address| address.country.clone(),
        ),
        region: destination
            .map(|address| address.region)
            .unwrap_or_default(),
        tax_status: customer.map_or_else(
            || "taxable".to_owned(),
            |customer| customer.tax_status.clone(),
        ),
        preview: around.preview,
    })
}

fn header_row(
    around: &Circumstances<'_>,
    input: &NewOrder,
    rules: &Rules,
    reference: &Reference,
    customer: Option<&Customer>,
    date: NaiveDate,
    findings: &mut Findings,
) -> OrderRow {
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
            lines::discount(input, currency, "/discount", findings),
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
    row.custom = custom(
        &custom_map(input.custom.clone()),
        &reference.fields,
        around.preview,
        findings,
    );
    check_header(around, &row, reference, findings);
    row
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

/// Checks custom fields against their definitions. In a preview, required ones may be missing.
pub fn custom(
    values: &Map<String, Value>,
    fields: &[Field],
    preview: bool,
    findings: &mut Findings,
) -> Value {
    let definitions: Vec<FieldDefinition> = fields
        .iter()
        .filter_map(|field| definition(field, preview))
        .collect();
    match validate(&definitions, values) {
        Ok(valid) => Value::Object(valid),
        Err(errors) => {
            findings.problems.extend(errors.into_iter().map(|error| {
                let pointer = format!(
                    "/custom/{}",
                    error.key.replace('~', "~0").replace('/', "~1")
                );
                FieldProblem::at(
                    pointer,
                    error.invalid.code(),
                    format!("`{}` {}.", error.key, error.invalid.message()),
                )
            }));
            json!({})
        }
    }
}

fn definition(field: &Field, preview: bool) -> Option<FieldDefinition> {
    let kind = match field.kind.as_str() {
        "number" => FieldKind::Number {
            min: None,
            max: None,
            decimals: 4,
        },
        "boolean" => FieldKind::Boolean,
        "date" => FieldKind::Date,
        "choice" => FieldKind::Choice {
            options: field.choices.clone(),
        },
        _ => FieldKind::Text { max_length: 2000 },
    };
    Some(FieldDefinition {
        key: field.key.parse().ok()?,
        kind,
        required: field.required && !preview,
    })
}

fn blank_row(around: &Circumstances<'_>, currency: Currency, date: NaiveDate) -> OrderRow {
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
