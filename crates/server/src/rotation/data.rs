//! New versions of an organization's keys: made, and what they replace destroyed when nothing needs it any more.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use som_domain::ids::OrganizationId;

use super::store::{self, Versions};
use crate::app::AppState;
use crate::audit::note_by_system;
use crate::db::{ACTIVATION, KeyVersion, Purpose, TenantTx};

/// From the first use of a new key to the destruction of the one before it: answers kept for replays are gone by then, and so is every
/// transaction that began before.
pub(super) const KEPT: Duration = Duration::hours(24);

/// What came of asking for a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is used from this instant on.
    From {
        /// Its number.
        version: i32,
        /// When.
        at: DateTime<Utc>,
    },
    /// One is under way since then.
    UnderWay(DateTime<Utc>),
}

/// Begins the rotation of an organization's keys of a purpose.
///
/// # Errors
/// When the key of keys or the database does not answer.
pub async fn begin(
    state: &AppState,
    organization: OrganizationId,
    purpose: Purpose,
) -> Result<Begun, sqlx::Error> {
    let (vault, now) = (state.db().vault(), state.clock().now());
    // the first keys are made by whoever begins a transaction
    let mut tx = state.db().tenant(organization).await?;
    let versions = vault.versions(&mut tx, organization).await?;
    let mut live = live(&versions, purpose);
    let newest = live.next();
    if live.next().is_some() {
        let since = newest.map_or(now, |newest| newest.created_at);
        return Ok(Begun::UnderWay(since));
    }
    let (version, at) = (
        newest.map_or(0, |newest| newest.version) + 1,
        now + ACTIVATION,
    );
    if !vault
        .make(&mut tx, organization, purpose, version, at)
        .await?
    {
        return Ok(Begun::UnderWay(now));
    }
    let facts = json!({ "purpose": purpose.as_str(), "version": version, "active_from": at });
    note_by_system(state, &mut tx, "key_rotated", facts).await?;
    tx.commit().await?;
    vault.forget(organization);
    Ok(Begun::From { version, at })
}

/// The versions of a purpose that still open something, the newest first.
pub(super) fn live(versions: &[KeyVersion], purpose: Purpose) -> impl Iterator<Item = &KeyVersion> {
    let there = versions.iter().filter(|v| v.destroyed_at.is_none());
    there.filter(move |v| v.purpose == purpose.as_str())
}

/// From when on a walk proves that the versions before the one in use are needed no more; none when there are no others.
pub fn due(versions: &[KeyVersion], in_use: i32, purpose: Purpose) -> Option<DateTime<Utc>> {
    live(versions, purpose).find(|v| v.version < in_use)?;
    let current = live(versions, purpose).find(|v| v.version == in_use)?;
    Some(current.active_from + KEPT)
}

/// Destroys what is needed no more: every part was walked through to its end after it was due, and found as it should be.
pub(super) async fn destroy(
    state: &AppState,
    tx: &mut TenantTx,
    to: Versions,
) -> Result<u64, sqlx::Error> {
    let (vault, organization) = (state.db().vault(), tx.organization());
    if store::has_old_answers(tx, organization.uuid(), to.encryption).await? {
        return Ok(0);
    }
    let mut destroyed = 0;
    for (purpose, version) in [
        (Purpose::Encryption, to.encryption),
        (Purpose::BlindIndex, to.index),
    ] {
        let count = vault.destroy(tx, organization, purpose, version).await?;
        if count > 0 {
            let facts = json!({ "purpose": purpose.as_str(), "before": version, "keys": count });
            note_by_system(state, tx, "keys_destroyed", facts).await?;
        }
        destroyed += count;
    }
    Ok(destroyed)
}
