//! The only way to a connection: a transaction that carries its organization (or its platform scope) for row level security.

use std::ops::{Deref, DerefMut};

use som_domain::ids::OrganizationId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::begin::begin;
use super::{DataKeys, Db};

/// What a transaction that works across organizations is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemScope {
    /// Sign-in and sessions: users, memberships, sessions, tokens. Uses the small separate pool.
    Identity,
    /// Background work: jobs, outbox, clean-up.
    Worker,
}

impl SystemScope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Worker => "worker",
        }
    }
}

/// A transaction that sees the rows of one organization. Dropped without [`TenantTx::commit`], nothing happened.
#[derive(Debug)]
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    organization: OrganizationId,
    keys: DataKeys,
}

/// A transaction over platform tables of all organizations.
#[derive(Debug)]
pub struct SystemTx {
    tx: Transaction<'static, Postgres>,
}

impl Db {
    /// Begins a transaction for one organization, in one round trip.
    pub async fn tenant(&self, organization: OrganizationId) -> Result<TenantTx, sqlx::Error> {
        let keys = self.vault().keys(self.app(), organization).await?;
        let statement = format!(
            "begin; set local som.organization = '{}'",
            organization.uuid()
        );
        Ok(TenantTx {
            tx: begin(self.app(), statement).await?,
            organization,
            keys,
        })
    }

    /// Begins a transaction that only reads, for one organization.
    pub async fn tenant_read(&self, organization: OrganizationId) -> Result<TenantTx, sqlx::Error> {
        let keys = self.vault().keys(self.app(), organization).await?;
        let statement = format!(
            "begin read only; set local som.organization = '{}'",
            organization.uuid()
        );
        Ok(TenantTx {
            tx: begin(self.app(), statement).await?,
            organization,
            keys,
        })
    }

    /// Begins a transaction over the platform tables a scope may see.
    pub async fn system(&self, scope: SystemScope) -> Result<SystemTx, sqlx::Error> {
        let pool = match scope {
            SystemScope::Identity => self.auth(),
            SystemScope::Worker => self.app(),
        };
        Ok(SystemTx {
            tx: begin(
                pool,
                format!("begin; set local som.scope = '{}'", scope.as_str()),
            )
            .await?,
        })
    }
}

/// A transaction of one organization without its keys: for reading them.
pub(super) async fn bare(
    pool: &PgPool,
    organization: OrganizationId,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let statement = format!(
        "begin; set local som.organization = '{}'",
        organization.uuid()
    );
    begin(pool, statement).await
}

impl TenantTx {
    /// The organization this transaction works for.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// What its personal data is sealed with.
    pub fn keys(&self) -> &DataKeys {
        &self.keys
    }

    /// Lets the transaction also write accounts, which belong to people and not to one organization (adding a member).
    pub async fn enter_identity(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query!("select set_config('som.scope', 'identity', true)")
            .fetch_one(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Makes everything done durable.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.tx.rollback().await
    }
}

impl SystemTx {
    /// Lets the transaction also see one organization's own tables (a job that works for it).
    pub async fn enter(&mut self, organization: OrganizationId) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "select set_config('som.organization', $1, true)",
            organization.uuid().to_string()
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes everything done durable.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }
}

impl Deref for TenantTx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}

impl Deref for SystemTx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for SystemTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
