//! Deliveries: written once, never changed.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::features::orders::rows::OrderRow;

/// A delivery to write.
#[derive(Debug)]
#[allow(missing_docs, reason = "columns")]
pub struct NewDelivery<'a> {
    pub id: Uuid,
    pub date: NaiveDate,
    pub note: &'a str,
    /// The delivery it takes back; its quantities are negative then.
    pub reverses: Option<Uuid>,
}

/// Writes a delivery with its lines.
pub async fn insert(
    db: &mut PgConnection,
    row: &OrderRow,
    delivery: &NewDelivery<'_>,
    lines: &[(Uuid, Decimal)],
) -> Result<(), sqlx::Error> {
    let (ids, quantities): (Vec<Uuid>, Vec<Decimal>) = lines.iter().copied().unzip();
    sqlx::query!(
        "with delivered as (insert into deliveries (organization_id, id, order_id, delivered_date, note, created_at, created_by, reverses)
              values ($1, $2, $3, $4, $5, $6, $7, $8))
         insert into delivery_lines (organization_id, delivery_id, line_id, quantity) select $1, $2, line_id, quantity from unnest($9::uuid[], $10::numeric[]) x (line_id, quantity)",
        row.organization_id,
        delivery.id,
        row.id,
        delivery.date,
        delivery.note,
        row.updated_at,
        row.updated_by,
        delivery.reverses,
        &ids,
        &quantities,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// A line of a delivery, with what is to know of the delivery.
#[derive(Debug)]
#[allow(missing_docs, reason = "columns")]
pub struct Delivered {
    pub line_id: Uuid,
    pub quantity: Decimal,
    /// The delivery takes back another one.
    pub is_reversal: bool,
    /// It was taken back itself.
    pub reversed: bool,
}

/// The lines of a delivery of this order; none when there is no such delivery.
pub async fn lines(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    delivery: Uuid,
) -> Result<Vec<Delivered>, sqlx::Error> {
    sqlx::query_as!(
        Delivered,
        r#"select l.line_id, l.quantity, d.reverses is not null as "is_reversal!",
                  exists (select from deliveries r where r.organization_id = $1 and r.reverses = d.id) as "reversed!"
             from deliveries d
             join delivery_lines l on l.organization_id = d.organization_id and l.delivery_id = d.id
            where d.organization_id = $1 and d.order_id = $2 and d.id = $3
            order by l.line_id"#,
        organization,
        order,
        delivery,
    )
    .fetch_all(db)
    .await
}
