//! What earlier imports wrote: one mark per key, with the hash of the object as it came.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::mapping::Entity;

/// The marks of these keys. `offset 0` makes it one look-up per key, whatever the planner knows of a table that is just being filled.
pub(super) async fn marks(
    db: &mut PgConnection,
    organization: Uuid,
    entity: Entity,
    source: &str,
    keys: &[String],
) -> Result<HashMap<String, Vec<u8>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select k.ref as "key!", m.hash as "hash!"
             from unnest($4::text[]) k (ref)
             cross join lateral (select hash from import_marks where organization_id = $1 and entity = $2 and source = $3 and ref = k.ref offset 0) m"#,
        organization,
        entity.as_str(),
        source,
        keys,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.hash)).collect())
}

/// Writes marks, over those that are there.
pub(super) async fn mark(
    db: &mut PgConnection,
    organization: Uuid,
    entity: Entity,
    source: &str,
    marks: &[(String, Vec<u8>)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (keys, hashes): (Vec<&str>, Vec<&[u8]>) = marks
        .iter()
        .map(|(key, hash)| (key.as_str(), hash.as_slice()))
        .unzip();
    sqlx::query!(
        "insert into import_marks (organization_id, entity, source, ref, hash, at)
         select $1, $2, $3, ref, hash, $6 from unnest($4::text[], $5::bytea[]) as given (ref, hash)
         on conflict (organization_id, entity, source, ref) do update set hash = excluded.hash, at = excluded.at",
        organization,
        entity.as_str(),
        source,
        &keys as &[&str],
        &hashes as &[&[u8]],
        now,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// The objects of a kind that another system's keys already name.
pub(super) async fn referenced(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    source: &str,
    keys: &[String],
) -> Result<HashMap<String, Uuid>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select k.ref as "key!", r.entity_id as "entity_id!"
             from unnest($4::text[]) k (ref)
             cross join lateral (select entity_id from external_refs where organization_id = $1 and entity = $2 and source = $3 and ref = k.ref offset 0) r"#,
        organization,
        entity,
        source,
        keys,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.key, row.entity_id))
        .collect())
}

/// Has the database plan its statements anew.
pub(super) async fn forget_plans(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("discard plans").execute(db).await.map(|_| ())
}

/// The first owner of the organization of this name, or of the only one: whose rights the command line takes. More than one row: ambiguous.
pub(super) async fn owners(
    db: &mut PgConnection,
    organization: Option<&str>,
) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select distinct on (m.organization_id) m.organization_id, m.user_id
           from memberships m join organizations o on o.id = m.organization_id
          where m.role = 'owner' and m.state = 'active' and ($1::text is null or o.name = $1)
          order by m.organization_id, m.created_at
          limit 2",
        organization,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.organization_id, row.user_id))
        .collect())
}
