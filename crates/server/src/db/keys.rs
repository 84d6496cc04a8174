//! The keys of an organization's personal data: wrapped rows in the database, unwrapped for a moment in memory.
//!
//! A transaction carries them like its organization. They are read once and believed for half a minute, so that no request pays a
//! round trip for them; a new version is only used for sealing after every process must have read it.

mod rows;

use std::sync::Arc;
use std::time::Duration as StdDuration;

use arc_swap::ArcSwap;
use chrono::{DateTime, Duration, Utc};
use moka::sync::Cache;
use som_domain::ids::OrganizationId;
use sqlx::PgPool;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use rows::KeyVersion;
use rows::{Row, binding, stored};

use crate::clock::Clock;
use crate::config::Secrets;
use crate::security::blind::{self, Indexed};
use crate::security::kek::{Configured, KekProvider};
use crate::security::seal::{Place, SealError, SealKey, Sealed};

/// How long keys are believed without asking the database.
const BELIEVED: Duration = Duration::seconds(30);
/// Organizations whose keys are kept unwrapped at most.
const ORGANIZATIONS_MAX: u64 = 2_000;
/// From the making of a key to its first use: longer than keys are believed and a transaction may last.
pub const ACTIVATION: Duration = Duration::seconds(90);

/// How texts begin that were stored before there were keys; the next write seals them.
const UNSEALED: &str = "0|";

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing values.
    Encryption,
    /// Indexes of sealed values.
    BlindIndex,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Encryption, Self::BlindIndex];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::BlindIndex => "blind_index",
        }
    }
}

/// Unwraps, keeps and makes keys.
#[derive(Clone)]
pub struct Vault {
    kek: Arc<ArcSwap<Kek>>,
    clock: Clock,
    known: Cache<Uuid, DataKeys>,
}

/// The key of keys in use; it may be changed.
struct Kek(Arc<dyn KekProvider>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.kek().current())
    }
}

/// The keys of one organization; cheap to clone, wiped with the last copy.
#[derive(Clone)]
pub struct DataKeys(Arc<Inner>);

struct Inner {
    organization: Uuid,
    clock: Clock,
    read_at: DateTime<Utc>,
    encryption: Vec<Version<SealKey>>,
    blind: Vec<Version<Zeroizing<[u8; 32]>>>,
}

struct Version<K> {
    number: i32,
    active_from: DateTime<Utc>,
    key: K,
}

/// The newest version that may be used already; before any may, the first.
fn current<K>(versions: &[Version<K>], now: DateTime<Utc>) -> Result<&Version<K>, SealError> {
    let usable = versions.iter().rev().find(|v| v.active_from <= now);
    usable.or_else(|| versions.first()).ok_or(SealError)
}

impl std::fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataKeys({})", self.0.organization)
    }
}

impl DataKeys {
    /// Whose keys these are.
    pub fn organization(&self) -> Uuid {
        self.0.organization
    }

    /// Seals a text for its place.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, place: Place<'_>, text: &str) -> Result<String, SealError> {
        let version = current(&self.0.encryption, self.0.clock.now())?;
        version.key.seal(self.0.organization, place, text)
    }

    /// Opens a text of its place; what was stored before texts were sealed is read as it stands.
    ///
    /// # Errors
    /// When it was not sealed by us for this place.
    pub fn open(&self, place: Place<'_>, stored: &str) -> Result<String, SealError> {
        if let Some(plain) = stored.strip_prefix(UNSEALED) {
            return Ok(plain.to_owned());
        }
        let sealed = Sealed::parse(stored)?;
        let mut known = self.0.encryption.iter();
        let version = known.find(|v| v.key.id == sealed.key).ok_or(SealError)?;
        version.key.open(self.0.organization, place, &sealed)
    }

    /// Whether a text is sealed with the key that seals now.
    pub fn is_current(&self, stored: &str) -> bool {
        let now = self.0.clock.now();
        let current = current(&self.0.encryption, now).map(|v| v.key.id.as_str());
        Sealed::parse(stored).is_ok_and(|sealed| current == Ok(sealed.key))
    }

    /// The versions in use now: of encryption and of the index.
    ///
    /// # Errors
    /// When there is no key.
    pub fn current(&self) -> Result<(i32, i32), SealError> {
        let now = self.0.clock.now();
        Ok((
            current(&self.0.encryption, now)?.number,
            current(&self.0.blind, now)?.number,
        ))
    }

    /// The index of a value, to be stored beside it; none for nothing.
    ///
    /// # Errors
    /// When there is no key.
    pub fn index(&self, at: Indexed, text: Option<&str>) -> Result<Option<Vec<u8>>, SealError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let version = current(&self.0.blind, self.0.clock.now())?;
        Ok(Some(blind::index(&version.key, at, text)))
    }

    /// What a value may be stored as, under any key: for searching while a rotation is under way.
    pub fn indexes(&self, at: Indexed, text: &str) -> Vec<Vec<u8>> {
        let keys = self.0.blind.iter();
        keys.map(|v| blind::index(&v.key, at, text)).collect()
    }

    /// Wraps a key that belongs to one subject of the organization.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn wrap(&self, purpose: &[u8], key: &[u8; 32]) -> Result<(String, Vec<u8>), SealError> {
        let version = current(&self.0.encryption, self.0.clock.now())?;
        Ok((version.key.id.clone(), version.key.wrap(purpose, key)?))
    }

    /// Unwraps it.
    ///
    /// # Errors
    /// When it was not wrapped by us for this purpose.
    pub fn unwrap(
        &self,
        id: &str,
        purpose: &[u8],
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let mut known = self.0.encryption.iter();
        let version = known.find(|v| v.key.id == id).ok_or(SealError)?;
        version.key.unwrap(purpose, wrapped)
    }
}

