//! The SQL of customers. Personal columns are sealed and opened here, so that nothing above holds a sealed text.

pub(super) mod addresses;
pub(super) mod contacts;
pub(super) mod lookup;
pub(super) mod resealing;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::db::{DataKeys, TenantTx};
use crate::permission::RowScope;
use crate::personal::{CUSTOMER_EMAIL, CUSTOMER_PHONE, CUSTOMER_TAX_NUMBER};
use crate::security::seal::{Place, SealError};

/// A row of `customers` with what it refers to; personal data is open.
#[derive(Debug, Clone)]
pub(super) struct CustomerRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub status: String,
    pub group_id: Option<Uuid>,
    pub price_list_id: Option<Uuid>,
    pub payment_term_id: Option<Uuid>,
    pub currency: String,
    pub tax_status: String,
    pub tax_number: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub credit_limit: Option<Decimal>,
    pub owner_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub notes: String,
    pub custom: Value,
    pub external_refs: Json<BTreeMap<String, String>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A row of the list; personal data is sealed.
#[derive(Debug, FromRow)]
pub(super) struct ItemRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub status: String,
    pub currency: String,
    pub tax_status: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub credit_limit: Option<Decimal>,
    pub group_id: Option<Uuid>,
    pub owner_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`ItemRow`] from [`ITEM_FROM`].
pub(super) const ITEM_COLUMNS: &str = "c.id, c.code, c.name, c.kind, c.status, c.currency, c.tax_status, c.email, c.phone, c.credit_limit, c.group_id, c.owner_id, c.team_id, c.version, c.created_at, c.updated_at";

/// Where they come from.
pub(super) const ITEM_FROM: &str = "customers c";

/// Where a personal column stands.
pub(super) const fn at(column: &'static str, id: Uuid) -> Place<'static> {
    Place::new("customers", column, id)
}

/// One customer in sight.
pub(super) async fn customer(
    db: &mut TenantTx,
    organization: Uuid,
    scope: &RowScope,
    id: Uuid,
) -> Result<Option<CustomerRow>, sqlx::Error> {
    let found = sqlx::query_as!(
        CustomerRow,
        r#"select c.id, c.code, c.name, c.kind, c.status, c.group_id, c.price_list_id, c.payment_term_id, c.currency, c.tax_status, c.tax_number,
                  c.email, c.phone, c.credit_limit, c.owner_id, c.team_id, c.notes, c.custom,
                  coalesce((select jsonb_object_agg(r.source, r.ref) from external_refs r
                     where r.organization_id = c.organization_id and r.entity = 'customer' and r.entity_id = c.id), '{}') as "external_refs!: Json<BTreeMap<String, String>>",
                  c.version, c.created_at, c.updated_at
             from customers c
            where c.organization_id = $1 and c.id = $2 and ($3 or c.owner_id = $4 or c.team_id = $5)"#,
        organization,
        id,
        scope.all,
        scope.user.uuid(),
        scope.team.map(Uuid::from),
    )
    .fetch_optional(&mut **db)
    .await?;
    let opened = found.map(|row| open(db.keys(), row)).transpose()?;
    Ok(opened)
}

fn open(keys: &DataKeys, mut row: CustomerRow) -> Result<CustomerRow, SealError> {
    keys.open_secrets("customers", row.id, "custom", &mut row.custom)?;
    Ok(CustomerRow {
        tax_number: keys.open_option(at("tax_number", row.id), row.tax_number.as_deref())?,
        email: keys.open_option(at("email", row.id), row.email.as_deref())?,
        phone: keys.open_option(at("phone", row.id), row.phone.as_deref())?,
        ..row
    })
}

/// The personal columns of a row as they are stored.
struct Sealed {
    tax_number: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    custom: Value,
    tax_number_index: Option<Vec<u8>>,
    email_index: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
}

fn seal(keys: &DataKeys, row: &CustomerRow) -> Result<Sealed, SealError> {
    let (tax_number, email, phone) = (
        row.tax_number.as_deref(),
        row.email.as_deref(),
        row.phone.as_deref(),
    );
    let mut custom = row.custom.clone();
    keys.seal_secrets("customers", row.id, "custom", &mut custom)?;
    Ok(Sealed {
        custom,
        tax_number: keys.seal_option(at("tax_number", row.id), tax_number)?,
        email: keys.seal_option(at("email", row.id), email)?,
        phone: keys.seal_option(at("phone", row.id), phone)?,
        tax_number_index: keys.index(CUSTOMER_TAX_NUMBER, tax_number)?,
        email_index: keys.index(CUSTOMER_EMAIL, email)?,
        phone_index: keys.index(CUSTOMER_PHONE, phone)?,
    })
}

/// Locks a customer in sight for a change and tells its version.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    scope: &RowScope,
    id: Uuid,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "select version from customers where organization_id = $1 and id = $2 and ($3 or owner_id = $4 or team_id = $5) for update",
        organization,
        id,
        scope.all,
        scope.user.uuid(),
        scope.team.map(Uuid::from),
    )
    .fetch_optional(db)
    .await
}

