//! Section `audit`: where the proof of the audit log goes.
use super::keys::DefaultValue::None as Unset;
use super::keys::{Key, key};
use super::reader::Reader;
use std::path::PathBuf;

/// Its keys.
pub(super) const KEYS: &[Key] = &[key(
    "audit.checkpoints_file",
    "SOM_AUDIT_CHECKPOINTS",
    Unset,
    "File that signed checkpoints of the audit log are appended to, best where the server may add and not change. They are also lines of the server's log.",
)];

/// Where the proof of the audit log goes.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// File that signed checkpoints are appended to.
    pub checkpoints_file: Option<PathBuf>,
}

impl AuditConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let file: Option<String> = r.optional("audit.checkpoints_file");
        Self {
            checkpoints_file: file.map(PathBuf::from),
        }
    }
}
