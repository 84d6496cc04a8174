//! The proof: every entry is where its seal says and as it was, and the chain is as long as it ever was said to be.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use som_domain::ids::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::{self, Hash, START};
use super::checkpoint::{Checkpoint, Signer, hex};
use super::{signers, store};
use crate::app::AppState;

/// Seals of one read.
const PAGE: i64 = 2000;

/// What is wrong, the first of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Finding {
    /// An entry, or its seal, is not what it was.
    Changed {
        /// The entry.
        seq: i64,
        /// Its place.
        position: i64,
    },
    /// An entry is gone.
    Missing {
        /// The entry.
        seq: i64,
        /// Its place.
        position: i64,
    },
    /// A seal is gone.
    SealMissing {
        /// Its place.
        position: i64,
    },
    /// The chain was longer.
    Cut {
        /// Where it ends now.
        position: i64,
        /// How long it was.
        was: i64,
    },
    /// The chain is another one than was signed.
    Replaced {
        /// The place a checkpoint speaks of.
        position: i64,
    },
    /// A checkpoint was not signed by us.
    Forged {
        /// The place it speaks of.
        position: i64,
    },
    /// Nobody signed anything, or it was removed.
    Unsigned,
    /// An entry was put where all have been sealed.
    SlippedIn {
        /// The entry.
        seq: i64,
    },
}

/// How the audit log of an organization stands.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// Entries that are as they were sealed.
    pub entries: i64,
    /// Entries that have no seal yet,
    pub unsealed: i64,
    /// and since when.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// Checkpoints that were compared.
    pub checkpoints: usize,
    /// What is wrong.
    pub finding: Option<Finding>,
}

/// Looks at the whole log of an organization. `outside` are the checkpoints kept elsewhere.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(
    state: &AppState,
    organization: OrganizationId,
    outside: &[Checkpoint],
) -> anyhow::Result<Verdict> {
    let mut signer = Signer::new(&state.secrets())?;
    let mut tx = state.db().tenant_read(organization).await?;
    // the sealer goes on meanwhile: all is read as of one instant
    sqlx::query!("set transaction isolation level repeatable read, read only")
        .execute(&mut *tx)
        .await?;
    sqlx::query!("set local statement_timeout = '10min'")
        .execute(&mut *tx)
        .await?;
    let organization = organization.uuid();
    signers::remember(&mut signer, &mut tx).await?;
    let stand = store::stand(&mut tx, organization).await?;
    let signed = signed(&mut tx, organization, outside).await?;
    let walk = walk(&mut tx, organization, &signer, &signed).await?;
    let floor = stand.as_ref().map_or(0, |stand| stand.floor);
    let tail = store::tail(&mut tx, organization, floor).await?;
    let last = signed.keys().next_back().copied().unwrap_or_default();
    let said = stand.as_ref().map_or(0, |stand| stand.position).max(last);
    let end = walk.position;
    let finding = walk.finding.or_else(|| match &stand {
        _ if said > end => Some(Finding::Cut {
            position: end,
            was: said,
        }),
        Some(stand) if stand.position == end && stand.hash != walk.hash => {
            Some(Finding::Replaced { position: end })
        }
        _ if end > 0 && signed.is_empty() => Some(Finding::Unsigned),
        _ => tail.slipped_in.map(|seq| Finding::SlippedIn { seq }),
    });
    Ok(Verdict {
        entries: end,
        unsealed: tail.entries,
        unsealed_since: tail.since,
        checkpoints: signed.values().map(Vec::len).sum(),
        finding,
    })
}

/// Checkpoints by the place they speak of.
type Signed = BTreeMap<i64, Vec<Checkpoint>>;

async fn signed(
    db: &mut PgConnection,
    organization: Uuid,
    outside: &[Checkpoint],
) -> Result<Signed, sqlx::Error> {
    let mut signed = Signed::new();
    let kept = store::checkpoints(db, organization).await?;
    let kept = kept.into_iter().map(|kept| Checkpoint {
        organization_id: organization,
        position: kept.position,
        hash: hex(&kept.hash),
        at: kept.at,
        key_id: kept.key_id,
        signature: URL_SAFE_NO_PAD.encode(&kept.signature),
    });
    let outside = outside.iter().filter(|c| c.organization_id == organization);
    for checkpoint in kept.chain(outside.cloned()) {
        let here = signed.entry(checkpoint.position).or_default();
        if !here.contains(&checkpoint) {
            here.push(checkpoint);
        }
    }
    Ok(signed)
}

/// How far the chain holds.
struct Walk {
    position: i64,
    hash: Hash,
    finding: Option<Finding>,
}

/// Walks the chain from its beginning to its end or the first fault.
async fn walk(
    db: &mut PgConnection,
    organization: Uuid,
    signer: &Signer,
    signed: &Signed,
) -> Result<Walk, sqlx::Error> {
    let mut walk = Walk {
        position: 0,
        hash: START,
        finding: forged(signer, signed),
    };
    while walk.finding.is_none() {
        let page = store::sealed(db, organization, walk.position, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for sealed in page {
            if let Some(finding) = walk.step(organization, &sealed, signed)? {
                walk.finding = Some(finding);
                break;
            }
        }
    }
    Ok(walk)
}

fn forged(signer: &Signer, signed: &Signed) -> Option<Finding> {
    let mut all = signed.values().flatten();
    let forged = all.find(|checkpoint| !signer.is_ours(checkpoint))?;
    Some(Finding::Forged {
        position: forged.position,
    })
}

impl Walk {
    fn step(
        &mut self,
        organization: Uuid,
        sealed: &store::Sealed,
        signed: &Signed,
    ) -> Result<Option<Finding>, sqlx::Error> {
        let (position, seq) = (self.position + 1, sealed.seq);
        if sealed.position != position {
            return Ok(Some(Finding::SealMissing { position }));
        }
        let Some(entry) = &sealed.entry else {
            return Ok(Some(Finding::Missing { seq, position }));
        };
        let hash = chain::next(&self.hash, organization, entry)?;
        if hash[..] != sealed.hash[..] {
            return Ok(Some(Finding::Changed { seq, position }));
        }
        let here = signed.get(&position).map(Vec::as_slice).unwrap_or_default();
        if here.iter().any(|checkpoint| checkpoint.hash != hex(&hash)) {
            return Ok(Some(Finding::Replaced { position }));
        }
        (self.position, self.hash) = (position, hash);
        Ok(None)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { seq, position } => {
                write!(f, "entry {seq} (place {position}) was changed")
            }
            Self::Missing { seq, position } => {
                write!(f, "entry {seq} (place {position}) is missing")
            }
            Self::SealMissing { position } => write!(f, "the seal of place {position} is missing"),
            Self::Cut { position, was } => write!(
                f,
                "the log ends after place {position}, it had {was}: entries are missing from there on"
            ),
            Self::Replaced { position } => write!(
                f,
                "the log up to place {position} is not the one that was signed"
            ),
            Self::Forged { position } => write!(
                f,
                "a checkpoint of place {position} was not signed by this installation"
            ),
            Self::Unsigned => f.write_str("there is no signed checkpoint"),
            Self::SlippedIn { seq } => write!(f, "entry {seq} was put in afterwards"),
        }
    }
}
