//! The content of an order: what is agreed, hashed for approvals, kept per version, and compared.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::addresses;
use crate::caller::Caller;
use crate::db::TenantTx;
use crate::features::custom_fields::service as custom;
use crate::features::orders::rows::{LineRow, Order, OrderRow, SnapshotRow};
use crate::features::orders::show;
use crate::features::orders::store::{read, write};
use crate::http::ApiResult;

/// What is agreed: header, lines and totals, without state and quantities done. Addresses and secret fields are unfolded for a hash only.
fn content(order: &Order, hashed: bool) -> anyhow::Result<Value> {
    content_of(&order.row, &order.lines, hashed)
}

fn content_of(row: &OrderRow, lines: &[LineRow], hashed: bool) -> anyhow::Result<Value> {
    let address = |stored: Option<&str>| match stored {
        Some(stored) if !hashed => Value::from(stored),
        stored => opened(stored),
    };
    let currency = row.money()?;
    let lines: anyhow::Result<Vec<Value>> =
        lines.iter().map(|line| line_content(line, row)).collect();
    Ok(json!({
        "number": row.number,
        "customer": { "code": row.customer_code, "name": row.customer_name },
        "customer_po": row.customer_po,
        "owner": row.owner_name,
        "currency": row.currency,
        "price_list_id": row.price_list_id.map(som_domain::PriceListId::from_uuid),
        "payment_term_id": row.payment_term_id.map(som_domain::PaymentTermId::from_uuid),
        "order_date": row.order_date,
        "requested_date": row.requested_date,
        "valid_until": row.valid_until,
        "bill_to": address(row.bill_to.as_deref()),
        "ship_to": address(row.ship_to.as_deref()),
        "rounding": row.rounding_mode,
        "tax_mode": row.tax_mode,
        "cash_rounding": row.cash_rounding.map(|step| show::amount(step, currency)),
        "discount": discount(row),
        "totals": {
            "subtotal": show::amount(row.subtotal, currency),
            "line_discount_total": show::amount(row.line_discount_total, currency),
            "order_discount": show::amount(row.order_discount, currency),
            "net": show::amount(row.net_total, currency),
            "tax": show::amount(row.tax_total, currency),
            "total": show::amount(row.grand_total, currency),
            "rounding_adjustment": show::amount(row.rounding_adjustment, currency),
            "payable": show::amount(row.payable_total, currency),
        },
        "notes": row.notes,
        "custom": if hashed { Value::from(custom::open(&row.custom)) } else { row.custom.clone() },
        "lines": lines?,
    }))
}

fn discount(row: &OrderRow) -> Value {
    match (row.discount_percent, row.discount_amount) {
        (Some(percent), _) => json!({ "percent": show::plain(percent) }),
        (None, Some(amount)) => json!({ "amount": show::plain(amount) }),
        (None, None) => Value::Null,
    }
}

fn line_content(line: &LineRow, row: &OrderRow) -> anyhow::Result<Value> {
    let currency = row.money()?;
    Ok(json!({
        "id": som_domain::OrderLineId::from_uuid(line.id),
        "position": line.position,
        "kind": line.kind,
        "sku": line.sku,
        "description": line.description,
        "quantity": show::plain(line.ordered),
        "unit": line.unit,
        "unit_price": line.unit_price.map(|price| show::price(price, currency)),
        "price_includes_tax": line.price_includes_tax,
        "discounts": line.discounts,
        "taxes": line.taxes,
        "exemption_reason": line.exemption_reason,
        "requested_date": line.requested_date,
        "net": show::amount(line.net, currency),
        "order_discount_share": show::amount(line.order_discount_share, currency),
        "base": show::amount(line.base, currency),
        "tax": show::amount(line.tax, currency),
    }))
}

fn opened(stored: Option<&str>) -> Value {
    addresses::open(stored)
        .and_then(|address| serde_json::to_value(address).ok())
        .unwrap_or(Value::Null)
}

/// SHA-256 of the content.
pub fn hash(order: &Order) -> anyhow::Result<Vec<u8>> {
    hash_of(&order.row, &order.lines)
}

fn hash_of(row: &OrderRow, lines: &[LineRow]) -> anyhow::Result<Vec<u8>> {
    let mut content = content_of(row, lines, true)?;
    // The database keeps the members of an object in an order of its own.
    content.sort_all_objects();
    let text = serde_json::to_string(&content)?;
    Ok(Sha256::digest(text.as_bytes()).to_vec())
}

/// The snapshot of the order's version; addresses and secret fields stay sealed.
pub fn snapshot(order: &Order) -> anyhow::Result<SnapshotRow> {
    snapshot_of(&order.row, &order.lines)
}

fn snapshot_of(row: &OrderRow, lines: &[LineRow]) -> anyhow::Result<SnapshotRow> {
    let mut doc = content_of(row, lines, false)?;
    if let Value::Object(doc) = &mut doc {
        doc.insert("lifecycle".to_owned(), json!(row.lifecycle));
    }
    Ok(SnapshotRow {
        version: row.version,
        doc,
        sha256: Some(hash_of(row, lines)?),
        created_at: row.updated_at,
        created_by: row.updated_by,
    })
}

/// Keeps the present content of many orders that were written in a mass, in three round trips.
pub async fn keep_many(db: &mut TenantTx, organization: Uuid, orders: &[Uuid]) -> ApiResult<()> {
    let (mut ids, mut snapshots) = (Vec::new(), Vec::new());
    for (row, lines) in read::contents(db, organization, orders).await? {
        ids.push(row.id);
        snapshots.push(snapshot_of(&row, &lines)?);
    }
    Ok(write::keep_snapshots(db, organization, &ids, snapshots).await?)
}

