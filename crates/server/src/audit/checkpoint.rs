//! Signed checkpoints: how long a chain was at an instant, and its hash there.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::chain::Hash;
use crate::config::Secrets;
use crate::security::keys::derive;

/// What is signed, as it is also written into logs and files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose chain.
    pub organization_id: Uuid,
    /// How long it was.
    pub position: i64,
    /// Its hash there, in hexadecimal digits.
    pub hash: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The key that signed.
    pub key_id: String,
    /// Ed25519, base64url.
    pub signature: String,
}

/// Signs checkpoints, and checks them with its key and the one before.
#[derive(Debug)]
pub struct Signer {
    pub(super) key: SigningKey,
    pub(super) known: Vec<VerifyingKey>,
}

/// The name of a key.
pub(super) fn key_id(key: &VerifyingKey) -> String {
    let print = Sha256::digest(key.to_bytes());
    URL_SAFE_NO_PAD.encode(print.get(..9).unwrap_or_default())
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn statement(organization: Uuid, position: i64, hash: &str, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    format!("som audit checkpoint v1\n{organization}\n{position}\n{hash}\n{at}\n")
}

impl Signer {
    /// With keys derived from the encryption key, and from the one before it.
    ///
    /// # Errors
    /// Never for keys of the configuration's least length.
    pub fn new(secrets: &Secrets) -> anyhow::Result<Self> {
        let derived = |secret| -> anyhow::Result<SigningKey> {
            let seed = derive(secret, "audit checkpoints ed25519")?;
            Ok(SigningKey::from_bytes(&seed))
        };
        let key = derived(&secrets.encryption_key)?;
        let mut known = vec![key.verifying_key()];
        if let Some(previous) = &secrets.encryption_key_previous {
            known.push(derived(previous)?.verifying_key());
        }
        Ok(Self { key, known })
    }

    /// Signs how a chain stands.
    pub(super) fn sign(
        &self,
        organization_id: Uuid,
        position: i64,
        hash: &Hash,
        at: DateTime<Utc>,
    ) -> Checkpoint {
        let hash = hex(hash);
        let signature = self
            .key
            .sign(statement(organization_id, position, &hash, at).as_bytes());
        Checkpoint {
            organization_id,
            position,
            hash,
            at,
            key_id: key_id(&self.key.verifying_key()),
            signature: URL_SAFE_NO_PAD.encode(signature.to_bytes()),
        }
    }

    /// Whether one of our keys signed exactly this.
    pub fn is_ours(&self, checkpoint: &Checkpoint) -> bool {
        let Some(key) = self.known.iter().find(|k| key_id(k) == checkpoint.key_id) else {
            return false;
        };
        let Checkpoint {
            organization_id,
            position,
            hash,
            at,
            ..
        } = checkpoint;
        let Some(signature) = URL_SAFE_NO_PAD
            .decode(&checkpoint.signature)
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
        else {
            return false;
        };
        let statement = statement(*organization_id, *position, hash, *at);
        key.verify_strict(statement.as_bytes(), &signature).is_ok()
    }
}

impl Checkpoint {
    /// Tells the outside: a line of the log, and of the file when there is one.
    pub(super) fn tell(&self, file: Option<&Path>) {
        tracing::info!(
            target: "som::audit",
            organization = %self.organization_id, position = self.position, hash = self.hash, at = %self.at,
            key = self.key_id, signature = self.signature, "audit checkpoint"
        );
        let Some(path) = file else { return };
        if let Err(error) = self.append(path) {
            tracing::error!(%error, path = %path.display(), "an audit checkpoint cannot be written to its file");
        }
    }

    fn append(&self, path: &Path) -> anyhow::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).append(true).mode(0o640).open(path)?;
        let mut line = serde_json::to_string(self)?;
        line.push('\n');
        // one write: lines of several processes do not mix
        file.write_all(line.as_bytes())?;
        Ok(file.sync_data()?)
    }

    /// The checkpoints of the configured file. It exists only once something was sealed.
    ///
    /// # Errors
    /// As [`Checkpoint::read`].
    pub fn outside(configured: Option<&Path>) -> anyhow::Result<Vec<Self>> {
        let file = configured.filter(|path| path.exists());
        file.map_or(Ok(Vec::new()), Self::read)
    }

    /// Reads a file of checkpoints.
    ///
    /// # Errors
    /// When it cannot be read; names the first line that is none.
    pub fn read(path: &Path) -> anyhow::Result<Vec<Self>> {
        let text = std::fs::read_to_string(path)?;
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty());
        lines
            .map(|(n, line)| {
                serde_json::from_str(line)
                    .map_err(|error| anyhow::anyhow!("line {}: {error}", n + 1))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_ours_as_signed_only() {
        let mut secrets = Secrets::random().unwrap();
        let signer = Signer::new(&secrets).unwrap();
        let signed = signer.sign(Uuid::from_u128(1), 3, &[7; 32], DateTime::UNIX_EPOCH);
        assert!(signer.is_ours(&signed));
        let changes: [fn(&mut Checkpoint); 5] = [
            |c| c.organization_id = Uuid::nil(),
            |c| c.position = 2,
            |c| c.hash = hex(&[8; 32]),
            |c| c.at += chrono::Duration::seconds(1),
            |c| c.signature = String::new(),
        ];
        for change in changes {
            let mut changed = signed.clone();
            change(&mut changed);
            assert!(!signer.is_ours(&changed), "{changed:?}");
        }
        let fresh = Secrets::random().unwrap().encryption_key;
        let old = std::mem::replace(&mut secrets.encryption_key, fresh);
        assert!(!Signer::new(&secrets).unwrap().is_ours(&signed));
        secrets.encryption_key_previous = Some(old);
        assert!(Signer::new(&secrets).unwrap().is_ours(&signed));
    }

    #[test]
    fn a_file_of_checkpoints_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("checkpoints.jsonl");
        let signer = Signer::new(&Secrets::random().unwrap()).unwrap();
        let one = signer.sign(Uuid::from_u128(1), 1, &[1; 32], DateTime::UNIX_EPOCH);
        one.tell(Some(&path));
        one.tell(Some(&path));
        assert_eq!(Checkpoint::read(&path).unwrap(), [one.clone(), one]);
        std::fs::write(&path, "{}\n").unwrap();
        assert!(Checkpoint::read(&path).is_err());
    }
}
