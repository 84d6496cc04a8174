//! Writes of whole orders: one statement for the header with everything that changes beside it.

#![expect(
    clippy::disallowed_methods,
    reason = "statements share the columns of an order and carry the closing along"
)]

use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::columns::{approval_values, hold_values, line_values, order_values};
use super::sealed;
use crate::db::TenantTx;
use crate::db::record::{Closing, closing_parts, closing_result};
use crate::features::orders::rows::{ApprovalRow, HoldRow, LineRow, Order, OrderRow, SnapshotRow};
use crate::http::{ApiResult, Problem, on_constraint};

/// What is written beside the header.
#[derive(Debug, Default)]
pub struct Beside<'a> {
    /// Lines whose ledger changed.
    pub ledgers: Vec<&'a LineRow>,
    /// New or changed holds.
    pub holds: Vec<&'a HoldRow>,
    /// New or decided approvals.
    pub approvals: Vec<&'a ApprovalRow>,
    /// The content of this version.
    pub snapshot: Option<SnapshotRow>,
}

macro_rules! beside {
    ($order:literal, $holds:literal, $approvals:literal, $snapshots:literal) => {
        concat!(
            "held as (insert into order_holds (organization_id, order_id, ", hold_values!(), ") select $1, ", $order, ", ", hold_values!(),
            " from jsonb_populate_recordset(null::order_holds, ", $holds, ") on conflict (organization_id, id) do update
                set released_at = excluded.released_at, released_by = excluded.released_by, release_reason = excluded.release_reason),
             approved as (insert into order_approvals (organization_id, order_id, ", approval_values!(), ") select $1, ", $order, ", ", approval_values!(),
            " from jsonb_populate_recordset(null::order_approvals, ", $approvals, ") on conflict (organization_id, id) do update
                set state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by, reason = excluded.reason),
             kept as (insert into order_snapshots (organization_id, order_id, version, doc, sha256, created_at, created_by)
                select $1, ", $order, ", version, doc, sha256, created_at, created_by from jsonb_populate_recordset(null::order_snapshots, ", $snapshots, ")) "
        )
    };
}

/// The closing first: it binds the organization and everything up to $23.
const INSERT: &str = concat!(
    "with ", closing_parts!(), ",
      placed as (insert into orders (organization_id, id, ", order_values!(), ") select $1, $24, ", order_values!(), " from jsonb_populate_record(null::orders, $25)),
      lined as (insert into order_lines (organization_id, order_id, id, ", line_values!(), ") select $1, $24, id, ", line_values!(), " from jsonb_populate_recordset(null::order_lines, $26)),
      known as (insert into external_refs (organization_id, entity, source, ref, entity_id) select $1, 'order', source, ref, $24 from unnest($30::text[], $31::text[]) x (source, ref)), ",
    beside!("$24", "$27", "$28", "$29"),
    closing_result!()
);

const UPDATE: &str = concat!(
    "with changed as (update orders set (", order_values!(), ") = (select ", order_values!(), " from jsonb_populate_record(null::orders, $3))
                       where organization_id = $1 and id = $2),
      moved as (update order_lines l set cancelled = r.cancelled, reserved = r.reserved, picked = r.picked, shipped = r.shipped, delivered = r.delivered,
                       returned = r.returned, return_requested = r.return_requested, return_credited = r.return_credited, invoiced = r.invoiced, credited = r.credited,
                       updated_at = r.updated_at
                  from jsonb_populate_recordset(null::order_lines, $4) r where l.organization_id = $1 and l.order_id = $2 and l.id = r.id), ",
    beside!("$2", "$5", "$6", "$7"),
    "select 1"
);

/// Writes a new order with its lines, holds, approvals, snapshot and references, and the closing of the use case. False when the closing
/// came too late. Errors: 409 `duplicate_external_ref`.
pub async fn insert(
    db: &mut TenantTx,
    order: &Order,
    snapshot: SnapshotRow,
    closing: &Closing<'_>,
) -> ApiResult<bool> {
    let sealed_row = sealed::seal(db.keys(), &order.row)?;
    let snapshot = sealed::seal_snapshot(db.keys(), order.row.id, snapshot)?;
    let (sources, references): (Vec<&String>, Vec<&String>) = order.external_refs.iter().unzip();
    let row = closing
        .bind(sqlx::query(INSERT))
        .bind(order.row.id)
        .bind(Json(sealed_row))
        .bind(Json(&order.lines))
        .bind(Json(&order.holds))
        .bind(Json(&order.approvals))
        .bind(Json([snapshot]))
        .bind(sources)
        .bind(references)
        .fetch_one(&mut **db)
        .await
        .map_err(
            |error| match on_constraint(error, "external_refs_pkey", duplicate_reference) {
                crate::http::ApiError::Internal(inner)
                    if inner
                        .to_string()
                        .contains("orders_organization_id_number_key") =>
                {
                    Problem::conflict(
                        "number_taken",
                        "The order's number was taken meanwhile. Try again.",
                    )
                    .retry_after(1)
                    .into()
                }
                other => other,
            },
        )?;
    Ok(row.try_get(0)?)
}

