//! Whom PostgreSQL runs as. It refuses root, so a root process picks an account without privileges.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A user of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) name: String,
}

impl Account {
    /// The account for a cluster: `None` when this process is not root and simply runs it itself.
    /// The owner of an existing cluster wins; then the user `som`, the owner of the data directory, `nobody`.
    pub(super) fn choose(cluster: &Path, data_dir: &Path) -> Option<Self> {
        if effective_uid() != 0 {
            return None;
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        owner(cluster, &users)
            .or_else(|| named(&users, "som"))
            .or_else(|| owner(data_dir, &users))
            .or_else(|| named(&users, "nobody"))
            .or_else(|| {
                Some(Self {
                    uid: 65_534,
                    gid: 65_534,
                    name: "nobody".into(),
                })
            })
    }

    /// The first directory on the way to `path` that this account cannot pass.
    pub(super) fn blocked_at(&self, path: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = path.ancestors().skip(1).collect();
        ancestors.reverse();
        let blocked = ancestors.into_iter().find(|dir| {
            std::fs::metadata(dir).is_ok_and(|meta| {
                let bit = if meta.uid() == self.uid {
                    0o100
                } else if meta.gid() == self.gid {
                    0o010
                } else {
                    0o001
                };
                meta.mode() & bit == 0
            })
        });
        blocked.map(Path::to_owned)
    }
}

fn owner(path: &Path, users: &str) -> Option<Account> {
    let meta = std::fs::metadata(path).ok().filter(|m| m.uid() != 0)?;
    let name = parse(users).find(|a| a.uid == meta.uid()).map(|a| a.name);
    Some(Account {
        uid: meta.uid(),
        gid: meta.gid(),
        name: name.unwrap_or_else(|| meta.uid().to_string()),
    })
}

fn named(users: &str, name: &str) -> Option<Account> {
    parse(users).find(|a| a.name == name && a.uid != 0)
}

fn parse(users: &str) -> impl Iterator<Item = Account> {
    users.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Account { uid, gid, name })
    })
}

/// The effective user id, without `unsafe`: `/proc` on Linux, `id` elsewhere.
pub(super) fn effective_uid() -> u32 {
    if let Ok(meta) = std::fs::metadata("/proc/self") {
        return meta.uid();
    }
    let output = Command::new("id").arg("-u").output().ok();
    output
        .and_then(|o| String::from_utf8(o.stdout).ok())
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_name_and_root_is_never_taken() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\nsom:x:991:990::/var/lib/som:/bin/false\nbad line\n";
        assert_eq!(
            named(users, "som").map(|a| (a.uid, a.gid)),
            Some((991, 990))
        );
        assert_eq!(named(users, "root"), None);
        assert_eq!(named(users, "nobody"), None);
    }

    #[test]
    fn a_private_parent_directory_blocks() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let stranger = Account {
            uid: 4_000_000,
            gid: 4_000_000,
            name: "stranger".into(),
        };
        assert_eq!(
            stranger.blocked_at(&dir.path().join("a/b")),
            Some(dir.path().to_owned())
        );
    }
}
