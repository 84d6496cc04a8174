//! SQL of identity providers.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// An identity provider; its secret is sealed.
#[derive(Debug, Clone)]
pub(in super::super) struct ProviderRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) name: String,
    pub(in super::super) issuer: String,
    pub(in super::super) client_id: String,
    pub(in super::super) client_secret: Option<String>,
    pub(in super::super) scopes: Vec<String>,
    pub(in super::super) group_claim: Option<String>,
    pub(in super::super) second_factor_acr: Vec<String>,
    pub(in super::super) enabled: bool,
    pub(in super::super) version: i32,
    pub(in super::super) created_at: DateTime<Utc>,
    pub(in super::super) updated_at: DateTime<Utc>,
}

/// Identity providers by name.
pub(in super::super) async fn list(
    db: &mut PgConnection,
    organization: Uuid,
    limit: i64,
) -> Result<Vec<ProviderRow>, sqlx::Error> {
    sqlx::query_as!(
        ProviderRow,
        "select id, name, issuer, client_id, client_secret, scopes, group_claim, second_factor_acr, enabled, version, created_at, updated_at
           from identity_providers where organization_id = $1 order by lower(name), id limit $2",
        organization,
        limit
    )
    .fetch_all(db)
    .await
}

/// How many there are.
pub(in super::super) async fn count(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from identity_providers where organization_id = $1"#,
        organization
    )
    .fetch_one(db)
    .await
}

/// One of them.
pub(in super::super) async fn get(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<ProviderRow>, sqlx::Error> {
    sqlx::query_as!(
        ProviderRow,
        "select id, name, issuer, client_id, client_secret, scopes, group_claim, second_factor_acr, enabled, version, created_at, updated_at
           from identity_providers where organization_id = $1 and id = $2",
        organization,
        id
    )
    .fetch_optional(db)
    .await
}

/// Whose it is, in the identity scope; only while people can sign in with it.
pub(in super::super) async fn organization_of(
    db: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select organization_id from identity_providers where id = $1 and enabled",
        id
    )
    .fetch_optional(db)
    .await
}

/// Locks one until the transaction ends.
pub(in super::super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select id from identity_providers where organization_id = $1 and id = $2 for update",
        organization,
        id
    )
    .fetch_optional(db)
    .await
    .map(|_| ())
}

/// Inserts one.
pub(in super::super) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ProviderRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity_providers (organization_id, id, name, issuer, client_id, client_secret, scopes, group_claim, second_factor_acr, enabled,
            version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        organization,
        row.id,
        row.name,
        row.issuer,
        row.client_id,
        row.client_secret,
        &row.scopes,
        row.group_claim,
        &row.second_factor_acr,
        row.enabled,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Writes a changed one.
pub(in super::super) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &ProviderRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity_providers set name = $3, issuer = $4, client_id = $5, client_secret = $6, scopes = $7, group_claim = $8,
            second_factor_acr = $9, enabled = $10, version = $11, updated_at = $12 where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.name,
        row.issuer,
        row.client_id,
        row.client_secret,
        &row.scopes,
        row.group_claim,
        &row.second_factor_acr,
        row.enabled,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Removes one with its groups, domains and journeys.
pub(in super::super) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity_providers where organization_id = $1 and id = $2",
        organization,
        id
    )
    .execute(db)
    .await
    .map(|_| ())
}
