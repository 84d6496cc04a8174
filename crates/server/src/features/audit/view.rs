//! An entry of the audit log as the API and the command line show it.

use serde::Serialize;
use serde_json::Value;
use som_domain::dates::Timestamp;
use som_domain::ids::{AuditId, RequestId, UserId};
use utoipa::ToSchema;

use super::store::ChainRow;
use crate::audit::{Entry, Finding};
use crate::objects::{Names, outside};

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Identity.
    pub id: AuditId,
    /// Its number; later entries have higher ones.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who; none: the system, or somebody who was not signed in.
    pub actor_id: Option<UserId>,
    /// `user`, `api_key` or `system`.
    pub actor_kind: String,
    /// Their name at that time.
    pub actor_name: String,
    /// The request it happened in.
    pub request_id: Option<RequestId>,
    /// The address it came from; none for the server's own work.
    #[schema(example = "192.0.2.17")]
    pub ip: Option<String>,
    /// What kind of object.
    #[schema(example = "order")]
    pub entity: String,
    /// Which one.
    #[schema(example = "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB")]
    pub entity_id: String,
    /// What people call it by now: order number, customer, SKU, code of a price list. None for others, and for what is not in your sight.
    #[schema(example = "SO-2026-00042")]
    pub entity_name: Option<String>,
    /// Its version after that.
    pub entity_version: Option<i32>,
    /// What happened.
    #[schema(example = "confirmed")]
    pub action: String,
    /// Why, as it was given.
    #[schema(example = "The customer ordered twice")]
    pub reason: Option<String>,
    /// Differences as `{"field": {"from", "to"}}`, or facts.
    #[schema(value_type = Object)]
    pub diff: Value,
    /// Its place in the chain of hashes; none for some seconds.
    pub position: Option<i64>,
}

/// How the chain of hashes stands.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AuditChain {
    /// Entries that have their seal.
    #[schema(example = 1842)]
    pub entries: i64,
    /// When the last of them was sealed.
    pub sealed_at: Option<Timestamp>,
    /// Entries that wait for their seal; they do so for seconds only.
    #[schema(example = 2)]
    pub unsealed: i64,
    /// Since when the oldest of them waits.
    pub unsealed_since: Option<Timestamp>,
    /// Entries up to the last signed checkpoint.
    pub signed_entries: i64,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// Entries that the last proof found as they were sealed; there is one every day.
    pub proved_entries: Option<i64>,
    /// When that was.
    pub proved_at: Option<Timestamp>,
    /// What it found wrong first; none when the log is what was written.
    pub fault: Option<String>,
    /// The number (`seq`) of the entry that is broken or missing, when the fault is one entry's.
    pub fault_seq: Option<i64>,
    /// From which place in the chain on the log is not what was written.
    pub fault_position: Option<i64>,
}

/// A proof that will be made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditProof {
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl From<ChainRow> for AuditChain {
    fn from(row: ChainRow) -> Self {
        let number = |name: &str| row.finding.as_ref()?[name].as_i64();
        let (fault_seq, fault_position) = (number("seq"), number("position"));
        let finding = row.finding.map(|finding| {
            serde_json::from_value::<Finding>(finding)
                .map_or_else(|_| "unknown".to_owned(), |finding| finding.to_string())
        });
        Self {
            entries: row.entries,
            sealed_at: row.sealed_at.map(Timestamp::new),
            unsealed: row.unsealed,
            unsealed_since: row.unsealed_since.map(Timestamp::new),
            signed_entries: row.signed_entries,
            signed_at: row.signed_at.map(Timestamp::new),
            proved_entries: row.proved_entries,
            proved_at: row.proved_at.map(Timestamp::new),
            fault: finding,
            fault_seq,
            fault_position,
        }
    }
}

impl AuditEntry {
    /// An entry, with the name of its object when that is among `names`.
    pub fn new(row: Entry, names: &Names) -> Self {
        Self {
            id: AuditId::from_uuid(row.id),
            seq: row.seq,
            at: Timestamp::new(row.at),
            actor_id: row.actor_id.map(UserId::from_uuid),
            actor_kind: row.actor_kind,
            actor_name: row.actor_name,
            request_id: row.request_id.map(RequestId::from_uuid),
            ip: row.ip,
            entity_id: outside(&row.entity, row.entity_id),
            entity_name: names.get(&row.entity_id).cloned(),
            entity: row.entity,
            entity_version: row.entity_version,
            action: row.action,
            reason: row.diff["reason"].as_str().map(str::to_owned),
            diff: row.diff,
            position: row.position,
        }
    }
}
