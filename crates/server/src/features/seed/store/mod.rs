//! SQL of the seeds.

pub(super) mod scale;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Whether somebody has this address.
pub(super) async fn email_taken(db: &mut PgConnection, email: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from users where lower(email) = lower($1)) as "taken!""#,
        email
    )
    .fetch_one(db)
    .await
}

/// Whether the organization holds anything of its own yet.
pub(super) async fn has_data(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from customers where organization_id = $1) or exists(select from products where organization_id = $1)
               or exists(select from orders where organization_id = $1) as "any!""#,
        organization
    )
    .fetch_one(db)
    .await
}

/// Inserts a customer group.
pub(super) async fn insert_group(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    code: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into customer_groups (organization_id, id, code, name, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)",
        organization,
        id,
        code,
        name,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts a payment term.
pub(super) async fn insert_term(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    code: &str,
    name: &str,
    due_days: i32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into payment_terms (organization_id, id, code, name, due_days, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
        organization,
        id,
        code,
        name,
        due_days,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
