//! Section `audit`: where the proof of the audit log goes.
use super::reader::Reader;
use std::path::PathBuf;

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
