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
    let signer = Signer::new(&state.secrets()).map_err(|e| sqlx::Error::Decode(e.into()))?;
    let before = state.clock().now() - CHECKPOINT_EVERY;
    let mut tx = state.db().worker().await?;
    let organizations = store::waiting(&mut tx, before).await?;
    tx.commit().await?;
    let mut report = SealReport::default();
    for organization in organizations {
        let mut from = None;
        loop {
            let (batch, last) = seal_batch(state, &signer, organization, from).await?;
            report.entries += batch.entries;
            report.checkpoints += batch.checkpoints;
            if !is_full(batch.entries) {
                break;
            }
            from = last.map(|seq| seq + 1);
        }
    }
    Ok(report)
}

fn is_full(entries: usize) -> bool {
    i64::try_from(entries).is_ok_and(|entries| entries >= BATCH)
}

/// Seals what comes next: from the floor, or from where the batch before it ended, so that a backlog is not gone through again for each batch.
/// Returns the last entry, too.
async fn seal_batch(
    state: &AppState,
    signer: &Signer,
    organization: Uuid,
    from: Option<i64>,
) -> Result<(SealReport, Option<i64>), sqlx::Error> {
    let now = state.clock().now();
    let mut tx = state
        .db()
        .tenant(OrganizationId::from_uuid(organization))
        .await?;
    let Some(head) = store::lock(&mut tx, organization, now - SETTLED).await? else {
        return Ok((SealReport::default(), None));
    };
    let begin = from.unwrap_or(head.floor);
    let entries = store::unsealed(&mut tx, organization, begin, BATCH).await?;
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
    let last = entries.last().map(|entry| entry.seq);
    let known = match (from, is_full(seals.len())) {
        (Some(_), _) => head.floor,
        (None, true) => last.map_or(head.floor, |seq| seq + 1),
        (None, false) => i64::MAX,
    };
    let moved = moved(&head, last, known, position, &hash);
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
    let report = SealReport {
        entries: entries.len(),
        checkpoints: usize::from(checkpoint.is_some()),
    };
    Ok((report, last))
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

/// The floor rises to the mark when nothing below it can still appear, as far as everything before `known` is sealed; once it is there, a new mark
/// is set at what was sealed last.
fn moved(head: &Head, last: Option<i64>, known: i64, position: i64, hash: &Hash) -> Moved {
    let floor = match head.mark {
        Some(mark) if head.is_mark_reached => mark.min(known).max(head.floor),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn head(floor: i64, mark: Option<i64>, is_mark_reached: bool) -> Head {
        Head {
            position: 0,
            hash: vec![0; 32],
            floor,
            mark,
            is_mark_reached,
            last: None,
            checkpoint_position: 0,
            checkpoint_at: None,
        }
    }

    /// Floor and mark after a batch whose last entry is `last`, with everything before `known` sealed.
    fn after(head: &Head, last: Option<i64>, known: i64) -> (i64, Option<i64>) {
        let moved = moved(head, last, known, 0, &[0; 32]);
        (moved.floor, moved.mark)
    }

    #[test]
    fn a_backlog_does_not_keep_the_floor_down() {
        let reached = head(1, Some(2001), true);
        assert_eq!(after(&reached, Some(9000), 9001), (2001, Some(9001)));
        assert_eq!(after(&reached, Some(9000), i64::MAX), (2001, Some(9001)));
    }

    #[test]
    fn the_floor_stays_below_what_is_not_sealed() {
        let reached = head(1, Some(2001), true);
        assert_eq!(after(&reached, Some(1500), 1501), (1501, Some(2001)));
        assert_eq!(after(&reached, Some(9000), 1), (1, Some(2001)));
        assert_eq!(
            after(&head(1, Some(2001), false), Some(9000), 9001),
            (1, Some(2001))
        );
        assert_eq!(
            after(&head(500, None, false), Some(9000), i64::MAX),
            (500, Some(9001))
        );
    }
}
