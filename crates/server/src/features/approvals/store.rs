//! The SQL of approval policies.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `approval_policies`.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct PolicyRow {
    pub id: Uuid,
    pub name: String,
    pub measure: String,
    pub threshold: Decimal,
    pub currency: Option<String>,
    pub approver_roles: Vec<String>,
    pub active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of a policy.
pub(super) const COLUMNS: &str = "a.id, a.name, a.measure, a.threshold, a.currency, a.approver_roles, a.active, a.version, a.created_at, a.updated_at";

pub(super) async fn policy(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<PolicyRow>, sqlx::Error> {
    sqlx::query_as!(
        PolicyRow,
        "select id, name, measure, threshold, currency, approver_roles, active, version, created_at, updated_at
           from approval_policies where organization_id = $1 and id = $2",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<PolicyRow>, sqlx::Error> {
    sqlx::query_as!(
        PolicyRow,
        "select id, name, measure, threshold, currency, approver_roles, active, version, created_at, updated_at
           from approval_policies where organization_id = $1 and id = $2 for update",
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(super) async fn put(
    db: &mut PgConnection,
    organization: Uuid,
    row: &PolicyRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into approval_policies (organization_id, id, name, measure, threshold, currency, approver_roles, active, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (organization_id, id) do update set name = excluded.name, threshold = excluded.threshold,
            approver_roles = excluded.approver_roles, active = excluded.active, version = excluded.version, updated_at = excluded.updated_at",
        organization,
        row.id,
        &row.name,
        &row.measure,
        row.threshold,
        row.currency.as_deref(),
        &row.approver_roles,
        row.active,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}
