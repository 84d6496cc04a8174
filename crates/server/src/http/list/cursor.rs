//! Cursors: a place in one list, signed, bound to its order and filter, valid for a day.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::http::{Problem, list::query::problem};

const PREFIX: &str = "c_";
const TAG_LENGTH: usize = 16;
/// Longest cursor that is looked at.
const TEXT_MAX: usize = 4096;

/// How long a cursor can be followed.
pub const CURSOR_VALID: Duration = Duration::hours(24);

/// The key cursors are signed with, and the one that is accepted beside it while it is changed.
#[derive(Clone)]
pub struct CursorKey {
    current: SecretSlice<u8>,
    previous: Option<SecretSlice<u8>>,
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

impl CursorKey {
    /// A key of secret bytes.
    pub fn new(current: SecretSlice<u8>, previous: Option<SecretSlice<u8>>) -> Self {
        Self { current, previous }
    }

    fn is_tag(&self, payload: &[u8], told: &[u8; TAG_LENGTH]) -> bool {
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        keys.any(|key| tag(key, payload).is_some_and(|tag| tag.ct_eq(told).into()))
    }
}

fn tag(key: &SecretSlice<u8>, payload: &[u8]) -> Option<[u8; TAG_LENGTH]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).ok()?;
    mac.update(b"som list cursor 1\0");
    mac.update(payload);
    mac.finalize()
        .into_bytes()
        .first_chunk::<TAG_LENGTH>()
        .copied()
}

/// A place between two rows, and the direction to go on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// The sort keys of the row, then its tiebreak, as PostgreSQL writes them.
    pub values: Vec<Option<String>>,
    /// Towards the beginning of the list.
    pub backward: bool,
}

/// What a cursor belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'a> {
    /// The order, as text.
    pub sort: &'a str,
    /// Hash of list, filter and search.
    pub filter: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    /// Values.
    v: Vec<Option<String>>,
    /// Backward.
    b: bool,
    /// Sort.
    s: String,
    /// Filter hash.
    f: String,
    /// Issued, seconds.
    t: i64,
}

/// The short hash of everything that decides which rows a list holds.
pub(super) fn filter_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    URL_SAFE_NO_PAD.encode(digest.first_chunk::<12>().unwrap_or(&[0; 12]))
}

/// Writes a cursor.
pub(super) fn encode(
    position: Position,
    binding: Binding<'_>,
    key: &CursorKey,
    now: DateTime<Utc>,
) -> Option<String> {
    let payload = Payload {
        v: position.values,
        b: position.backward,
        s: binding.sort.to_owned(),
        f: binding.filter.to_owned(),
        t: now.timestamp(),
    };
    let mut bytes = serde_json::to_vec(&payload).ok()?;
    let tag = tag(&key.current, &bytes)?;
    bytes.extend_from_slice(&tag);
    Some(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Reads a cursor. Errors: `cursor_invalid`, `cursor_expired`, `cursor_mismatch`.
pub(super) fn decode(
    text: &str,
    binding: Binding<'_>,
    key: &CursorKey,
    now: DateTime<Utc>,
) -> Result<Position, Problem> {
    let payload = verified(text, key).ok_or_else(|| {
        problem(
            "cursor",
            "cursor_invalid",
            "The cursor is damaged or was not made by this server. Start again without `cursor`.",
        )
    })?;
    if payload.s != binding.sort || payload.f != binding.filter {
        return Err(problem(
            "cursor",
            "cursor_mismatch",
            "The cursor belongs to another filter, search or order. Keep those as they were, or start again without `cursor`.",
        ));
    }
    let age = now.timestamp().saturating_sub(payload.t);
    if age > CURSOR_VALID.num_seconds() {
        return Err(problem(
            "cursor",
            "cursor_expired",
            "The cursor is older than 24 hours. Start again without `cursor`.",
        ));
    }
    Ok(Position {
        values: payload.v,
        backward: payload.b,
    })
}

fn verified(text: &str, key: &CursorKey) -> Option<Payload> {
    let encoded = text
        .strip_prefix(PREFIX)
        .filter(|_| text.len() <= TEXT_MAX)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let (payload, tag) = bytes.split_last_chunk::<TAG_LENGTH>()?;
    if key.is_tag(payload, tag) {
        serde_json::from_slice(payload).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BINDING: Binding<'_> = Binding {
        sort: "-created_at",
        filter: "abc",
    };

    fn key() -> CursorKey {
        CursorKey::new(vec![7; 32].into(), None)
    }

    fn position() -> Position {
        Position {
            values: vec![
                Some("2026-11-24 03:58:42.123456+00".into()),
                None,
                Some("x".into()),
            ],
            backward: true,
        }
    }

    fn code(result: Result<Position, Problem>) -> String {
        result.map_or_else(|problem| problem.code, |_| "ok".to_owned())
    }

    #[test]
    fn reads_back_until_it_expires() {
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        let text = encode(position(), BINDING, &key(), now).unwrap();
        assert!(text.starts_with("c_"));
        assert_eq!(
            decode(&text, BINDING, &key(), now + CURSOR_VALID).unwrap(),
            position()
        );
        assert_eq!(
            code(decode(
                &text,
                BINDING,
                &key(),
                now + CURSOR_VALID + Duration::seconds(1)
            )),
            "cursor_expired"
        );
        let other = CursorKey::new(vec![8; 32].into(), None);
        assert_eq!(code(decode(&text, BINDING, &other, now)), "cursor_invalid");
        let changed = CursorKey::new(vec![8; 32].into(), Some(vec![7; 32].into()));
        assert_eq!(decode(&text, BINDING, &changed, now).unwrap(), position());
        let new = encode(position(), BINDING, &changed, now).unwrap();
        assert!(decode(&new, BINDING, &other, now).is_ok());
        for other in [
            Binding {
                sort: "created_at",
                ..BINDING
            },
            Binding {
                filter: "abd",
                ..BINDING
            },
        ] {
            assert_eq!(code(decode(&text, other, &key(), now)), "cursor_mismatch");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", key()), "CursorKey(…)");
    }

    #[test]
    fn the_hash_keeps_parts_apart() {
        assert_ne!(filter_hash(&["ab", "c"]), filter_hash(&["a", "bc"]));
    }

    proptest! {
        #[test]
        fn a_changed_cursor_is_refused(at in 0_usize..1000, bit in 0_u8..8) {
            let now = DateTime::UNIX_EPOCH;
            let text = encode(position(), BINDING, &key(), now).unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(&text[2..]).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let changed = format!("c_{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(code(decode(&changed, BINDING, &key(), now)), "cursor_invalid");
        }

        #[test]
        fn anything_else_is_refused(text: String) {
            prop_assert_eq!(code(decode(&text, BINDING, &key(), DateTime::UNIX_EPOCH)), "cursor_invalid");
            let text = format!("c_{text}");
            prop_assert_eq!(code(decode(&text, BINDING, &key(), DateTime::UNIX_EPOCH)), "cursor_invalid");
        }
    }
}