/// A kept content as the caller may see it.
pub fn show(doc: Value, caller: &Caller) -> Value {
    let mut doc = open(doc);
    if let Some(custom) = doc.get_mut("custom") {
        *custom = custom::show(custom, caller).into();
    }
    doc
}

/// A kept content with its addresses opened; secret fields stay sealed.
fn open(mut doc: Value) -> Value {
    if let Value::Object(doc) = &mut doc {
        for name in ["bill_to", "ship_to"] {
            let stored = doc.get(name).and_then(Value::as_str).map(str::to_owned);
            if let Some(stored) = stored {
                doc.insert(name.to_owned(), opened(Some(&stored)));
            }
        }
    }
    doc
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Change {
    /// JSON Pointer without the leading slash.
    #[schema(example = "lines/2/quantity")]
    pub path: String,
    /// Before.
    #[schema(value_type = Option<Object>)]
    pub from: Value,
    /// After.
    #[schema(value_type = Option<Object>)]
    pub to: Value,
}

/// The differences of two kept contents as the caller may see them: that a secret changed is seen by all.
pub fn differences(from: Value, to: Value, caller: &Caller) -> Vec<Change> {
    let mut changes = diff(&open(from), &open(to));
    for side in changes
        .iter_mut()
        .flat_map(|change| [&mut change.from, &mut change.to])
    {
        if custom::is_sealed(Some(side)) {
            let shown = custom::show(&json!({ "value": side }), caller).remove("value");
            *side = shown.unwrap_or_default();
        }
    }
    changes
}

/// The differences of two contents. Lines are matched by their id; computed amounts of lines are left out.
pub fn diff(from: &Value, to: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("", from, to, &mut changes);
    changes
}

/// Follow from other fields; they would bury what was changed.
const COMPUTED: &[&str] = &["net", "order_discount_share", "base", "tax", "position"];

fn compare(path: &str, from: &Value, to: &Value, changes: &mut Vec<Change>) {
    let at = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        }
    };
    match (from, to) {
        (Value::Object(a), Value::Object(b))
            if path != "discount"
                && !custom::is_sealed(Some(from))
                && !custom::is_sealed(Some(to)) =>
        {
            for name in keys(a, b) {
                if path.starts_with("lines/") && COMPUTED.contains(&name.as_str()) {
                    continue;
                }
                compare(
                    &at(&name),
                    a.get(&name).unwrap_or(&Value::Null),
                    b.get(&name).unwrap_or(&Value::Null),
                    changes,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if path == "lines" => compare_lines(a, b, changes),
        (a, b) if a == b => {}
        (a, b) => changes.push(Change {
            path: path.to_owned(),
            from: a.clone(),
            to: b.clone(),
        }),
    }
}

fn keys(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<String> {
    let more = b.keys().filter(|key| !a.contains_key(*key));
    a.keys().chain(more).cloned().collect()
}

fn compare_lines(from: &[Value], to: &[Value], changes: &mut Vec<Change>) {
    let id = |line: &Value| line.get("id").cloned();
    for (i, line) in to.iter().enumerate() {
        match from.iter().find(|old| id(old) == id(line)) {
            Some(old) => compare(&format!("lines/{i}"), old, line, changes),
            None => changes.push(Change {
                path: format!("lines/{i}"),
                from: Value::Null,
                to: brief(line),
            }),
        }
    }
    for (i, line) in from.iter().enumerate() {
        if !to.iter().any(|new| id(new) == id(line)) {
            changes.push(Change {
                path: format!("lines/{i}"),
                from: brief(line),
                to: Value::Null,
            });
        }
    }
}

/// A line that came or went, in brief.
fn brief(line: &Value) -> Value {
    let get = |name: &str| line.get(name).cloned().unwrap_or(Value::Null);
    json!({ "sku": get("sku"), "description": get("description"), "quantity": get("quantity"), "unit_price": get("unit_price") })
}

/// The differences of an edit for the audit, as `{"path": {"from", "to"}}`; of addresses and secrets only that they changed.
pub fn audit(before: &Order, after: &Order) -> anyhow::Result<Value> {
    let (from, to) = (content(before, false)?, content(after, false)?);
    let mut map = Map::new();
    for change in diff(&from, &to) {
        let sealed = |value: &Value| custom::is_sealed(Some(value));
        let entry = match change.path.as_str() {
            "bill_to" | "ship_to" => json!({ "changed": true }),
            _ if sealed(&change.from) || sealed(&change.to) => json!({ "changed": true }),
            _ => json!({ "from": change.from, "to": change.to }),
        };
        map.insert(change.path, entry);
    }
    Ok(Value::Object(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_matched_by_id_and_amounts_left_out() {
        let from = json!({ "notes": "", "lines": [{ "id": "a", "quantity": "1", "net": "5.00" }, { "id": "b", "quantity": "2", "net": "1.00" }] });
        let to = json!({ "notes": "x", "lines": [{ "id": "b", "quantity": "3", "net": "1.50" }, { "id": "c", "description": "new", "quantity": "1" }] });
        let paths: Vec<String> = diff(&from, &to)
            .into_iter()
            .map(|change| change.path)
            .collect();
        assert_eq!(paths, ["notes", "lines/0/quantity", "lines/1", "lines/0"]);
        assert!(diff(&from, &from).is_empty());
    }
}
