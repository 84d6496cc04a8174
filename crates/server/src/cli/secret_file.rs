//! Changes one key in the file it stands in: comments, owner and mode of the file stay, and nobody ever sees half of it.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use toml_edit::{DocumentMut, Item, Value, value};

use super::{Exit, Failure};

/// Changes keys of a TOML file, `None` removes one. Names are `section.key`; a file without sections has them by their last part.
pub(super) fn change_toml(path: &Path, changes: &[(&str, Option<&str>)]) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| trouble(path, &e))?;
    let mut file: DocumentMut = text.parse().map_err(|_| {
        Failure::new(
            Exit::Configuration,
            format!("{} is not valid TOML", path.display()),
        )
    })?;
    for (name, new) in changes {
        let (section, key) = name.split_once('.').unwrap_or(("", name));
        let table = match file.get_mut(section).and_then(Item::as_table_like_mut) {
            Some(table) => table,
            None => file.as_table_mut() as &mut dyn toml_edit::TableLike,
        };
        match new {
            // in place, so that the comments around it stay
            Some(text) => match table.get_mut(key).and_then(Item::as_value_mut) {
                Some(there) => {
                    let decor = there.decor().clone();
                    *there = Value::from(*text);
                    *there.decor_mut() = decor;
                }
                None => drop(table.insert(key, value(*text))),
            },
            None => {
                table.remove(key);
            }
        }
    }
    replace(path, &file.to_string())
}

/// Writes a file whose whole content is a key.
pub(super) fn change_plain(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text)
}

fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        // what is named may be a link to where secrets are mounted
        let path = path.canonicalize()?;
        let there = std::fs::metadata(&path)?;
        let temporary = path.with_extension(format!("tmp{}", std::process::id()));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        let done = (|| {
            file.write_all(text.as_bytes())?;
            let own = file.metadata()?;
            if (own.uid(), own.gid()) != (there.uid(), there.gid()) {
                chown(&temporary, Some(there.uid()), Some(there.gid()))?;
            }
            let mode = there.permissions().mode() & 0o7777;
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)
        })();
        if done.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        done
    };
    write().map_err(|e| trouble(path, &e))
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("cannot change {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_changes_and_the_rest_of_the_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("som.toml");
        let before = "# ours\nmode = \"production\"\n\n[secrets]\n# signs\nsession_key = \"old\" # kept\ncsrf_key = \"c\"\n";
        std::fs::write(&path, before).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let change = |changes: &[(&str, Option<&str>)]| {
            change_toml(&path, changes).unwrap();
            std::fs::read_to_string(&path).unwrap()
        };
        let after = change(&[
            ("secrets.session_key", Some("new")),
            ("secrets.session_key_previous", Some("old")),
        ]);
        assert!(
            after.starts_with(
                "# ours\nmode = \"production\"\n\n[secrets]\n# signs\nsession_key = \"new\""
            ),
            "{after}"
        );
        assert!(after.contains("session_key_previous = \"old\""));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        let last = change(&[("secrets.session_key_previous", None)]);
        assert!(!last.contains("old\"") && last.contains("csrf_key = \"c\""));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_without_sections_has_short_names() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.toml");
        std::fs::write(&path, "session_key = \"old\"\n").unwrap();
        change_toml(&path, &[("secrets.session_key", Some("new"))]).unwrap();
        let after = std::fs::read_to_string(&path).unwrap();
        assert_eq!(after, "session_key = \"new\"\n");
        std::fs::write(&path, "not toml").unwrap();
        assert!(change_toml(&path, &[]).is_err());
    }
}
