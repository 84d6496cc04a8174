//! The SQL cache: every `query!` is checked against the migrations' database and what it said is kept.
#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks on the terminal"
)]

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use super::Options;
use crate::postgres::Postgres;
use crate::workspace;

const CACHE: &str = ".sqlx";
const BOOTSTRAP: &str = "bootstrap.sql";

/// Touching these makes cargo expand every macro of the server again.
const ROOTS: [&str; 3] = [
    "crates/server/src/lib.rs",
    "crates/server/src/main.rs",
    "crates/server/tests/it/main.rs",
];

pub(super) fn run(root: &Path, options: Options) -> Result<Vec<String>> {
    let stamp = workspace::target(root).join("xtask/sql.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|old| fingerprint(root).is_ok_and(|new| old == new)) {
        println!("sql: unchanged since the last check");
        return lint(root, options).map(|()| Vec::new());
    }
    let fresh = workspace::target(root).join("xtask/sqlx");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;
    describe(root, &fresh, options)?;
    let (old, new) = (queries(&root.join(CACHE))?, queries(&fresh)?);
    let stale = differences(&old, &new);
    if !stale.is_empty() && options.check {
        return Ok(stale);
    }
    if !stale.is_empty() {
        let _ = fs::remove_dir_all(root.join(CACHE));
        fs::create_dir_all(root.join(CACHE))?;
        for (name, text) in &new {
            fs::write(root.join(CACHE).join(name), text)?;
        }
        println!(
            "wrote {CACHE}: {} queries, {} changed",
            new.len(),
            stale.len()
        );
    }
    fs::write(&stamp, fingerprint(root)?)?;
    Ok(Vec::new())
}

/// Compiles the server against a database made of the migrations.
fn describe(root: &Path, cache: &Path, options: Options) -> Result<()> {
    let cluster = Postgres::start(&migrations(root)?)?;
    for path in ROOTS {
        fs::File::options()
            .append(true)
            .open(root.join(path))?
            .set_modified(SystemTime::now())?;
    }
    let mut command = cargo(root, options.clippy);
    command
        .env("DATABASE_URL", cluster.url())
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", cache);
    if !command.status()?.success() {
        bail!("the server does not compile, or has lints, against the migrations");
    }
    Ok(())
}

fn lint(root: &Path, options: Options) -> Result<()> {
    if options.clippy
        && !cargo(root, true)
            .env("SQLX_OFFLINE", "true")
            .status()?
            .success()
    {
        bail!("clippy has something to say");
    }
    Ok(())
}

fn cargo(root: &Path, clippy: bool) -> Command {
    let mut command = workspace::command("cargo");
    if clippy {
        command.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]);
    } else {
        command.args(["check", "--package", "som-server", "--all-targets"]);
    }
    command.current_dir(root);
    command
}

/// `bootstrap.sql`, which makes the roles, then the numbered ones in order.
fn migrations(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("migrations");
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "sql") {
                files.push(path);
            }
        }
    }
    files.sort_by_key(|path| (!path.ends_with(BOOTSTRAP), path.clone()));
    Ok(files)
}

fn queries(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(name) = path
                .file_name()
                .filter(|_| path.extension().is_some_and(|ending| ending == "json"))
            {
                found.insert(
                    name.to_string_lossy().into_owned(),
                    fs::read_to_string(&path)?,
                );
            }
        }
    }
    Ok(found)
}

fn differences(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let changed = new
        .iter()
        .filter(|(name, text)| old.get(*name) != Some(text))
        .map(|(name, _)| name);
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changed
        .chain(gone)
        .map(|name| format!("{CACHE}/{name}"))
        .collect()
}

/// A hash of everything the cache depends on.
fn fingerprint(root: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for source in workspace::sources(root)? {
        let counts = [
            "crates/server/",
            "crates/domain/",
            "migrations/",
            ".sqlx/",
            "Cargo.lock",
        ];
        if counts.iter().any(|prefix| source.path.starts_with(prefix)) {
            (source.path, source.text).hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_gone_queries_are_told_apart_from_kept_ones() {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect()
        };
        let old: BTreeMap<String, String> = map(&[("kept", "1"), ("changed", "1"), ("gone", "1")]);
        let new = map(&[("kept", "1"), ("changed", "2"), ("new", "1")]);
        assert_eq!(
            differences(&old, &new),
            [".sqlx/changed", ".sqlx/new", ".sqlx/gone"]
        );
    }
}
