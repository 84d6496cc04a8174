//! Ids that other systems know our objects by: one per source and object, unique per source.

use std::collections::BTreeMap;

use som_domain::text::Text;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::http::{ApiResult, FieldProblem, Problem, on_constraint};

/// Name of the other system (`shopify`).
pub type Source = Text<1, 60>;
/// Its id for the object.
pub type Reference = Text<1, 200>;
/// References by source, as bodies and answers hold them.
pub type References = BTreeMap<Source, Reference>;

/// Most references of one object.
pub const REFERENCES_MAX: usize = 20;

/// The object another system calls `reference`.
pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    source: &Source,
    reference: &Reference,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select entity_id from external_refs where organization_id = $1 and entity = $2 and source = $3 and ref = $4",
        organization,
        entity,
        source.as_str(),
        reference.as_str(),
    )
    .fetch_optional(db)
    .await
}

/// Every reference of one object.
pub async fn of(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    id: Uuid,
) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let rows = sqlx::query!(
        "select source, ref from external_refs where organization_id = $1 and entity = $2 and entity_id = $3",
        organization,
        entity,
        id,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.source, row.r#ref))
        .collect())
}

/// Sets (`Some`) and removes (`None`) references. Errors: 409 `duplicate_external_ref`, 422 for too many.
pub async fn change(
    db: &mut PgConnection,
    organization: Uuid,
    entity: &str,
    id: Uuid,
    changes: &BTreeMap<Source, Option<Reference>>,
) -> ApiResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    if changes.len() > REFERENCES_MAX {
        let detail = format!("An object has at most {REFERENCES_MAX} references.");
        return Err(
            Problem::invalid(vec![FieldProblem::at("/external_refs", "too_many", detail)]).into(),
        );
    }
    let named: Vec<String> = changes
        .keys()
        .map(|source| source.as_str().to_owned())
        .collect();
    sqlx::query!(
        "delete from external_refs where organization_id = $1 and entity = $2 and entity_id = $3 and source = any($4)",
        organization,
        entity,
        id,
        &named,
    )
    .execute(&mut *db)
    .await?;
    let (sources, references): (Vec<String>, Vec<String>) = changes
        .iter()
        .filter_map(|(source, reference)| {
            Some((source.to_string(), reference.as_ref()?.to_string()))
        })
        .unzip();
    sqlx::query!(
        "insert into external_refs (organization_id, entity, source, ref, entity_id)
         select $1, $2, source, ref, $3 from unnest($4::text[], $5::text[]) as given (source, ref)",
        organization,
        entity,
        id,
        &sources,
        &references,
    )
    .execute(db)
    .await
    .map_err(|error| {
        on_constraint(error, "external_refs_pkey", || {
            Problem::conflict(
                "duplicate_external_ref",
                format!("Another {entity} already has this external reference."),
            )
        })
    })?;
    Ok(())
}
