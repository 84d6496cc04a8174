//! The SQL of tax rules.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `tax_rules` with the codes it refers to.
#[derive(Debug, Clone, FromRow)]
pub(in crate::features::taxes) struct RuleRow {
    pub id: Uuid,
    pub tax_class_id: Uuid,
    pub tax_class: String,
    pub country: Option<String>,
    pub region: Option<String>,
    pub customer_tax_status: String,
    pub tax_ids: Vec<Uuid>,
    pub taxes: Vec<String>,
    pub exemption_reason: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The columns of [`RuleRow`] from [`FROM`].
pub(in crate::features::taxes) const COLUMNS: &str = "r.id, r.tax_class_id, c.code as tax_class, r.country, r.region, r.customer_tax_status, r.tax_ids, \
     array(select t.code from unnest(r.tax_ids) with ordinality as wanted (id, place) \
     join taxes t on t.organization_id = r.organization_id and t.id = wanted.id order by wanted.place) as taxes, \
     r.exemption_reason, r.version, r.created_at, r.updated_at";

/// Where they come from.
pub(in crate::features::taxes) const FROM: &str = "tax_rules r join tax_classes c on c.organization_id = r.organization_id and c.id = r.tax_class_id";

/// A rule with its taxes in order, as orders need it.
#[derive(Debug, Clone)]
pub(in crate::features::taxes) struct AppliedRow {
    pub tax_class_id: Uuid,
    pub country: Option<String>,
    pub region: Option<String>,
    pub exemption_reason: Option<String>,
    pub taxes: Json<Vec<AppliedTax>>,
}

/// A tax of a rule.
#[derive(Debug, Clone, serde::Deserialize)]
pub(in crate::features::taxes) struct AppliedTax {
    pub code: String,
    pub rate: Decimal,
    pub compound: bool,
}

pub(in crate::features::taxes) async fn insert(
    db: &mut PgConnection,
    organization: Uuid,
    row: &RuleRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into tax_rules (organization_id, id, tax_class_id, country, region, customer_tax_status, tax_ids, exemption_reason, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        organization,
        row.id,
        row.tax_class_id,
        row.country,
        row.region,
        row.customer_tax_status,
        &row.tax_ids,
        row.exemption_reason,
        row.version,
        row.created_at,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

pub(in crate::features::taxes) async fn update(
    db: &mut PgConnection,
    organization: Uuid,
    row: &RuleRow,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tax_rules set tax_class_id = $3, country = $4, region = $5, customer_tax_status = $6, tax_ids = $7, exemption_reason = $8,
                version = $9, updated_at = $10
          where organization_id = $1 and id = $2",
        organization,
        row.id,
        row.tax_class_id,
        row.country,
        row.region,
        row.customer_tax_status,
        &row.tax_ids,
        row.exemption_reason,
        row.version,
        row.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Locks a rule for a change.
pub(in crate::features::taxes) async fn lock(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select 1 from tax_rules where organization_id = $1 and id = $2 for update",
        organization,
        id
    );
    Ok(found.fetch_optional(db).await?.is_some())
}

pub(in crate::features::taxes) async fn rule(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<Option<RuleRow>, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"select r.id, r.tax_class_id, c.code as tax_class, r.country, r.region, r.customer_tax_status, r.tax_ids,
                  coalesce((select array_agg(t.code order by k.n) from unnest(r.tax_ids) with ordinality as k (id, n)
                     join taxes t on t.organization_id = r.organization_id and t.id = k.id), '{}') as "taxes!",
                  r.exemption_reason, r.version, r.created_at, r.updated_at
             from tax_rules r join tax_classes c on c.organization_id = r.organization_id and c.id = r.tax_class_id
            where r.organization_id = $1 and r.id = $2"#,
        organization,
        id,
    )
    .fetch_optional(db)
    .await
}

pub(in crate::features::taxes) async fn delete(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from tax_rules where organization_id = $1 and id = $2",
        organization,
        id
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Every rule for a country and a tax status, with the taxes that are valid on the day.
pub(in crate::features::taxes) async fn applicable(
    db: &mut PgConnection,
    organization: Uuid,
    country: Option<&str>,
    status: &str,
    date: NaiveDate,
) -> Result<Vec<AppliedRow>, sqlx::Error> {
    sqlx::query_as!(
        AppliedRow,
        r#"select r.tax_class_id, r.country, r.region, r.exemption_reason,
                  coalesce((select jsonb_agg(jsonb_build_object('code', t.code, 'rate', t.rate::text, 'compound', t.compound) order by k.n)
                     from unnest(r.tax_ids) with ordinality as k (id, n)
                     join taxes t on t.organization_id = r.organization_id and t.id = k.id
                    where t.status = 'active' and daterange(t.valid_from, t.valid_to, '[]') @> $4::date), '[]') as "taxes!: Json<Vec<AppliedTax>>"
             from tax_rules r
            where r.organization_id = $1 and (r.country is null or r.country = $2) and r.customer_tax_status = $3"#,
        organization,
        country,
        status,
        date,
    )
    .fetch_all(db)
    .await
}
