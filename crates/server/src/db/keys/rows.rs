//! The wrapped keys in the database: made, wrapped anew, destroyed.

use chrono::{DateTime, Utc};
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Purpose, Vault};
use crate::security::random;
use crate::security::seal::SealError;

/// A wrapped key as stored.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) purpose: String,
    pub(super) version: i32,
    pub(super) kek: String,
    pub(super) wrapped: Vec<u8>,
    pub(super) active_from: DateTime<Utc>,
}

/// What a key is bound to by its wrapping.
pub(super) fn binding(organization: Uuid, purpose: &str, version: i32) -> Vec<u8> {
    format!("data key|{organization}|{purpose}|{version}").into_bytes()
}

/// What is known of a version without opening it.
#[derive(Debug, Clone)]
pub struct KeyVersion {
    /// What it is for.
    pub purpose: String,
    /// Its number.
    pub version: i32,
    /// The key of keys that wrapped it.
    pub kek: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it is used.
    pub active_from: DateTime<Utc>,
    /// When it was destroyed.
    pub destroyed_at: Option<DateTime<Utc>>,
}

impl Vault {
    /// Makes a version of a key, to be used from `active_from` on; nothing when that version exists.
    ///
    /// # Errors
    /// When the key of keys or the database does not answer.
    pub async fn make(
        &self,
        tx: &mut PgConnection,
        organization: OrganizationId,
        purpose: Purpose,
        version: i32,
        active_from: DateTime<Utc>,
    ) -> Result<bool, sqlx::Error> {
        let fresh: [u8; 32] = random::bytes().map_err(|_| SealError)?;
        let key = Zeroizing::new(fresh);
        let bound = binding(organization.uuid(), purpose.as_str(), version);
        let kek = self.kek();
        let wrapped = kek.wrap(&bound, &key).await?;
        let made = sqlx::query!(
            "insert into data_keys (organization_id, purpose, version, kek, wrapped, created_at, active_from) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict do nothing",
            organization.uuid(),
            purpose.as_str(),
            version,
            kek.current(),
            wrapped,
            self.clock.now(),
            active_from,
        );
        Ok(made.execute(tx).await?.rows_affected() == 1)
    }
    /// Every version of an organization's keys, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn versions(
        &self,
        tx: &mut PgConnection,
        organization: OrganizationId,
    ) -> Result<Vec<KeyVersion>, sqlx::Error> {
        sqlx::query_as!(
            KeyVersion,
            "select purpose, version, kek, created_at, active_from, destroyed_at from data_keys
              where organization_id = $1 order by purpose, version desc limit 1000",
            organization.uuid(),
        )
        .fetch_all(tx)
        .await
    }

    /// Has the key of keys in use wrap what another one wrapped. Returns how many keys that were.
    ///
    /// # Errors
    /// When the key of keys or the database does not answer, or the one that wrapped is not known any more.
    pub async fn rewrap(
        &self,
        tx: &mut PgConnection,
        organization: OrganizationId,
    ) -> Result<u64, sqlx::Error> {
        let kek = self.kek();
        let rows = sqlx::query_as!(
            Row,
            r#"select purpose, version, kek, wrapped as "wrapped!", active_from from data_keys
                where organization_id = $1 and wrapped is not null and kek <> $2 order by purpose, version for update"#,
            organization.uuid(),
            kek.current(),
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let bound = binding(organization.uuid(), &row.purpose, row.version);
            let key = kek.unwrap(&row.kek, &bound, &row.wrapped).await?;
            let wrapped = kek.wrap(&bound, &key).await?;
            sqlx::query!(
                "update data_keys set kek = $4, wrapped = $5 where organization_id = $1 and purpose = $2 and version = $3",
                organization.uuid(),
                row.purpose,
                row.version,
                kek.current(),
                wrapped,
            )
            .execute(&mut *tx)
            .await?;
        }
        Ok(rows.len() as u64)
    }

    /// Destroys the versions before one: what they sealed is gone for ever. Returns how many that were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn destroy(
        &self,
        tx: &mut PgConnection,
        organization: OrganizationId,
        purpose: Purpose,
        before: i32,
    ) -> Result<u64, sqlx::Error> {
        let done = sqlx::query!(
            "update data_keys set wrapped = null, destroyed_at = $4
              where organization_id = $1 and purpose = $2 and version < $3 and wrapped is not null",
            organization.uuid(),
            purpose.as_str(),
            before,
            self.clock.now(),
        );
        Ok(done.execute(tx).await?.rows_affected())
    }
}

/// The organization's keys that still open something, oldest first.
pub(super) async fn stored(
    tx: &mut PgConnection,
    organization: Uuid,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select purpose, version, kek, wrapped as "wrapped!", active_from from data_keys
            where organization_id = $1 and wrapped is not null order by active_from, version"#,
        organization
    )
    .fetch_all(tx)
    .await
}
