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

/// A snapshot's content as it is to be stored with the newest keys; `None` when it is.
pub(super) fn fresh_snapshot(
    keys: &DataKeys,
    order: Uuid,
    version: i32,
    doc: &Value,
) -> Result<Option<Value>, SealError> {
    let mut new = None;
    for name in ADDRESSES {
        let column = column(name, version);
        let place = Place::new("order_snapshots", &column, order);
        if let Some(stored) = doc.get(name).and_then(Value::as_str) {
            let fresh = keys.fresh(place, Some(stored.to_owned()))?;
            if let Some(text) = fresh.text.filter(|_| fresh.is_new) {
                new.get_or_insert_with(|| doc.clone())[name] = Value::String(text);
            }
        }
    }
    if let Some(custom) = doc.get("custom") {
        let prefix = column("custom", version);
        if let Some(custom) = keys.fresh_secrets("order_snapshots", order, &prefix, custom)? {
            new.get_or_insert_with(|| doc.clone())["custom"] = custom;
        }
    }
    Ok(new)
}

/// Addresses and custom fields as they are stored.
pub(super) type SealedParts = ([Option<String>; 2], Value);

/// An order's addresses and secret fields as they are to be stored with the newest keys; `None` when they are.
pub(super) fn fresh(
    keys: &DataKeys,
    order: Uuid,
    [bill_to, ship_to]: [Option<String>; 2],
    custom: Value,
) -> Result<Option<SealedParts>, SealError> {
    let bill_to = keys.fresh(at("bill_to", order), bill_to)?;
    let ship_to = keys.fresh(at("ship_to", order), ship_to)?;
    let secrets = keys.fresh_secrets("orders", order, "custom", &custom)?;
    let is_new = bill_to.is_new || ship_to.is_new || secrets.is_some();
    Ok(is_new.then(|| ([bill_to.text, ship_to.text], secrets.unwrap_or(custom))))
}

/// Opens an address of the customer; its lines become a JSON list.
pub(super) fn open_address(keys: &DataKeys, address: &mut Address) -> Result<(), SealError> {
    let at = |column| Place::new("addresses", column, address.id);
    let recipient = keys.open_option(at("recipient"), address.recipient.as_deref())?;
    let lines = keys.open(at("lines"), &address.lines)?;
    (address.recipient, address.lines) = (recipient, lines);
    Ok(())
}
