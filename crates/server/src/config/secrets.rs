//! Section `secrets`: the keys. Values never appear in messages, logs or `Debug`.
use super::key_strength::weakness;
use super::keys::{Key, secret};
use super::reader::Reader;
use super::source::{Origin, Values};
use super::{Fault, Mode};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::SecretSlice;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Its keys.
pub(super) const KEYS: &[Key] = &[
    secret(
        "secrets.session_key",
        "SOM_SESSION_KEY",
        "Signs access tokens (Ed25519 seed). 32 random bytes or more, base64 or hex: `openssl rand -base64 32`.",
    ),
    secret(
        "secrets.csrf_key",
        "SOM_CSRF_KEY",
        "Binds CSRF tokens to sessions. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.cursor_key",
        "SOM_CURSOR_KEY",
        "Signs list cursors. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.encryption_key",
        "SOM_ENCRYPTION_KEY",
        "Wraps the keys that seal personal data. Without it that data is lost: keep a copy apart from the database's backups. 32 random bytes or more, base64 or hex.",
    ),
    secret(
        "secrets.session_key_previous",
        "SOM_SESSION_KEY_PREVIOUS",
        "The session key before the last change of it, or the one to come: accepted, but nothing is signed with it.",
    ),
    secret(
        "secrets.csrf_key_previous",
        "SOM_CSRF_KEY_PREVIOUS",
        "The same for the CSRF key.",
    ),
    secret(
        "secrets.cursor_key_previous",
        "SOM_CURSOR_KEY_PREVIOUS",
        "The same for the cursor key.",
    ),
    secret(
        "secrets.encryption_key_previous",
        "SOM_ENCRYPTION_KEY_PREVIOUS",
        "The encryption key before the last change of it; needed as long as `som keys status` names something that it wrapped.",
    ),
];

/// Fewest bytes of a key.
pub const KEY_BYTES_MIN: usize = 32;

/// The keys of this installation.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub session_key: SecretSlice<u8>,
    /// Binds CSRF tokens to sessions.
    pub csrf_key: SecretSlice<u8>,
    /// Signs list cursors.
    pub cursor_key: SecretSlice<u8>,
    /// Wraps the keys that seal personal data.
    pub encryption_key: SecretSlice<u8>,
    /// What signed access tokens before.
    pub session_key_previous: Option<SecretSlice<u8>>,
    /// What bound CSRF tokens before.
    pub csrf_key_previous: Option<SecretSlice<u8>>,
    /// What signed list cursors before.
    pub cursor_key_previous: Option<SecretSlice<u8>>,
    /// What wrapped the keys before.
    pub encryption_key_previous: Option<SecretSlice<u8>>,
}

/// How the names of keys end that are set only while a key is changed: never made up.
pub const PREVIOUS: &str = "_previous";

impl Secrets {
    pub(super) fn read(r: &mut Reader<'_>, mode: Mode) -> Option<Self> {
        let session_key = read_key(r, "secrets.session_key", mode);
        let csrf_key = read_key(r, "secrets.csrf_key", mode);
        let cursor_key = read_key(r, "secrets.cursor_key", mode);
        let encryption_key = read_key(r, "secrets.encryption_key", mode);
        let session_key_previous = read_previous(r, "secrets.session_key_previous", mode);
        let csrf_key_previous = read_previous(r, "secrets.csrf_key_previous", mode);
        let cursor_key_previous = read_previous(r, "secrets.cursor_key_previous", mode);
        let encryption_key_previous = read_previous(r, "secrets.encryption_key_previous", mode);
        Some(Self {
            session_key: session_key?.into(),
            csrf_key: csrf_key?.into(),
            cursor_key: cursor_key?.into(),
            encryption_key: encryption_key?.into(),
            session_key_previous: session_key_previous?,
            csrf_key_previous: csrf_key_previous?,
            cursor_key_previous: cursor_key_previous?,
            encryption_key_previous: encryption_key_previous?,
        })
    }

    /// Fresh random keys that live as long as the value: for tests.
    pub fn random() -> Result<Self, getrandom::Error> {
        Ok(Self {
            session_key: random()?.to_vec().into(),
            csrf_key: random()?.to_vec().into(),
            cursor_key: random()?.to_vec().into(),
            encryption_key: random()?.to_vec().into(),
            session_key_previous: None,
            csrf_key_previous: None,
            cursor_key_previous: None,
            encryption_key_previous: None,
        })
    }
}

fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A fresh key as it is written into files.
pub fn random_text() -> Result<String, getrandom::Error> {
    Ok(STANDARD.encode(random()?))
}

/// A key that may be absent; the outer `None` means a fault was noted.
fn read_previous(r: &mut Reader<'_>, name: &str, mode: Mode) -> Option<Option<SecretSlice<u8>>> {
    if r.values.get(name).is_none_or(|(text, _)| text.is_empty()) {
        return Some(None);
    }
    read_key(r, name, mode).map(|key| Some(key.into()))
}

fn read_key(r: &mut Reader<'_>, name: &str, mode: Mode) -> Option<Vec<u8>> {
    let Some((text, _)) = r.values.get(name).filter(|(text, _)| !text.is_empty()) else {
        r.faults.push(Fault::of(
            name,
            "must be set: 32 random bytes, for example from `openssl rand -base64 32`".into(),
        ));
        return None;
    };
    let weakness = match decode(text) {
        None => Some("is neither base64 nor hex".to_owned()),
        Some(bytes) => weakness(text, &bytes),
    };
    match weakness {
        // development makes strong keys itself, so a weak one was set on purpose there too
        Some(message) if mode == Mode::Production || decode(text).is_none() => {
            r.faults.push(Fault::of(name, message));
            None
        }
        _ => decode(text),
    }
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if text.len().is_multiple_of(2)
        && text.len() >= 2
        && text.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok())
            .collect();
    }
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|engine| engine.decode(text).ok())
        .filter(|b| !b.is_empty())
}

/// Faults of secrets that equal one another.
pub(super) fn duplicates(values: &Values) -> Vec<Fault> {
    let mut seen: BTreeMap<Vec<u8>, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for key in KEYS {
        let Some(bytes) = values.get(key.name).and_then(|(text, _)| decode(text)) else {
            continue;
        };
        if let Some(first) = seen.insert(bytes, key.name) {
            faults.push(Fault::of(
                key.name,
                format!("is the same value as {first}: every key needs its own"),
            ));
        }
    }
    faults
}

/// Keys that are being changed, from the same file.
fn fill_previous(values: &mut Values, stored: &toml::Table, path: &Path) {
    for key in KEYS.iter().filter(|k| k.name.ends_with(PREVIOUS)) {
        let short = key.name.trim_start_matches("secrets.");
        let unset = values.get(key.name).is_none_or(|(text, _)| text.is_empty());
        if let Some(text) = stored
            .get(short)
            .and_then(toml::Value::as_str)
            .filter(|_| unset)
        {
            values.set(key, text.to_owned(), Origin::Generated(path.to_owned()));
        }
    }
}

/// In development: fills unset keys from `secrets.toml` in the data directory, making it (mode 0600) when needed.
pub(super) fn fill(values: &mut Values, data_dir: &Path) -> Result<(), Fault> {
    let missing: Vec<_> = KEYS
        .iter()
        .filter(|k| !k.name.ends_with(PREVIOUS))
        .filter(|k| values.get(k.name).is_none_or(|(text, _)| text.is_empty()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let path = data_dir.join("secrets.toml");
    let fault = |message: String| Fault::of(&path.display().to_string(), message);
    let mut stored = match std::fs::read_to_string(&path) {
        Ok(text) => text
            .parse::<toml::Table>()
            .map_err(|_| fault("is not valid TOML; delete it to make new secrets".into()))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => toml::Table::new(),
        Err(e) => return Err(fault(format!("cannot be read: {e}"))),
    };
    let mut changed = false;
    for key in missing {
        let short = key.name.trim_start_matches("secrets.");
        if !stored.contains_key(short) {
            let fresh = random_text().map_err(|e| fault(format!("no randomness: {e}")))?;
            stored.insert(short.to_owned(), toml::Value::String(fresh));
            changed = true;
        }
        if let Some(text) = stored.get(short).and_then(toml::Value::as_str) {
            values.set(key, text.to_owned(), Origin::Generated(path.clone()));
        }
    }
    fill_previous(values, &stored, &path);
    if changed {
        write_private(&path, &stored.to_string())
            .map_err(|e| fault(format!("cannot be written: {e}")))
    } else {
        Ok(())
    }
}

/// Writes a file only its owner may read, in one step, so that no half file and no wider mode is ever seen.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let temporary = path.with_extension(format!("tmp{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}
