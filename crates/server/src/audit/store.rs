//! The SQL of the chain.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::{Entry, START};
use super::reads::Read;
use super::verify::Verdict;

/// The head of a chain, locked.
#[derive(Debug)]
pub(super) struct Head {
    pub position: i64,
    pub hash: Vec<u8>,
    pub floor: i64,
    pub mark: Option<i64>,
    /// Whether the transactions that were under way at the mark are over.
    pub is_mark_reached: bool,
    /// The entry that was sealed last.
    pub last: Option<i64>,
    pub checkpoint_position: i64,
    pub checkpoint_at: Option<DateTime<Utc>>,
}

/// Organizations whose chain has something to do; in the worker's scope.
pub(super) async fn waiting(
    db: &mut PgConnection,
    checkpoint_before: DateTime<Utc>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select o.id from organizations o left join audit_chains c on c.organization_id = o.id
          where c.mark is not null or (c.position > c.checkpoint_position and c.checkpoint_at <= $1)
             or exists (select from audit_events e where e.organization_id = o.id and e.seq >= coalesce(c.floor, 0)
                  and not exists (select from audit_seals s where s.organization_id = o.id and s.seq = e.seq))",
        checkpoint_before,
    )
    .fetch_all(db)
    .await
}

/// Takes the chain for this transaction; none while another process has it.
pub(super) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    marked_before: DateTime<Utc>,
) -> Result<Option<Head>, sqlx::Error> {
    sqlx::query!(
        "insert into audit_chains (organization_id, hash) values ($1, $2) on conflict do nothing",
        organization,
        &START[..],
    )
    .execute(&mut *db)
    .await?;
    sqlx::query_as!(
        Head,
        r#"select position, hash, floor, mark, checkpoint_position, checkpoint_at,
                  (select s.seq from audit_seals s where s.organization_id = $1 and s.position = c.position) as last,
                  coalesce(marked_at <= $2 and pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= mark_xid, false) as "is_mark_reached!"
             from audit_chains c where organization_id = $1 for update skip locked"#,
        organization,
        marked_before,
    )
    .fetch_optional(db)
    .await
}

