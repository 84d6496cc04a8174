//! The sealer: gives new entries their place in the chain, and signs where the chain stands.

use std::time::Duration as StdDuration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use som_domain::ids::OrganizationId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::chain::{self, Hash};
use super::checkpoint::{Checkpoint, Signer};
use super::store::{self, Head, Moved};
use crate::app::AppState;

/// Entries of a transaction.
const BATCH: i64 = 2000;
/// Looks for new entries: well within the five seconds that are promised.
const EVERY: StdDuration = StdDuration::from_secs(2);
/// Pause after the database failed.
const TROUBLE_PAUSE: StdDuration = StdDuration::from_secs(5);
/// A number may be drawn a moment before its transaction is known; no statement lasts as long as this.
const SETTLED: Duration = Duration::seconds(10);
/// Entries between two checkpoints at most,
const CHECKPOINT_ENTRIES: i64 = 1000;
/// and time, when there are entries.
const CHECKPOINT_EVERY: Duration = Duration::minutes(5);

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SealReport {
    /// Entries that are in the chain now.
    pub entries: usize,
    /// Checkpoints that were signed.
    pub checkpoints: usize,
}

/// Seals until stopped.
pub async fn follow(state: AppState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match seal(&state).await {
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "the audit log cannot be sealed");
                TROUBLE_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Seals everything that waits. Processes may do this at the same time: a chain that another one has is left to it.
///
/// # Errors
/// When the database does not answer.
pub async fn seal(state: &AppState) -> Result<SealReport, sqlx::Error> {
    let signer = Signer::new(&state.config().secrets).map_err(|e| sqlx::Error::Decode(e.into()))?;
    let before = state.clock().now() - CHECKPOINT_EVERY;
    let mut tx = state.db().worker().await?;
    let organizations = store::waiting(&mut tx, before).await?;
    tx.commit().await?;
    let mut report = SealReport::default();
    for organization in organizations {
        loop {
            let batch = seal_batch(state, &signer, organization).await?;
            report.entries += batch.entries;
            report.checkpoints += batch.checkpoints;
            if i64::try_from(batch.entries).unwrap_or(i64::MAX) < BATCH {
                break;
            }
        }
    }
    Ok(report)
}

async fn seal_batch(
    state: &AppState,
    signer: &Signer,
    organization: Uuid,
) -> Result<SealReport, sqlx::Error> {
    let now = state.clock().now();
    let mut tx = state
        .db()
        .tenant(OrganizationId::from_uuid(organization))
        .await?;
    let Some(head) = store::lock(&mut tx, organization, now - SETTLED).await? else {
        return Ok(SealReport::default());
    };
    let entries = store::unsealed(&mut tx, organization, head.floor, BATCH).await?;
    let (mut hash, mut position) = (bytes(&head.hash)?, head.position);
    let mut seals = Vec::with_capacity(entries.len());
    for entry in &entries {
        hash = chain::next(&hash, organization, entry)?;
        position += 1;
        seals.push((position, entry.seq, hash.to_vec()));
    }
    if !seals.is_empty() {
        store::insert_seals(&mut tx, organization, &seals, now).await?;
    }
    let is_all = i64::try_from(seals.len()).unwrap_or(i64::MAX) < BATCH;
    let last = entries.last().map(|entry| entry.seq);
    let moved = moved(&head, last, is_all, position, &hash);
    store::move_head(&mut tx, organization, &moved, now).await?;
    let checkpoint =
        is_due(&head, position, now).then(|| signer.sign(organization, position, &hash, now));
    if let Some(checkpoint) = &checkpoint {
        let signature = URL_SAFE_NO_PAD
            .decode(&checkpoint.signature)
            .unwrap_or_default();
        let (at, key) = (checkpoint.at, &checkpoint.key_id);
        store::insert_checkpoint(&mut tx, organization, position, &hash, at, key, &signature)
            .await?;
    }
    tx.commit().await?;
    if let Some(checkpoint) = &checkpoint {
        tell(state, checkpoint).await;
    }
    Ok(SealReport {
        entries: entries.len(),
        checkpoints: usize::from(checkpoint.is_some()),
    })
}

/// The file may be on a slow disk.
async fn tell(state: &AppState, checkpoint: &Checkpoint) {
    let (checkpoint, file) = (
        checkpoint.clone(),
        state.config().audit.checkpoints_file.clone(),
    );
    let told = tokio::task::spawn_blocking(move || checkpoint.tell(file.as_deref()));
    if let Err(error) = told.await {
        tracing::error!(%error, "an audit checkpoint was not told");
    }
}

fn bytes(stored: &[u8]) -> Result<Hash, sqlx::Error> {
    stored
        .try_into()
        .map_err(|_| sqlx::Error::Decode("a hash has 32 bytes".into()))
}

/// The floor rises to the mark when nothing below it can still appear; then a new mark is set at what was sealed last.
fn moved(head: &Head, last: Option<i64>, is_all: bool, position: i64, hash: &Hash) -> Moved {
    let floor = match head.mark {
        Some(mark) if head.is_mark_reached && is_all => mark,
        _ => head.floor,
    };
    let kept = head.mark.filter(|mark| *mark > floor);
    let new = last
        .or(head.last)
        .map(|seq| seq + 1)
        .filter(|seq| *seq > floor);
    Moved {
        position,
        hash: hash.to_vec(),
        floor,
        mark: kept.or(new),
        is_new_mark: kept.is_none(),
    }
}

fn is_due(head: &Head, position: i64, now: DateTime<Utc>) -> bool {
    position > head.checkpoint_position
        && (position - head.checkpoint_position >= CHECKPOINT_ENTRIES
            || head
                .checkpoint_at
                .is_none_or(|at| at <= now - CHECKPOINT_EVERY))
}
