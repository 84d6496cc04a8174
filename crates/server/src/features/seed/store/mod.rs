//! SQL of the seeds.

pub(super) mod scale;

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
