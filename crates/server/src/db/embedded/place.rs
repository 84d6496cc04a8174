//! Directories: where the cluster and its socket go, and who may enter.

use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Account, EmbeddedError, EmbeddedOptions};

/// A socket path must fit into `sun_path` (104 bytes on macOS) with the file name that PostgreSQL adds.
const SOCKET_DIR_MAX: usize = 80;

/// Where a cluster lives.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Holds `data/`, `run/` and `server.log`.
    pub(super) root: PathBuf,
    pub(super) account: Option<Account>,
    /// Set when it is not where it was asked for.
    pub(super) note: Option<String>,
}

impl Place {
    /// Decides where the cluster goes and makes the directory.
    pub(super) fn decide(options: &EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let data_dir = &options.data_dir;
        std::fs::create_dir_all(data_dir).map_err(EmbeddedError::io(format!(
            "cannot create {}",
            data_dir.display()
        )))?;
        let data_dir = data_dir.canonicalize().map_err(EmbeddedError::io(format!(
            "cannot open {}",
            data_dir.display()
        )))?;
        let mut root = data_dir.join("postgres");
        let mut account = Account::choose(&root.join("data"), &data_dir);
        let mut note = None;
        if let Some(first) = &account
            && let Some(blocked) = first.blocked_at(&root)
        {
            if !options.may_move {
                return Err(EmbeddedError::Unreachable {
                    path: blocked.display().to_string(),
                    user: first.name.clone(),
                    advice: "choose another SOM_DATA_DIR, or start som as a user other than root"
                        .into(),
                });
            }
            root = elsewhere(&data_dir);
            note = Some(format!(
                "{} cannot be entered by the user {} that PostgreSQL runs as; the database is kept in {}",
                blocked.display(),
                first.name,
                root.display()
            ));
            account = Account::choose(&root.join("data"), &data_dir);
        }
        let place = Self {
            root,
            account,
            note,
        };
        place.make(&place.root, 0o700)?;
        Ok(place)
    }

    /// The directory of the socket, short enough for the system.
    pub(super) fn socket_dir(&self, wanted: Option<&Path>) -> Result<PathBuf, EmbeddedError> {
        let dir = wanted.map_or_else(|| self.root.join("run"), Path::to_owned);
        let dir = if dir.as_os_str().len() <= SOCKET_DIR_MAX {
            dir
        } else {
            PathBuf::from(format!("/tmp/som-{}", fingerprint(&self.root)))
        };
        self.make(&dir, 0o700)?;
        Ok(dir)
    }

    /// Makes a private directory of the account. One that a stranger made beforehand is refused.
    pub(super) fn make(&self, dir: &Path, mode: u32) -> Result<(), EmbeddedError> {
        let what = || format!("cannot prepare {}", dir.display());
        if let Some(parent) = dir.parent() {
            std::fs::create_dir_all(parent).map_err(EmbeddedError::io(what()))?;
        }
        match DirBuilder::new().mode(mode).create(dir) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(EmbeddedError::io(what())(e));
            }
            _ => {}
        }
        let meta = std::fs::symlink_metadata(dir).map_err(EmbeddedError::io(what()))?;
        let ours = super::account::effective_uid();
        let expected = self.account.as_ref().map_or(ours, |a| a.uid);
        if !meta.is_dir() || (meta.uid() != expected && meta.uid() != ours) {
            let error = std::io::Error::other("it belongs to somebody else");
            return Err(EmbeddedError::io(what())(error));
        }
        if let Some(account) = &self.account {
            chown(dir, Some(account.uid), Some(account.gid)).map_err(EmbeddedError::io(what()))?;
        }
        std::fs::set_permissions(dir, Permissions::from_mode(mode))
            .map_err(EmbeddedError::io(what()))
    }
}

/// The directory for a cluster whose own place is closed to its account: the same one at every start.
fn elsewhere(data_dir: &Path) -> PathBuf {
    PathBuf::from(format!("/var/lib/som/{}", fingerprint(data_dir)))
}

fn fingerprint(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash.iter().take(6).map(|b| format!("{b:02x}")).collect()
}
