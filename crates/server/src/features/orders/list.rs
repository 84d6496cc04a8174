//! The list of orders: one table, no lines touched.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use som_domain::currency::Currency;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{CustomerId, OrderId, PaymentTermId, TeamId, UserId};
use som_domain::money::Money;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::show;
use super::view::{CustomerBrief, PersonBrief};
use crate::http::ApiResult;
use crate::http::list::{Dir, Field, FieldKind, ListSpec, SearchKind};
use crate::{export_params, list_params};

/// Everything that can be asked of the list.
const FIELDS: &[Field] = &[
    Field::id("id", "o.id", "ord"),
    Field::text("number", "o.number").sortable().via("o.search"),
    Field::one_of("lifecycle", "o.lifecycle", &["draft", "pending_approval", "confirmed", "completed", "closed", "cancelled"]),
    Field::one_of("fulfilment_status", "o.fulfilment_status", &["not_applicable", "unfulfilled", "partial", "shipped", "delivered"]),
    Field::one_of("invoice_status", "o.invoice_status", &["nothing_to_invoice", "to_invoice", "partial", "invoiced", "to_credit", "credited"]),
    Field::one_of("payment_status", "o.payment_status", &["not_due", "unpaid", "partial", "paid", "overpaid", "partially_refunded", "refunded"]),
    Field::one_of("return_status", "o.return_status", &["none", "requested", "partial", "returned"]),
    Field::boolean("has_backorder", "o.has_backorder"),
    Field::boolean("on_hold", "(o.hold_count > 0)").shape("hold_count"),
    Field::id("customer_id", "o.customer_id", "cus").shape("customer.id"),
    Field::text("customer_code", "o.customer_code").shape("customer.code").column_only(),
    Field::text("customer_name", "o.customer_name").alias("customer.name").shape("customer.name").sortable().via("o.search"),
    Field::text("customer_po", "o.customer_po").nullable().via("o.search"),
    Field::id("owner_id", "o.owner_id", "usr").shape("owner.id").nullable(),
    Field::text("owner_name", "o.owner_name").shape("owner.name").nullable().column_only(),
    Field::id("team_id", "o.team_id", "team").nullable(),
    Field::text("currency", "o.currency"),
    Field::date("order_date", "o.order_date").sortable(),
    Field::date("requested_date", "o.requested_date").sortable().nullable(),
    Field::decimal("net", "o.net_total").column_only(),
    Field::decimal("tax", "o.tax_total").column_only(),
    Field::decimal("total", "o.grand_total").alias("total.amount").sortable(),
    Field::int("line_count", "o.line_count").column_only(),
    Field::timestamp("created_at", "o.created_at").sortable(),
    Field::timestamp("confirmed_at", "o.confirmed_at").nullable(),
    Field::new("sku", "upper(l.sku)", FieldKind::Upper)
        .within("exists (select from order_lines l where l.organization_id = o.organization_id and l.order_id = o.id and ", ")"),
    Field::text("external_ref", "r.ref").within(
        "exists (select from external_refs r where r.organization_id = o.organization_id and r.entity = 'order' and r.entity_id = o.id and ",
        ")",
    ),
];

/// The collection.
pub static ORDERS: ListSpec = ListSpec {
    name: "orders",
    fields: FIELDS,
    default_sort: &[("created_at", Dir::Desc)],
    tiebreak: Field::id("id", "o.id", "ord"),
    search: Some(SearchKind::Trigram("o.search")),
    expand: &[],
};

list_params!(pub OrdersList, ORDERS);

export_params!(pub OrdersExport, ORDERS);

/// The columns of an item.
pub const COLUMNS: &str = "o.id, o.number, o.version, o.lifecycle, o.fulfilment_status, o.invoice_status, o.payment_status, o.return_status, \
    o.has_backorder, o.hold_count, o.customer_id, o.customer_code, o.customer_name, o.customer_po, o.owner_id, o.owner_name, o.team_id, o.currency, \
    o.payment_term_id, o.order_date, o.requested_date, o.net_total, o.grand_total, o.line_count, o.submitted_at, o.confirmed_at, o.created_at, o.updated_at";

