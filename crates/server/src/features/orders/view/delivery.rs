//! A delivery as it is shown.

use serde::Serialize;
use som_domain::dates::{Date, Timestamp};
use som_domain::ids::{DeliveryId, OrderLineId, UserId};
use utoipa::ToSchema;

use super::parts::{PersonBrief, QuantityView};
use crate::features::orders::show;
use crate::features::orders::store::deliveries::{DeliveredLineRow, DeliveryRow};
use crate::http::list::PageInfo;

/// What was delivered of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveredLineView {
    /// The line of the order.
    pub line_id: OrderLineId,
    /// Its number.
    pub position: i32,
    /// The product's SKU, unless it is ad hoc.
    pub sku: Option<String>,
    /// What is printed.
    pub description: String,
    /// How many; below zero in a reversal.
    pub quantity: QuantityView,
}

/// A delivery, or what takes one back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "dlv_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "delivered_date": "2026-11-24", "note": "Left at gate 4", "reverses": null, "reversed_by": null,
    "created_at": "2026-11-24T09:30:00Z", "created_by": { "id": "usr_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "name": "Ada Admin" },
    "lines": [{ "line_id": "oln_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "position": 1, "sku": "HX-1020", "description": "Hex bolt M10", "quantity": { "value": "200", "unit": "pcs" } }]
}))]
pub struct DeliveryView {
    /// Identity.
    pub id: DeliveryId,
    /// On which day.
    pub delivered_date: Date,
    /// The note; in a reversal its reason.
    pub note: String,
    /// The delivery that it takes back.
    pub reverses: Option<DeliveryId>,
    /// What took it back.
    pub reversed_by: Option<DeliveryId>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Who recorded it; none: the system.
    pub created_by: Option<PersonBrief>,
    /// In the order of the lines.
    pub lines: Vec<DeliveredLineView>,
}

/// A page of the deliveries of an order, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deliveries {
    /// Deliveries and what takes them back.
    pub data: Vec<DeliveryView>,
    /// The next page.
    pub page: PageInfo,
}

impl TryFrom<DeliveryRow> for DeliveryView {
    type Error = anyhow::Error;

    fn try_from(row: DeliveryRow) -> anyhow::Result<Self> {
        let stored = row.delivered_date;
        Ok(Self {
            id: DeliveryId::from_uuid(row.id),
            delivered_date: Date::new(stored)
                .ok_or_else(|| anyhow::anyhow!("stored date {stored}"))?,
            note: row.note,
            reverses: row.reverses.map(DeliveryId::from_uuid),
            reversed_by: row.reversed_by.map(DeliveryId::from_uuid),
            created_at: Timestamp::new(row.created_at),
            created_by: row.created_by.map(|id| PersonBrief {
                id: UserId::from_uuid(id),
                name: row.created_by_name.unwrap_or_default(),
            }),
            lines: row.lines.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<DeliveredLineRow> for DeliveredLineView {
    fn from(row: DeliveredLineRow) -> Self {
        Self {
            line_id: OrderLineId::from_uuid(row.line_id),
            position: row.position,
            sku: row.sku,
            description: row.description,
            quantity: QuantityView {
                value: show::plain(row.quantity),
                unit: row.unit,
            },
        }
    }
}
