//! SQL of domains whose people get an account by coming.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A domain.
#[derive(Debug, Clone)]
pub(in super::super) struct DomainRow {
    pub(in super::super) provider_id: Uuid,
    pub(in super::super) domain: String,
    pub(in super::super) proof: String,
    pub(in super::super) verified_at: Option<DateTime<Utc>>,
}

impl DomainRow {
    /// Where the proof is looked for.
    pub(in super::super) fn proof_url(&self) -> String {
        format!("https://{}/.well-known/som-domain.txt", self.domain)
    }
}

/// The domains of a provider, or of all, by name.
pub(in super::super) async fn domains(
    db: &mut PgConnection,
    organization: Uuid,
    provider: Option<Uuid>,
) -> Result<Vec<DomainRow>, sqlx::Error> {
    sqlx::query_as!(
        DomainRow,
        "select provider_id, domain, proof, verified_at from identity_provider_domains
          where organization_id = $1 and ($2::uuid is null or provider_id = $2) order by provider_id, domain",
        organization,
        provider
    )
    .fetch_all(db)
    .await
}

/// Replaces the domains of a provider; one that stays, stays as it is.
pub(in super::super) async fn put_domains(
    db: &mut PgConnection,
    organization: Uuid,
    provider: Uuid,
    domains: &[String],
    proofs: &[String],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity_provider_domains where organization_id = $1 and provider_id = $2 and domain <> all($3)",
        organization,
        provider,
        domains
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into identity_provider_domains (organization_id, provider_id, domain, proof)
         select $1, $2, domain, proof from unnest($3::text[], $4::text[]) as d(domain, proof) on conflict do nothing",
        organization,
        provider,
        domains,
        proofs
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Notes that a domain was proved.
pub(in super::super) async fn verify_domain(
    db: &mut PgConnection,
    organization: Uuid,
    provider: Uuid,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity_provider_domains set verified_at = $4 where organization_id = $1 and provider_id = $2 and domain = $3",
        organization,
        provider,
        domain,
        now
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// The provider of a proved domain with its organization, in the identity scope; only while people can sign in with it.
pub(in super::super) async fn provider_of_domain(
    db: &mut PgConnection,
    domain: &str,
) -> Result<Option<(Uuid, Uuid)>, sqlx::Error> {
    let row = sqlx::query!(
        "select p.organization_id, p.id from identity_provider_domains d
           join identity_providers p on p.organization_id = d.organization_id and p.id = d.provider_id and p.enabled
          where d.domain = $1 and d.verified_at is not null",
        domain
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.organization_id, row.id)))
}