/// A row of the list.
#[derive(Debug, FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct ItemRow {
    pub id: Uuid,
    pub number: String,
    pub version: i32,
    pub lifecycle: String,
    pub fulfilment_status: String,
    pub invoice_status: String,
    pub payment_status: String,
    pub return_status: String,
    pub has_backorder: bool,
    pub hold_count: i32,
    pub customer_id: Uuid,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_po: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner_name: Option<String>,
    pub team_id: Option<Uuid>,
    pub currency: String,
    pub payment_term_id: Option<Uuid>,
    pub order_date: NaiveDate,
    pub requested_date: Option<NaiveDate>,
    pub net_total: Decimal,
    pub grand_total: Decimal,
    pub line_count: i32,
    pub submitted_at: Option<DateTime<Utc>>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderListItem {
    /// Identity.
    pub id: OrderId,
    /// Human number.
    #[schema(example = "SO-2026-000042")]
    pub number: String,
    /// For `If-Match`.
    #[schema(example = "\"3\"")]
    pub etag: String,
    /// `draft`, `pending_approval`, `confirmed`, `completed`, `closed` or `cancelled`.
    pub lifecycle: String,
    /// Derived from the lines.
    pub fulfilment_status: String,
    /// Derived from the lines.
    pub invoice_status: String,
    /// Derived from invoices and payments.
    pub payment_status: String,
    /// Derived from the lines.
    pub return_status: String,
    /// Some line waits for stock.
    pub has_backorder: bool,
    /// Holds in force.
    pub hold_count: i32,
    /// Who buys.
    pub customer: CustomerBrief,
    /// The customer's own number for it.
    pub customer_po: Option<String>,
    /// Whose order it is.
    pub owner: Option<PersonBrief>,
    /// Whose team's.
    pub team_id: Option<TeamId>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Payment term.
    pub payment_term_id: Option<PaymentTermId>,
    /// Day of the order.
    pub order_date: Date,
    /// When the customer wants it.
    pub requested_date: Option<Date>,
    /// Without tax.
    pub net: Money,
    /// With tax.
    pub total: Money,
    /// Lines.
    pub line_count: i32,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An item as it is shown.
pub fn item(row: ItemRow) -> ApiResult<OrderListItem> {
    let currency: Currency = row
        .currency
        .parse()
        .map_err(|error| anyhow::anyhow!("stored currency: {error}"))?;
    let order_date = Date::new(row.order_date)
        .ok_or_else(|| anyhow::anyhow!("stored date {}", row.order_date))?;
    Ok(OrderListItem {
        id: OrderId::from_uuid(row.id),
        number: row.number,
        etag: format!("\"{}\"", row.version),
        lifecycle: row.lifecycle,
        fulfilment_status: row.fulfilment_status,
        invoice_status: row.invoice_status,
        payment_status: row.payment_status,
        return_status: row.return_status,
        has_backorder: row.has_backorder,
        hold_count: row.hold_count,
        customer: CustomerBrief {
            id: CustomerId::from_uuid(row.customer_id),
            code: row.customer_code,
            name: row.customer_name,
        },
        customer_po: row.customer_po,
        owner: row.owner_id.map(|id| PersonBrief {
            id: UserId::from_uuid(id),
            name: row.owner_name.unwrap_or_default(),
        }),
        team_id: row.team_id.map(TeamId::from_uuid),
        currency,
        payment_term_id: row.payment_term_id.map(PaymentTermId::from_uuid),
        order_date,
        requested_date: row.requested_date.and_then(Date::new),
        net: show::money(row.net_total, currency)?,
        total: show::money(row.grand_total, currency)?,
        line_count: row.line_count,
        submitted_at: row.submitted_at.map(Timestamp::new),
        confirmed_at: row.confirmed_at.map(Timestamp::new),
        created_at: Timestamp::new(row.created_at),
        updated_at: Timestamp::new(row.updated_at),
    })
}
