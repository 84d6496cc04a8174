//! Addresses and secret fields of orders and of their snapshots sealed with the newest keys, a batch at a time. An order that changes meanwhile is
//! passed over: `xmin` tells.

use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::sealed;
use crate::db::TenantTx;
use crate::rotation::{After, Batch, Part};

/// The parts.
pub(in crate::features::orders) const PARTS: [Part; 2] = [
    Part {
        name: "orders",
        step: orders,
    },
    Part {
        name: "order_snapshots",
        step: snapshots,
    },
];

struct FreshOrder {
    id: Uuid,
    xmin: String,
    addresses: [Option<String>; 2],
    custom: Value,
}

fn orders(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select id, xmin::text as "xmin!", bill_to, ship_to, custom from orders where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "orders",
            rows,
            |row| After::row(row.id),
            |row| {
                let fresh =
                    sealed::fresh(db.keys(), row.id, [row.bill_to, row.ship_to], row.custom)?;
                Ok(fresh.map(|(addresses, custom)| FreshOrder {
                    id: row.id,
                    xmin: row.xmin,
                    addresses,
                    custom,
                }))
            },
        );
        let written = write_orders(db, &outdated).await?;
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write_orders(db: &mut TenantTx, rows: &[FreshOrder]) -> Result<u64, sqlx::Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    let address = |which: usize| -> Vec<Option<String>> {
        let of = |row: &FreshOrder| row.addresses.get(which).cloned().flatten();
        rows.iter().map(of).collect()
    };
    sqlx::query!(
        "with given as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[]) x (id, was, bill_to, ship_to, custom)
         ), mine as materialized (
             select o.id from orders o join given x on x.id = o.id
              where o.organization_id = $1 and o.xmin::text = x.was for no key update of o skip locked)
         update orders o set bill_to = x.bill_to, ship_to = x.ship_to, custom = x.custom
           from given x join mine m on m.id = x.id
          where o.organization_id = $1 and o.id = x.id",
        db.organization().uuid(),
        &rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.xmin.clone()).collect::<Vec<_>>(),
        &address(0) as &[Option<String>],
        &address(1) as &[Option<String>],
        &rows.iter().map(|row| row.custom.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}

struct FreshSnapshot {
    order: Uuid,
    version: i32,
    doc: Value,
}

/// Snapshots do not change otherwise.
fn snapshots(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query!(
            "select order_id, version, doc from order_snapshots where organization_id = $1 and (order_id, version) > ($2, $3)
              order by order_id, version limit $4",
            db.organization().uuid(),
            after.id,
            after.version,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "order_snapshots",
            rows,
            |row| After {
                id: row.order_id,
                version: row.version,
            },
            |row| {
                let doc = sealed::fresh_snapshot(db.keys(), row.order_id, row.version, &row.doc)?;
                Ok(doc.map(|doc| FreshSnapshot {
                    order: row.order_id,
                    version: row.version,
                    doc,
                }))
            },
        );
        let written = write_snapshots(db, &outdated).await?;
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write_snapshots(db: &mut TenantTx, rows: &[FreshSnapshot]) -> Result<u64, sqlx::Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        "update order_snapshots s set doc = x.doc
           from unnest($2::uuid[], $3::int[], $4::jsonb[]) x (order_id, version, doc)
          where s.organization_id = $1 and s.order_id = x.order_id and s.version = x.version",
        db.organization().uuid(),
        &rows.iter().map(|row| row.order).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.version).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.doc.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}