/// Entries from `floor` on that have no seal, in the order they were numbered.
pub(super) async fn unsealed(
    db: &mut PgConnection,
    organization: Uuid,
    floor: i64,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as!(
        Entry,
        "select e.seq, e.id, e.at, e.actor_id, e.actor_kind, e.actor_name, e.request_id, e.ip, e.entity, e.entity_id, e.entity_version, e.action, e.diff,
                null::bigint as position
           from audit_events e
          where e.organization_id = $1 and e.seq >= $2
            and not exists (select from audit_seals s where s.organization_id = $1 and s.seq = e.seq)
          order by e.seq limit $3",
        organization,
        floor,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Writes seals.
pub(super) async fn insert_seals(
    db: &mut PgConnection,
    organization: Uuid,
    seals: &[(i64, i64, Vec<u8>)],
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let positions: Vec<i64> = seals.iter().map(|seal| seal.0).collect();
    let entries: Vec<i64> = seals.iter().map(|seal| seal.1).collect();
    let hashes: Vec<Vec<u8>> = seals.iter().map(|seal| seal.2.clone()).collect();
    sqlx::query!(
        "insert into audit_seals (organization_id, position, seq, hash, sealed_at)
         select $1, position, seq, hash, $5 from unnest($2::bigint[], $3::bigint[], $4::bytea[]) x (position, seq, hash)",
        organization,
        &positions,
        &entries,
        &hashes,
        at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// How the head changes.
#[derive(Debug)]
pub(super) struct Moved {
    pub position: i64,
    pub hash: Vec<u8>,
    pub floor: i64,
    pub mark: Option<i64>,
    /// Whether the mark is a new one, set at this instant.
    pub is_new_mark: bool,
}

/// Writes the head.
pub(super) async fn move_head(
    db: &mut PgConnection,
    organization: Uuid,
    moved: &Moved,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update audit_chains set position = $2, hash = $3, floor = $4, mark = $5,
                mark_xid = case when $5::bigint is null then null when $6 then pg_snapshot_xmax(pg_current_snapshot())::text::bigint else mark_xid end,
                marked_at = case when $5::bigint is null then null when $6 then $7 else marked_at end
          where organization_id = $1",
        organization,
        moved.position,
        moved.hash,
        moved.floor,
        moved.mark,
        moved.is_new_mark,
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Keeps a checkpoint.
pub(super) async fn insert_checkpoint(
    db: &mut PgConnection,
    organization: Uuid,
    position: i64,
    hash: &[u8],
    at: DateTime<Utc>,
    key_id: &str,
    signature: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with kept as (insert into audit_checkpoints (organization_id, position, hash, at, key_id, signature) values ($1, $2, $3, $4, $5, $6))
         update audit_chains set checkpoint_position = $2, checkpoint_at = $4 where organization_id = $1",
        organization,
        position,
        hash,
        at,
        key_id,
        signature,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// What a chain says of itself.
#[derive(Debug)]
pub(super) struct Stand {
    pub position: i64,
    pub hash: Vec<u8>,
    pub floor: i64,
}

/// The head as it is written; none before the first sealing.
pub(super) async fn stand(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Option<Stand>, sqlx::Error> {
    sqlx::query_as!(
        Stand,
        "select position, hash, floor from audit_chains where organization_id = $1",
        organization,
    )
    .fetch_optional(db)
    .await
}

/// A seal with the entry it is for, when that is still there.
#[derive(Debug)]
pub(super) struct Sealed {
    pub position: i64,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub entry: Option<Entry>,
}

/// Seals after a position.
pub(super) async fn sealed(
    db: &mut PgConnection,
    organization: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Sealed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select s.position, s.seq, s.hash, e.id as "id?", e.at as "at?", e.actor_id, e.actor_kind as "actor_kind?", e.actor_name as "actor_name?",
                  e.request_id, e.ip, e.entity as "entity?", e.entity_id as "entity_id?", e.entity_version, e.action as "action?", e.diff as "diff?"
             from audit_seals s left join audit_events e on e.organization_id = s.organization_id and e.seq = s.seq
            where s.organization_id = $1 and s.position > $2 order by s.position limit $3"#,
        organization,
        after,
        limit,
    )
    .fetch_all(db)
    .await?;
    let sealed = rows.into_iter().map(|row| Sealed {
        position: row.position,
        seq: row.seq,
        hash: row.hash,
        entry: row.id.map(|id| Entry {
            seq: row.seq,
            id,
            at: row.at.unwrap_or_default(),
            actor_id: row.actor_id,
            actor_kind: row.actor_kind.unwrap_or_default(),
            actor_name: row.actor_name.unwrap_or_default(),
            request_id: row.request_id,
            ip: row.ip,
            entity: row.entity.unwrap_or_default(),
            entity_id: row.entity_id.unwrap_or_default(),
            entity_version: row.entity_version,
            action: row.action.unwrap_or_default(),
            diff: row.diff.unwrap_or_default(),
            position: Some(row.position),
        }),
    });
    Ok(sealed.collect())
}

/// A kept checkpoint.
#[derive(Debug)]
pub(super) struct Kept {
    pub position: i64,
    pub hash: Vec<u8>,
    pub at: DateTime<Utc>,
    pub key_id: String,
    pub signature: Vec<u8>,
}

/// The checkpoints of a chain, the newest ten thousand.
pub(super) async fn checkpoints(
    db: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<Kept>, sqlx::Error> {
    sqlx::query_as!(
        Kept,
        "select position, hash, at, key_id, signature from audit_checkpoints where organization_id = $1 order by position desc limit 10000",
        organization,
    )
    .fetch_all(db)
    .await
}

/// Entries without a seal.
#[derive(Debug)]
pub(super) struct Tail {
    pub entries: i64,
    pub since: Option<DateTime<Utc>>,
    /// One that is where every entry has its seal.
    pub slipped_in: Option<i64>,
}

/// The entries without a seal.
pub(super) async fn tail(
    db: &mut PgConnection,
    organization: Uuid,
    floor: i64,
) -> Result<Tail, sqlx::Error> {
    sqlx::query_as!(
        Tail,
        r#"select count(*) as "entries!", min(e.at) as since, min(e.seq) filter (where e.seq < $2) as slipped_in from audit_events e
            where e.organization_id = $1 and not exists (select from audit_seals s where s.organization_id = $1 and s.seq = e.seq)"#,
        organization,
        floor,
    )
    .fetch_one(db)
    .await
}

/// Organizations whose last proof is older, or that never had one; in the worker's scope.
pub(super) async fn unproved(
    db: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select organization_id from audit_chains where proved_at is null or proved_at <= $1 order by proved_at nulls first",
        before,
    )
    .fetch_all(db)
    .await
}

/// Keeps what a proof found.
pub(super) async fn keep_proof(
    db: &mut PgConnection,
    organization: Uuid,
    verdict: &Verdict,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let finding = verdict.finding.as_ref().map(serde_json::to_value);
    let finding = finding
        .transpose()
        .map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!(
        "update audit_chains set proved_at = $2, proved_entries = $3, finding = $4 where organization_id = $1",
        organization,
        at,
        verdict.entries,
        finding,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Writes entries of reads.
pub(super) async fn insert_reads(
    db: &mut PgConnection,
    organization: Uuid,
    reads: &[Read],
) -> Result<(), sqlx::Error> {
    fn column<T>(reads: &[Read], of: impl Fn(&Read) -> T) -> Vec<T> {
        reads.iter().map(of).collect()
    }
    sqlx::query!(
        "insert into audit_events (organization_id, id, at, actor_id, actor_kind, actor_name, request_id, ip, entity, entity_id, action, diff)
         select $1, id, at, actor_id, actor_kind, actor_name, request_id, ip, entity, entity_id, action, facts
           from unnest($2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::jsonb[], $12::text[])
                with ordinality x (id, at, actor_id, actor_kind, actor_name, request_id, ip, entity, entity_id, facts, action, n) order by n",
        organization,
        &column(reads, |read| read.id),
        &column(reads, |read| read.at),
        &column(reads, |read| read.actor_id) as &[Option<Uuid>],
        &column(reads, |read| read.actor_kind.to_owned()),
        &column(reads, |read| read.actor_name.clone()),
        &column(reads, |read| read.request_id) as &[Option<Uuid>],
        &column(reads, |read| read.ip.clone()) as &[Option<String>],
        &column(reads, |read| read.entity.to_owned()),
        &column(reads, |read| read.entity_id),
        &column(reads, |read| read.facts.clone()),
        &column(reads, |read| read.action.to_owned()),
    )
    .execute(db)
    .await
    .map(|_| ())
}