fn duplicate_reference() -> Problem {
    Problem::conflict(
        "duplicate_external_ref",
        "Another order already has this external reference.",
    )
}

/// Writes the header and what changed beside it.
pub async fn update(
    db: &mut TenantTx,
    row: &OrderRow,
    beside: Beside<'_>,
) -> Result<(), sqlx::Error> {
    let sealed_row = sealed::seal(db.keys(), row)?;
    let snapshot = beside.snapshot;
    let snapshot = snapshot.map(|s| sealed::seal_snapshot(db.keys(), row.id, s));
    let snapshot = snapshot.transpose()?;
    sqlx::query(UPDATE)
        .bind(row.organization_id)
        .bind(row.id)
        .bind(Json(sealed_row))
        .bind(Json(beside.ledgers))
        .bind(Json(beside.holds))
        .bind(Json(beside.approvals))
        .bind(Json(snapshot.into_iter().collect::<Vec<_>>()))
        .execute(&mut **db)
        .await
        .map(|_| ())
}

/// Keeps the snapshots of many orders.
pub async fn keep_snapshots(
    db: &mut TenantTx,
    organization: Uuid,
    orders: &[Uuid],
    snapshots: Vec<SnapshotRow>,
) -> Result<(), sqlx::Error> {
    let keys = db.keys();
    let sealed = orders.iter().zip(snapshots);
    let snapshots = sealed
        .map(|(order, snapshot)| sealed::seal_snapshot(keys, *order, snapshot))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "insert into order_snapshots (organization_id, order_id, version, doc, sha256, created_at, created_by)
         select $1, o.id, s.version, s.doc, s.sha256, s.created_at, s.created_by
           from unnest($2::uuid[]) with ordinality o (id, place)
           join jsonb_populate_recordset(null::order_snapshots, $3) with ordinality as s on s.ordinality = o.place",
    )
    .bind(organization)
    .bind(orders)
    .bind(Json(snapshots))
    .execute(&mut **db)
    .await
    .map(|_| ())
}

const PUT_LINES: &str = concat!(
    "insert into order_lines (organization_id, order_id, id, ", line_values!(), ") select $1, $2, id, ", line_values!(), " from jsonb_populate_recordset(null::order_lines, $3)
     on conflict (organization_id, id) do update set position = excluded.position, kind = excluded.kind, product_id = excluded.product_id, sku = excluded.sku,
        description = excluded.description, unit = excluded.unit, tax_class_id = excluded.tax_class_id, invoice_policy = excluded.invoice_policy,
        shippable = excluded.shippable, requested_date = excluded.requested_date, ordered = excluded.ordered, unit_price = excluded.unit_price,
        price_includes_tax = excluded.price_includes_tax, system_price = excluded.system_price, price_locked = excluded.price_locked,
        price_source = excluded.price_source, discounts = excluded.discounts, gross = excluded.gross, discount = excluded.discount, net = excluded.net,
        order_discount_share = excluded.order_discount_share, base = excluded.base, tax = excluded.tax, taxes = excluded.taxes,
        exemption_reason = excluded.exemption_reason, discountable = excluded.discountable, cost = excluded.cost, updated_at = excluded.updated_at"
);

/// Makes these the lines of a draft: writes them and removes all others.
pub async fn put_lines(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    lines: &[LineRow],
) -> Result<(), sqlx::Error> {
    let kept: Vec<Uuid> = lines.iter().map(|line| line.id).collect();
    sqlx::query!(
        "with unheld as (update order_holds set line_id = null where organization_id = $1 and order_id = $2 and line_id is not null and not (line_id = any($3)))
         delete from order_lines where organization_id = $1 and order_id = $2 and not (id = any($3))",
        organization,
        order,
        &kept,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query(PUT_LINES)
        .bind(organization)
        .bind(order)
        .bind(Json(lines))
        .execute(db)
        .await
        .map(|_| ())
}

/// Sets and removes references of an order. Errors: 409 `duplicate_external_ref`.
pub async fn change_references(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    changes: &[(String, Option<String>)],
) -> ApiResult<()> {
    let named: Vec<String> = changes.iter().map(|(source, _)| source.clone()).collect();
    sqlx::query!(
        "delete from external_refs where organization_id = $1 and entity = 'order' and entity_id = $2 and source = any($3)",
        organization,
        order,
        &named,
    )
        .execute(&mut *db)
        .await?;
    let (sources, references): (Vec<String>, Vec<String>) = changes
        .iter()
        .filter_map(|(source, reference)| Some((source.clone(), reference.clone()?)))
        .unzip();
    sqlx::query!(
        "insert into external_refs (organization_id, entity, source, ref, entity_id) select $1, 'order', source, ref, $2 from unnest($3::text[], $4::text[]) x (source, ref)",
        organization,
        order,
        &sources,
        &references,
    )
    .execute(db)
    .await
    .map_err(|error| on_constraint(error, "external_refs_pkey", duplicate_reference))?;
    Ok(())
}
