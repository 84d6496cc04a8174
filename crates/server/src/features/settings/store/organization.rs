//! The SQL of the organization.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A row of `organizations`.
#[derive(Debug, Clone)]
pub struct OrganizationRow {
    pub id: Uuid,
    pub name: String,
    pub country: String,
    pub currency: String,
    pub time_zone: String,
    pub locale: String,
    pub rounding_mode: String,
    pub tax_mode: String,
    pub cash_rounding: Option<Decimal>,
    pub prices_include_tax: bool,
    pub customer_po_policy: String,
    pub four_eyes: bool,
    pub discount_limits: Json<BTreeMap<String, String>>,
    pub approval_limits: Json<BTreeMap<String, String>>,
    pub second_factor_roles: Vec<String>,
    pub has_orders: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<OrganizationRow, sqlx::Error> {
    sqlx::query_as!(
        OrganizationRow,
        r#"select id, name, country, currency, time_zone, locale, rounding_mode, tax_mode, cash_rounding, prices_include_tax, customer_po_policy,
                  four_eyes, discount_limits as "discount_limits: Json<BTreeMap<String, String>>",
                  approval_limits as "approval_limits: Json<BTreeMap<String, String>>",
                  second_factor_roles,
                  exists(select from orders where organization_id = $1) as "has_orders!", version, created_at, updated_at
             from organizations where id = $1"#,
        organization,
    )
    .fetch_one(db)
    .await
}

/// Locks the organization against other changes of it; orders that refer to it go on.
pub async fn lock(db: &mut PgConnection, organization: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select id from organizations where id = $1 for no key update",
        organization
    )
    .fetch_one(db)
    .await
    .map(|_| ())
}

pub async fn update(db: &mut PgConnection, row: &OrganizationRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update organizations set name = $2, country = $3, currency = $4, time_zone = $5, locale = $6, rounding_mode = $7, tax_mode = $8,
                cash_rounding = $9, prices_include_tax = $10, customer_po_policy = $11, four_eyes = $12, discount_limits = $13, version = $14, updated_at = $15,
                approval_limits = $16, second_factor_roles = $17
          where id = $1",
        row.id,
        row.name,
        row.country,
        row.currency,
        row.time_zone,
        row.locale,
        row.rounding_mode,
        row.tax_mode,
        row.cash_rounding,
        row.prices_include_tax,
        row.customer_po_policy,
        row.four_eyes,
        Json(&row.discount_limits.0) as _,
        row.version,
        row.updated_at,
        Json(&row.approval_limits.0) as _,
        &row.second_factor_roles,
    )
    .execute(db)
    .await
    .map(|_| ())
}
