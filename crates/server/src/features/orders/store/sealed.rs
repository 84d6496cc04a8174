//! Addresses of orders and their snapshots: open above the store, sealed in it.

use serde_json::Value;
use uuid::Uuid;

use crate::db::DataKeys;
use crate::features::orders::rows::{OrderRow, SnapshotRow};
use crate::features::orders::store::reference::Address;
use crate::security::seal::{Place, SealError};

/// The columns, and the members of a snapshot.
const ADDRESSES: [&str; 2] = ["bill_to", "ship_to"];

const fn at(column: &'static str, order: Uuid) -> Place<'static> {
    Place::new("orders", column, order)
}

/// Opens a row that was read.
pub(super) fn open(keys: &DataKeys, row: &mut OrderRow) -> Result<(), SealError> {
    row.bill_to = keys.open_option(at("bill_to", row.id), row.bill_to.as_deref())?;
    row.ship_to = keys.open_option(at("ship_to", row.id), row.ship_to.as_deref())?;
    keys.open_secrets("orders", row.id, "custom", &mut row.custom)
}

/// The row as it is written.
pub(super) fn seal(keys: &DataKeys, row: &OrderRow) -> Result<OrderRow, SealError> {
    let mut custom = row.custom.clone();
    keys.seal_secrets("orders", row.id, "custom", &mut custom)?;
    Ok(OrderRow {
        custom,
        bill_to: keys.seal_option(at("bill_to", row.id), row.bill_to.as_deref())?,
        ship_to: keys.seal_option(at("ship_to", row.id), row.ship_to.as_deref())?,
        ..row.clone()
    })
}

/// What an address is bound to inside a version's snapshot.
fn column(name: &str, version: i32) -> String {
    format!("doc.{name}@{version}")
}

/// The snapshot of an order as it is written.
pub(super) fn seal_snapshot(
    keys: &DataKeys,
    order: Uuid,
    mut snapshot: SnapshotRow,
) -> Result<SnapshotRow, SealError> {
    for name in ADDRESSES {
        let column = column(name, snapshot.version);
        let place = Place::new("order_snapshots", &column, order);
        if let Some(slot) = snapshot.doc.get_mut(name)
            && let Some(text) = slot.as_str()
        {
            *slot = Value::String(keys.seal(place, text)?);
        }
    }
    if let Some(custom) = snapshot.doc.get_mut("custom") {
        let prefix = column("custom", snapshot.version);
        keys.seal_secrets("order_snapshots", order, &prefix, custom)?;
    }
    Ok(snapshot)
}

/// Opens the content of a snapshot that was read.
pub(super) fn open_snapshot(
    keys: &DataKeys,
    order: Uuid,
    version: i32,
    doc: &mut Value,
) -> Result<(), SealError> {
    for name in ADDRESSES {
        let column = column(name, version);
        let place = Place::new("order_snapshots", &column, order);
        if let Some(slot) = doc.get_mut(name)
            && let Some(stored) = slot.as_str()
        {
            *slot = Value::String(keys.open(place, stored)?);
        }
    }
    if let Some(custom) = doc.get_mut("custom") {
        let prefix = column("custom", version);
        keys.open_secrets("order_snapshots", order, &prefix, custom)?;
    }
    Ok(())
}

/// Opens an address of the customer; its lines become a JSON list.
pub(super) fn open_address(keys: &DataKeys, address: &mut Address) -> Result<(), SealError> {
    let at = |column| Place::new("addresses", column, address.id);
    let recipient = keys.open_option(at("recipient"), address.recipient.as_deref())?;
    let lines = keys.open(at("lines"), &address.lines)?;
    (address.recipient, address.lines) = (recipient, lines);
    Ok(())
}