impl Vault {
    /// With the configured key of keys.
    ///
    /// # Errors
    /// When that key cannot be used.
    pub fn new(secrets: &Secrets, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self::with(Configured::provider(secrets)?, clock))
    }

    /// With another provider.
    pub fn with(kek: Arc<dyn KekProvider>, clock: Clock) -> Self {
        let known = Cache::builder()
            .max_capacity(ORGANIZATIONS_MAX)
            .time_to_live(StdDuration::from_secs(300))
            .build();
        let kek = Arc::new(ArcSwap::from_pointee(Kek(kek)));
        Self { kek, clock, known }
    }

    /// The key of keys.
    pub fn kek(&self) -> Arc<dyn KekProvider> {
        Arc::clone(&self.kek.load().0)
    }

    /// Goes on with another key of keys.
    pub fn renew(&self, kek: Arc<dyn KekProvider>) {
        self.kek.store(Arc::new(Kek(kek)));
    }

    /// The clock that says which version is current.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Forgets an organization's keys: they were changed here.
    pub fn forget(&self, organization: OrganizationId) {
        self.known.invalidate(&organization.uuid());
    }

    /// The organization's keys, from memory when they were read a moment ago; the first ones are made.
    pub(super) async fn keys(
        &self,
        pool: &PgPool,
        organization: OrganizationId,
    ) -> Result<DataKeys, sqlx::Error> {
        let now = self.clock.now();
        if let Some(keys) = self.known.get(&organization.uuid())
            && keys.0.read_at <= now
            && now - keys.0.read_at <= BELIEVED
        {
            return Ok(keys);
        }
        let keys = self.load(pool, organization, now).await?;
        self.known.insert(organization.uuid(), keys.clone());
        Ok(keys)
    }

    async fn load(
        &self,
        pool: &PgPool,
        organization: OrganizationId,
        now: DateTime<Utc>,
    ) -> Result<DataKeys, sqlx::Error> {
        let mut tx = super::tenant::bare(pool, organization).await?;
        let mut rows = stored(&mut tx, organization.uuid()).await?;
        if rows.is_empty() {
            for purpose in Purpose::ALL {
                self.make(&mut tx, organization, purpose, 1, now).await?;
            }
            // another process may have been first: theirs count
            rows = stored(&mut tx, organization.uuid()).await?;
        }
        tx.commit().await?;
        self.unwrap(organization.uuid(), &rows, now).await
    }

    async fn unwrap(
        &self,
        organization: Uuid,
        rows: &[Row],
        now: DateTime<Utc>,
    ) -> Result<DataKeys, sqlx::Error> {
        let (mut encryption, mut blind) = (Vec::new(), Vec::new());
        for row in rows {
            let bound = binding(organization, &row.purpose, row.version);
            let key = self.kek().unwrap(&row.kek, &bound, &row.wrapped).await?;
            let (number, active_from) = (row.version, row.active_from);
            if row.purpose == Purpose::Encryption.as_str() {
                let key = SealKey::new(number.to_string(), key);
                encryption.push(Version {
                    number,
                    active_from,
                    key,
                });
            } else {
                blind.push(Version {
                    number,
                    active_from,
                    key,
                });
            }
        }
        Ok(DataKeys(Arc::new(Inner {
            organization,
            clock: self.clock.clone(),
            read_at: now,
            encryption,
            blind,
        })))
    }
}
