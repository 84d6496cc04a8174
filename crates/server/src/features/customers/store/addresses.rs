//! The SQL of addresses. Lines are sealed together, as a JSON list.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::security::seal::Place;

/// A row of `addresses`; personal data is open.
#[derive(Debug, Clone)]
pub(in crate::features::customers) struct AddressRow {
    pub id: Uuid,
    pub label: String,
    pub kind: String,
    pub recipient: Option<String>,
    pub lines: Vec<String>,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    pub country: String,
    pub is_default: bool,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// Where the recipient stands.
const fn recipient(id: Uuid) -> Place<'static> {
    Place::new("addresses", "recipient", id)
}

/// Where the lines stand.
const fn lines(id: Uuid) -> Place<'static> {
    Place::new("addresses", "lines", id)
}

/// The addresses of a customer, defaults first.
pub(in crate::features::customers) async fn of(
    db: &mut TenantTx,
    organization: Uuid,
    customer: Uuid,
) -> Result<Vec<AddressRow>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, label, kind, recipient, lines, city, region, postal_code, country, is_default, valid_from, valid_to from addresses
          where organization_id = $1 and customer_id = $2 order by is_default desc, label, id",
        organization,
        customer,
    )
    .fetch_all(&mut **db)
    .await?;
    let keys = db.keys();
    rows.into_iter()
        .map(|row| {
            Ok(AddressRow {
                id: row.id,
                label: row.label,
                kind: row.kind,
                recipient: keys.open_option(recipient(row.id), row.recipient.as_deref())?,
                lines: keys.open_json(lines(row.id), &row.lines)?,
                city: row.city,
                region: row.region,
                postal_code: row.postal_code,
                country: row.country,
                is_default: row.is_default,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            })
        })
        .collect()
}

/// Writes an address, new or known. Another default for the same purpose ceases to be one.
pub(in crate::features::customers) async fn save(
    db: &mut TenantTx,
    organization: Uuid,
    customer: Uuid,
    row: &AddressRow,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if row.is_default {
        sqlx::query!(
            "update addresses set is_default = false where organization_id = $1 and customer_id = $2 and id <> $3 and kind = $4 and is_default",
            organization,
            customer,
            row.id,
            row.kind,
        )
        .execute(&mut **db)
        .await?;
    }
    let sealed_recipient = db
        .keys()
        .seal_option(recipient(row.id), row.recipient.as_deref())?;
    let sealed_lines = db.keys().seal_json(lines(row.id), &row.lines)?;
    sqlx::query!(
        "insert into addresses (organization_id, id, customer_id, label, kind, recipient, lines, city, region, postal_code, country, is_default,
                valid_from, valid_to, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
         on conflict (organization_id, id) do update set label = $4, kind = $5, recipient = $6, lines = $7, city = $8, region = $9, postal_code = $10,
            country = $11, is_default = $12, valid_from = $13, valid_to = $14, version = addresses.version + 1, updated_at = $15",
        organization,
        row.id,
        customer,
        row.label,
        row.kind,
        sealed_recipient,
        sealed_lines,
        row.city,
        row.region,
        row.postal_code,
        row.country,
        row.is_default,
        row.valid_from,
        row.valid_to,
        at,
    )
    .execute(&mut **db)
    .await?;
    Ok(())
}

pub(in crate::features::customers) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    customer: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "delete from addresses where organization_id = $1 and customer_id = $2 and id = $3",
        organization,
        customer,
        id,
    )
    .execute(db)
    .await
    .map(|done| done.rows_affected() > 0)
}
