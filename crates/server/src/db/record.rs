//! What every write leaves behind: audit and outbox rows of its events, and the answer under its idempotency key. One statement writes all
//! of it, either a statement of its own or the last one of the use case, so that it costs no round trip.

#![expect(
    clippy::disallowed_methods,
    reason = "put together from parts that other statements carry along"
)]

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value;
use som_domain::ids::RequestId;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};
use uuid::Uuid;

use crate::caller::Caller;
use crate::ctx::Event;
use crate::http::Origin;
use crate::http::command::Idempotency;
use crate::ids::Ids;

/// The parts of a `with` that write it; parameters $1 (the organization) to $23 are bound by [`Closing::bind`].
macro_rules! closing_parts {
    () => {
        "event as (
            select * from unnest($7::uuid[], $8::text[], $9::uuid[], $10::int[], $11::text[], $12::jsonb[], $13::jsonb[])
                with ordinality as e(id, entity, entity_id, version, action, diff, payload, n)
        ), audited as (
            insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, request_id, ip, entity, entity_id, entity_version, action, diff)
            select $1, id, $2, $3, $4, $5, $6, $23::text, entity, entity_id, version, action, diff from event order by n
        ), told as (
            insert into outbox_events (organization_id, id, at, type, entity, entity_id, entity_version, payload)
            select $1, id, $2, entity || '.' || action, entity, entity_id, version, payload from event where payload is not null order by n
        ), answered as (
            insert into idempotency_keys (organization_id, credential_id, method, path, key, request_hash, status, headers, body, created_at, expires_at)
            select $1, $14::uuid, $15, $16, $17, $18::bytea, $19::int, $20::jsonb, $21, $2, $22::timestamptz where $17::text is not null
            on conflict (organization_id, credential_id, key, method, path) do update
               set request_hash = excluded.request_hash, status = excluded.status, headers = excluded.headers, body = excluded.body,
                   created_at = excluded.created_at, expires_at = excluded.expires_at
             where idempotency_keys.expires_at <= excluded.created_at
            returning 1
        ) "
    };
}

/// What such a statement ends with: whether the idempotency key was still ours.
macro_rules! closing_result {
    () => {
        "select $17::text is null or exists (select from answered)"
    };
}

pub(crate) use {closing_parts, closing_result};

/// The answer that is kept for replays.
#[derive(Debug)]
pub struct Kept<'a> {
    /// Under which key.
    pub idempotency: &'a Idempotency,
    /// Its status.
    pub status: StatusCode,
    /// ETag and location.
    pub headers: Value,
    /// Its body, sealed.
    pub body: &'a str,
    /// Until when it is replayed.
    pub expires: DateTime<Utc>,
}

/// Everything a use case leaves behind.
#[derive(Debug)]
pub struct Closing<'a> {
    /// Who did it.
    pub caller: &'a Caller,
    /// When.
    pub now: DateTime<Utc>,
    /// In which request, and from where.
    pub origin: Origin,
    /// What happened.
    pub events: &'a [Event],
    /// Names the rows.
    pub ids: &'a Ids,
    /// The answer, when the request came with a key.
    pub kept: Option<Kept<'a>>,
}

impl Closing<'_> {
    /// Writes it in a statement of its own. False: another request with the key was faster.
    pub async fn write(&self, db: &mut PgConnection) -> Result<bool, sqlx::Error> {
        const WRITE: &str = concat!("with ", closing_parts!(), closing_result!());
        if self.events.is_empty() && self.kept.is_none() {
            return Ok(true);
        }
        let row = self.bind(sqlx::query(WRITE)).fetch_one(db).await?;
        sqlx::Row::try_get(&row, 0)
    }

    /// Binds $1 to $23.
    pub fn bind<'q>(
        &self,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Query<'q, Postgres, PgArguments> {
        let (caller, events, kept) = (self.caller, self.events, self.kept.as_ref());
        let ids: Vec<Uuid> = events.iter().map(|_| self.ids.next(self.now)).collect();
        let entities: Vec<&str> = events.iter().map(|e| e.entity).collect();
        let entity_ids: Vec<Uuid> = events.iter().map(|e| e.entity_id).collect();
        let versions: Vec<Option<i32>> = events.iter().map(|e| e.version).collect();
        let actions: Vec<&str> = events.iter().map(|e| e.action).collect();
        let diffs: Vec<&Value> = events.iter().map(|e| &e.diff).collect();
        let payloads: Vec<Option<&Value>> = events.iter().map(|e| e.publish.as_ref()).collect();
        query
            .bind(caller.organization.id.uuid())
            .bind(self.now)
            .bind((!caller.user_id.uuid().is_nil()).then(|| caller.user_id.uuid()))
            .bind(caller.kind)
            .bind(&caller.name)
            .bind(self.origin.request.map(RequestId::uuid))
            .bind(ids)
            .bind(entities)
            .bind(entity_ids)
            .bind(versions)
            .bind(actions)
            .bind(diffs)
            .bind(payloads)
            .bind(caller.credential())
            .bind(kept.map(|k| k.idempotency.method.as_str()))
            .bind(kept.map(|k| k.idempotency.path.as_str()))
            .bind(kept.map(|k| k.idempotency.key.as_str()))
            .bind(kept.map(|k| k.idempotency.hash.as_slice()))
            .bind(kept.map(|k| i32::from(k.status.as_u16())))
            .bind(kept.map(|k| &k.headers))
            .bind(kept.map(|k| k.body))
            .bind(kept.map(|k| k.expires))
            .bind(self.origin.ip.map(|ip| ip.to_string()))
    }
}
