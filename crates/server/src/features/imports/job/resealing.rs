//! Files that wait and reports of imports sealed with the newest keys.

use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::KIND;
use crate::db::{DataKeys, TenantTx};
use crate::personal::{job_payload, job_result};
use crate::rotation::{After, Batch, Part};
use crate::security::seal::SealError;

/// The part.
pub(in crate::features::imports) const PART: Part = Part {
    name: "jobs",
    step: imports,
};

/// A file may be large: few at once.
const FILES_MAX: i64 = 10;

struct Row {
    id: Uuid,
    xmin: String,
    payload: Value,
    result: Option<Value>,
}

fn fresh(keys: &DataKeys, row: Row) -> Result<Option<Row>, SealError> {
    let payload = keys.fresh_whole(job_payload(row.id), &row.payload)?;
    let result = match &row.result {
        Some(result) => keys.fresh_whole(job_result(row.id), result)?,
        None => None,
    };
    Ok((payload.is_some() || result.is_some()).then(|| Row {
        payload: payload.unwrap_or(row.payload),
        result: result.or(row.result),
        ..row
    }))
}

fn imports(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query_as!(
            Row,
            r#"select id, xmin::text as "xmin!", payload, result from jobs where organization_id = $1 and kind = $2 and id > $3 order by id limit $4"#,
            db.organization().uuid(),
            KIND,
            after.id,
            limit.min(FILES_MAX),
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "jobs",
            rows,
            |row| After::row(row.id),
            |row| fresh(db.keys(), row),
        );
        let mut written = 0;
        for row in &outdated {
            written += write(db, row).await?;
        }
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write(db: &mut TenantTx, row: &Row) -> Result<u64, sqlx::Error> {
    sqlx::query!(
        "with mine as materialized (select id from jobs where organization_id = $1 and id = $2 and xmin::text = $3 for no key update skip locked)
         update jobs j set payload = $4, result = $5 from mine m where j.id = m.id",
        db.organization().uuid(),
        row.id,
        row.xmin,
        row.payload,
        row.result,
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}
