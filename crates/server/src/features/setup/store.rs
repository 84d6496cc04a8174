//! SQL of the first run.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Whether any organization exists.
pub(super) async fn organization_exists(db: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists(select from organizations) as "exists!""#)
        .fetch_one(db)
        .await
}

/// Lets one set-up run at a time.
pub(super) async fn lock(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('som.setup', 1))")
        .execute(db)
        .await?;
    Ok(())
}

/// Inserts a first-run token and forgets those that have run out.
pub(super) async fn insert_token(
    db: &mut PgConnection,
    id: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from one_time_tokens where purpose = 'setup' and (expires_at <= $1 or used_at is not null)", now).execute(&mut *db).await?;
    sqlx::query!("insert into one_time_tokens (id, purpose, token_hash, created_at, expires_at) values ($1, 'setup', $2, $3, $4)", id, hash, now, expires)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether a first-run token may be used.
pub(super) async fn token_is_valid(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists(select from one_time_tokens where token_hash = $1 and purpose = 'setup' and used_at is null and expires_at > $2) as "exists!""#,
        hash,
        now
    )
    .fetch_one(db)
    .await
}

/// Marks a first-run token used; false when it was not to be used any more.
pub(super) async fn use_token(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update one_time_tokens set used_at = $2 where token_hash = $1 and purpose = 'setup' and used_at is null and expires_at > $2",
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A new organization.
#[derive(Debug)]
pub(super) struct OrganizationRow<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    pub(super) country: &'a str,
    pub(super) currency: &'a str,
    pub(super) time_zone: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Inserts an organization.
pub(super) async fn insert_organization(
    db: &mut PgConnection,
    new: &OrganizationRow<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into organizations (id, name, country, currency, time_zone, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)",
        new.id,
        new.name,
        new.country,
        new.currency,
        new.time_zone,
        new.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts units as `(id, code, name, step)` columns.
pub(super) async fn insert_units(
    db: &mut PgConnection,
    organization: Uuid,
    ids: &[Uuid],
    units: &[(&str, &str, &str)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let column =
        |pick: fn(&(&str, &str, &str)) -> String| units.iter().map(pick).collect::<Vec<String>>();
    sqlx::query!(
        "insert into units (organization_id, id, code, name, step, created_at, updated_at)
         select $1, u.id, u.code, u.name, u.step::numeric, $6, $6 from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as u(id, code, name, step)",
        organization,
        ids,
        &column(|u| u.0.to_owned()),
        &column(|u| u.1.to_owned()),
        &column(|u| u.2.to_owned()),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The tax class every product starts with, and the rule that it is taxed with nothing until someone says otherwise.
pub(super) async fn insert_tax_basics(
    db: &mut PgConnection,
    organization: Uuid,
    class: Uuid,
    rule: Uuid,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into tax_classes (organization_id, id, code, name, is_default, created_at, updated_at) values ($1, $2, 'standard', 'Standard', true, $3, $3)",
        organization,
        class,
        now
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into tax_rules (organization_id, id, tax_class_id, customer_tax_status, tax_ids, created_at, updated_at) values ($1, $2, $3, 'taxable', '{}', $4, $4)",
        organization,
        rule,
        class,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The order numbers.
pub(super) async fn insert_number_series(
    db: &mut PgConnection,
    organization: Uuid,
    id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into number_series (organization_id, id, document_type) values ($1, $2, 'order')",
        organization,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}
