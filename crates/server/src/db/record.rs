//! Writes the audit and outbox rows of a use case, in its transaction, in one statement.

use chrono::{DateTime, Utc};
use serde_json::Value;
use som_domain::ids::RequestId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::caller::Caller;
use crate::ctx::Event;
use crate::ids::Ids;

/// Writes one audit row per event and one outbox row per published event.
pub async fn write(
    db: &mut PgConnection,
    caller: &Caller,
    now: DateTime<Utc>,
    request: Option<RequestId>,
    events: &[Event],
    ids: &Ids,
) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let row_ids: Vec<Uuid> = events.iter().map(|_| ids.next(now)).collect();
    let entities: Vec<&str> = events.iter().map(|e| e.entity).collect();
    let entity_ids: Vec<Uuid> = events.iter().map(|e| e.entity_id).collect();
    let versions: Vec<Option<i32>> = events.iter().map(|e| e.version).collect();
    let actions: Vec<&str> = events.iter().map(|e| e.action).collect();
    let diffs: Vec<Value> = events.iter().map(|e| e.diff.clone()).collect();
    let payloads: Vec<Option<Value>> = events.iter().map(|e| e.publish.clone()).collect();
    sqlx::query(
        "with event as (
            select * from unnest($7::uuid[], $8::text[], $9::uuid[], $10::int[], $11::text[], $12::jsonb[], $13::jsonb[])
                with ordinality as e(id, entity, entity_id, version, action, diff, payload, n)
        ), audited as (
            insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, request_id, entity, entity_id, entity_version, action, diff)
            select $1, id, $2, $3, $4, $5, $6, entity, entity_id, version, action, diff from event order by n
        )
        insert into outbox_events (organization_id, id, at, type, entity, entity_id, entity_version, payload)
        select $1, id, $2, entity || '.' || action, entity, entity_id, version, payload from event where payload is not null order by n",
    )
    .bind(caller.organization.id.uuid())
    .bind(now)
    .bind((!caller.user_id.uuid().is_nil()).then(|| caller.user_id.uuid()))
    .bind(caller.kind)
    .bind(&caller.name)
    .bind(request.map(RequestId::uuid))
    .bind(row_ids)
    .bind(entities)
    .bind(entity_ids)
    .bind(versions)
    .bind(actions)
    .bind(diffs)
    .bind(payloads)
    .execute(db)
    .await?;
    Ok(())
}
