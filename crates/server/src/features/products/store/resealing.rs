//! Secret fields of products sealed with the newest keys, a batch at a time.

use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::rotation::{After, Batch, Part};

/// The part.
pub(in crate::features::products) const PART: Part = Part {
    name: "products",
    step: products,
};

struct FreshProduct {
    id: Uuid,
    xmin: String,
    custom: Value,
}

fn products(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select id, xmin::text as "xmin!", custom from products where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "products",
            rows,
            |row| After::row(row.id),
            |row| {
                let custom = db
                    .keys()
                    .fresh_secrets("products", row.id, "custom", &row.custom)?;
                Ok(custom.map(|custom| FreshProduct {
                    id: row.id,
                    xmin: row.xmin,
                    custom,
                }))
            },
        );
        let written = write(db, &outdated).await?;
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write(db: &mut TenantTx, rows: &[FreshProduct]) -> Result<u64, sqlx::Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        "with given as (select * from unnest($2::uuid[], $3::text[], $4::jsonb[]) x (id, was, custom)
         ), mine as materialized (
             select p.id from products p join given x on x.id = p.id
              where p.organization_id = $1 and p.xmin::text = x.was for no key update of p skip locked)
         update products p set custom = x.custom from given x join mine m on m.id = x.id
          where p.organization_id = $1 and p.id = x.id",
        db.organization().uuid(),
        &rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.xmin.clone()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.custom.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}