/// What a search looks through: lower case, code first.
fn search_text(row: &CustomerRow) -> String {
    format!("{} {}", row.code, row.name).to_lowercase()
}

pub(super) async fn insert(
    db: &mut TenantTx,
    organization: Uuid,
    row: &CustomerRow,
    by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    let sealed = seal(db.keys(), row)?;
    sqlx::query!(
        "insert into customers (organization_id, id, code, name, kind, status, group_id, price_list_id, payment_term_id, currency, tax_status, tax_number,
                email, phone, credit_limit, owner_id, team_id, notes, custom, search, version, created_at, created_by, updated_at, updated_by,
                tax_number_index, email_index, phone_index)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $22, $23, $24, $25, $26)",
        organization,
        row.id,
        row.code,
        row.name,
        row.kind,
        row.status,
        row.group_id,
        row.price_list_id,
        row.payment_term_id,
        row.currency,
        row.tax_status,
        sealed.tax_number,
        sealed.email,
        sealed.phone,
        row.credit_limit,
        row.owner_id,
        row.team_id,
        row.notes,
        sealed.custom,
        search_text(row),
        row.version,
        row.created_at,
        by,
        sealed.tax_number_index,
        sealed.email_index,
        sealed.phone_index,
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

pub(super) async fn update(
    db: &mut TenantTx,
    organization: Uuid,
    row: &CustomerRow,
    by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    let sealed = seal(db.keys(), row)?;
    sqlx::query!(
        "update customers set code = $3, name = $4, kind = $5, status = $6, group_id = $7, price_list_id = $8, payment_term_id = $9, currency = $10,
                tax_status = $11, tax_number = $12, email = $13, phone = $14, credit_limit = $15, owner_id = $16, team_id = $17, notes = $18, custom = $19,
                search = $20, version = $21, updated_at = $22, updated_by = $23,
                tax_number_index = $24, email_index = $25, phone_index = $26
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.code,
        row.name,
        row.kind,
        row.status,
        row.group_id,
        row.price_list_id,
        row.payment_term_id,
        row.currency,
        row.tax_status,
        sealed.tax_number,
        sealed.email,
        sealed.phone,
        row.credit_limit,
        row.owner_id,
        row.team_id,
        row.notes,
        sealed.custom,
        search_text(row),
        row.version,
        row.updated_at,
        by,
        sealed.tax_number_index,
        sealed.email_index,
        sealed.phone_index,
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

/// Counts a change of what belongs to a customer.
pub(super) async fn touch(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    version: i32,
    at: DateTime<Utc>,
    by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update customers set version = $3, updated_at = $4, updated_by = $5 where organization_id = $1 and id = $2",
        organization,
        id,
        version,
        at,
        by,
    )
    .execute(db)
    .await
    .map(|_| ())
}
