//! The hash of an entry covers everything that is in it and the hash before it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256.
pub(super) type Hash = [u8; 32];

/// What the first entry follows.
pub(super) const START: Hash = [0; 32];

/// A row of `audit_events`, and its place in the chain once it is sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct Entry {
    pub seq: i64,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor_id: Option<Uuid>,
    pub actor_kind: String,
    pub actor_name: String,
    pub request_id: Option<Uuid>,
    pub ip: Option<String>,
    pub entity: String,
    pub entity_id: Uuid,
    pub entity_version: Option<i32>,
    pub action: String,
    pub diff: Value,
    pub position: Option<i64>,
}

/// The hash of an entry of an organization after the one before: SHA-256 of that hash and the entry in canonical JSON (RFC 8785).
///
/// # Errors
/// When the entry has no canonical form.
pub(super) fn next(before: &Hash, organization: Uuid, entry: &Entry) -> Result<Hash, sqlx::Error> {
    let mut document = json!({
        "organization_id": organization, "seq": entry.seq, "id": entry.id,
        "at": entry.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "actor_id": entry.actor_id, "actor_kind": entry.actor_kind, "actor_name": entry.actor_name, "request_id": entry.request_id,
        "entity": entry.entity, "entity_id": entry.entity_id, "entity_version": entry.entity_version,
        "action": entry.action, "diff": entry.diff,
    });
    // came later: the hashes of entries without it stay what they are
    if let Some(ip) = &entry.ip {
        document["ip"] = json!(ip);
    }
    let canonical = serde_json_canonicalizer::to_vec(&document)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let mut hash = Sha256::new_with_prefix(before);
    hash.update(&canonical);
    Ok(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            seq: 7,
            id: Uuid::from_u128(1),
            at: DateTime::UNIX_EPOCH,
            actor_id: None,
            actor_kind: "system".into(),
            actor_name: "System".into(),
            request_id: None,
            ip: None,
            entity: "order".into(),
            entity_id: Uuid::from_u128(2),
            entity_version: Some(1),
            action: "created".into(),
            diff: json!({ "b": 1, "a": "x" }),
            position: None,
        }
    }

    #[test]
    fn everything_in_an_entry_counts() {
        let of = |change: fn(&mut Entry)| {
            let mut entry = entry();
            change(&mut entry);
            next(&START, Uuid::nil(), &entry).unwrap()
        };
        let plain = of(|_| ());
        assert_eq!(plain, of(|e| e.diff = json!({ "a": "x", "b": 1 })), "order");
        let changes: [fn(&mut Entry); 13] = [
            |e| e.seq = 8,
            |e| e.id = Uuid::nil(),
            |e| e.at += chrono::Duration::microseconds(1),
            |e| e.actor_id = Some(Uuid::nil()),
            |e| e.actor_kind = "user".into(),
            |e| e.actor_name = "Eve".into(),
            |e| e.request_id = Some(Uuid::nil()),
            |e| e.ip = Some("192.0.2.1".into()),
            |e| e.entity = "customer".into(),
            |e| e.entity_id = Uuid::nil(),
            |e| e.entity_version = None,
            |e| e.action = "deleted".into(),
            |e| e.diff = json!({ "a": "x", "b": 2 }),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            assert_ne!(plain, of(change), "change {n}");
        }
        let entry = entry();
        assert_ne!(plain, next(&plain, Uuid::nil(), &entry).unwrap());
        assert_ne!(plain, next(&START, Uuid::max(), &entry).unwrap());
    }
}
