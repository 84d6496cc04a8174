//! The SQL of contact persons.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::personal::{CONTACT_EMAIL, CONTACT_PHONE};
use crate::security::seal::Place;

/// A row of `contacts`; personal data is open.
#[derive(Debug, Clone)]
pub(in crate::features::customers) struct ContactRow {
    pub id: Uuid,
    pub name: String,
    pub role: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub is_primary: bool,
}

/// Where a personal column stands.
const fn at(column: &'static str, id: Uuid) -> Place<'static> {
    Place::new("contacts", column, id)
}

/// The contacts of a customer, the primary one first.
pub(in crate::features::customers) async fn of(
    db: &mut TenantTx,
    organization: Uuid,
    customer: Uuid,
) -> Result<Vec<ContactRow>, sqlx::Error> {
    let rows = sqlx::query_as!(
        ContactRow,
        "select id, name, role, email, phone, is_primary from contacts
          where organization_id = $1 and customer_id = $2 order by is_primary desc, name, id",
        organization,
        customer,
    )
    .fetch_all(&mut **db)
    .await?;
    let keys = db.keys();
    rows.into_iter()
        .map(|row| {
            Ok(ContactRow {
                email: keys.open_option(at("email", row.id), row.email.as_deref())?,
                phone: keys.open_option(at("phone", row.id), row.phone.as_deref())?,
                ..row
            })
        })
        .collect()
}

/// Writes a contact, new or known. Another primary contact ceases to be one.
pub(in crate::features::customers) async fn save(
    db: &mut TenantTx,
    organization: Uuid,
    customer: Uuid,
    row: &ContactRow,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if row.is_primary {
        sqlx::query!(
            "update contacts set is_primary = false where organization_id = $1 and customer_id = $2 and id <> $3 and is_primary",
            organization,
            customer,
            row.id,
        )
        .execute(&mut **db)
        .await?;
    }
    let (email, phone) = (row.email.as_deref(), row.phone.as_deref());
    let keys = db.keys();
    let sealed_email = keys.seal_option(at("email", row.id), email)?;
    let sealed_phone = keys.seal_option(at("phone", row.id), phone)?;
    let email_index = keys.index(CONTACT_EMAIL, email)?;
    let phone_index = keys.index(CONTACT_PHONE, phone)?;
    sqlx::query!(
        "insert into contacts (organization_id, id, customer_id, name, role, email, phone, is_primary, created_at, updated_at, email_index, phone_index)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)
         on conflict (organization_id, id) do update set name = $4, role = $5, email = $6, phone = $7, is_primary = $8,
            version = contacts.version + 1, updated_at = $9, email_index = $10, phone_index = $11",
        organization,
        row.id,
        customer,
        row.name,
        row.role,
        sealed_email,
        sealed_phone,
        row.is_primary,
        now,
        email_index,
        phone_index,
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

pub(in crate::features::customers) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    customer: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "delete from contacts where organization_id = $1 and customer_id = $2 and id = $3",
        organization,
        customer,
        id,
    )
    .execute(db)
    .await
    .map(|done| done.rows_affected() > 0)
}
