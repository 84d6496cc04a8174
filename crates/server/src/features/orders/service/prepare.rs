//! From what was sent to a priced order: one read, every problem at once, then the totals.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use som_domain::Totals;
use uuid::Uuid;

use super::header::Header;
use super::header_row::header_row;
use super::lines::{self, Findings};
use super::lookup::{keys, line_keys};
use super::{addresses, compute};
use crate::caller::Caller;
use crate::db::TenantTx;
use crate::features::orders::input::{LINES_MAX, NewOrder, NewOrderLine, Rules};
use crate::features::orders::rows::{LineRow, Order, OrderRow};
use crate::features::orders::store::reference::{self, Customer, Keys, Reference};
use crate::features::orders::view::Warning;
use crate::http::{ApiResult, FieldProblem, Problem};
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
    /// The order will be confirmed: the customer's credit is looked at, and nobody else may use it meanwhile.
    pub confirms: bool,
    /// The billing address (as stored) that stays unless another is sent.
    pub keep_bill_to: Option<String>,
    /// The shipping address (as stored) that stays unless another is sent.
    pub keep_ship_to: Option<String>,
    /// Custom fields (as stored) into which what is sent is merged; `None` for a new order.
    pub keep_custom: Option<Value>,
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
            confirms: false,
            keep_bill_to: None,
            keep_ship_to: None,
            keep_custom: None,
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
    db: &mut TenantTx,
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
    )?;
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
    db: &mut TenantTx,
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
pub async fn refuse(db: &mut TenantTx, caller: &Caller, findings: &mut Findings) -> ApiResult<()> {
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
    db: &mut TenantTx,
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
