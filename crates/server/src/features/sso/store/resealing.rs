//! Client secrets of identity providers sealed with the newest keys, a batch at a time.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::rotation::{After, Batch, Part};
use crate::security::seal::Place;

/// The part.
pub(in crate::features::sso) const PART: Part = Part {
    name: "identity_providers",
    step: providers,
};

/// Where the secret of a provider stands.
pub(in crate::features::sso) const fn secret_of(provider: Uuid) -> Place<'static> {
    Place::new("identity_providers", "client_secret", provider)
}

struct FreshSecret {
    id: Uuid,
    xmin: String,
    secret: Option<String>,
}

fn providers(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select id, xmin::text as "xmin!", client_secret from identity_providers where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "identity_providers",
            rows,
            |row| After::row(row.id),
            |row| {
                let fresh = db.keys().fresh(secret_of(row.id), row.client_secret)?;
                Ok(fresh.is_new.then_some(FreshSecret {
                    id: row.id,
                    xmin: row.xmin,
                    secret: fresh.text,
                }))
            },
        );
        let written = write(db, &outdated).await?;
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write(db: &mut TenantTx, rows: &[FreshSecret]) -> Result<u64, sqlx::Error> {
    if rows.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        "with given as (select * from unnest($2::uuid[], $3::text[], $4::text[]) x (id, was, secret)
         ), mine as materialized (
             select p.id from identity_providers p join given x on x.id = p.id
              where p.organization_id = $1 and p.xmin::text = x.was for no key update of p skip locked)
         update identity_providers p set client_secret = x.secret from given x join mine m on m.id = x.id
          where p.organization_id = $1 and p.id = x.id",
        db.organization().uuid(),
        &rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.xmin.clone()).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.secret.clone()).collect::<Vec<_>>() as &[Option<String>],
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}
