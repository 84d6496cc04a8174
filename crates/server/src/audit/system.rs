//! Entries of the server's own work, in the name of nobody.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::AppState;
use crate::db::TenantTx;

/// Notes what the server did with an organization, in the transaction in which it does it.
///
/// # Errors
/// When the database does not answer.
pub async fn note_by_system(
    state: &AppState,
    tx: &mut TenantTx,
    action: &'static str,
    facts: Value,
) -> Result<(), sqlx::Error> {
    let now = state.clock().now();
    let organization = tx.organization().uuid();
    insert(tx, organization, state.ids().next(now), now, action, &facts).await
}

/// Writes an entry of the server's own work on an organization.
async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
    at: DateTime<Utc>,
    action: &str,
    facts: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, entity, entity_id, action, diff)
         values ($1, $2, $3, null, 'system', 'System', 'organization', $1, $4, $5)",
        organization,
        id,
        at,
        action,
        facts,
    )
    .execute(db)
    .await
    .map(|_| ())
}
