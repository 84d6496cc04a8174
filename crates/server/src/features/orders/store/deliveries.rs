//! Deliveries: written once, never changed.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::features::orders::rows::OrderRow;
use crate::permission::RowScope;

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

/// A delivery with its lines.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct DeliveryRow {
    pub id: Uuid,
    pub delivered_date: NaiveDate,
    pub note: String,
    pub reverses: Option<Uuid>,
    pub reversed_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<Uuid>,
    pub created_by_name: Option<String>,
    pub lines: Vec<DeliveredLineRow>,
}

/// A line of it, with the line of the order that it is of.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "columns")]
pub struct DeliveredLineRow {
    pub line_id: Uuid,
    pub position: i32,
    pub sku: Option<String>,
    pub description: String,
    pub quantity: Decimal,
    pub unit: Option<String>,
}

/// The newest deliveries before `before` (ids are made in the order of time); none when the order is out of sight. One read: decimals
/// inside JSON travel as text.
pub async fn of_order(
    db: &mut PgConnection,
    organization: Uuid,
    order: Uuid,
    scope: &RowScope,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Option<Vec<DeliveryRow>>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"select (select coalesce(json_agg(x order by x.id desc), '[]')
                     from (select d.id, d.delivered_date, d.note, d.reverses, d.created_at, d.created_by, u.name as created_by_name,
                                  (select r.id from deliveries r where r.organization_id = d.organization_id and r.reverses = d.id) as reversed_by,
                                  (select coalesce(json_agg(json_build_object('line_id', l.line_id, 'position', p.position, 'sku', p.sku,
                                          'description', p.description, 'quantity', l.quantity::text, 'unit', p.unit) order by p.position), '[]')
                                     from delivery_lines l
                                     join order_lines p on p.organization_id = l.organization_id and p.id = l.line_id
                                    where l.organization_id = d.organization_id and l.delivery_id = d.id) as lines
                             from deliveries d
                             left join users u on u.id = d.created_by
                            where d.organization_id = o.organization_id and d.order_id = o.id and ($6::uuid is null or d.id < $6)
                            order by d.id desc limit $7) x) as "deliveries!: Json<Vec<DeliveryRow>>"
             from orders o
            where o.organization_id = $1 and o.id = $2 and ($3 or o.owner_id = $4 or o.team_id = $5)"#,
        organization,
        order,
        scope.all,
        scope.user.uuid(),
        scope.team.map(|team| team.uuid()),
        before,
        limit,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|json| json.0))
}
