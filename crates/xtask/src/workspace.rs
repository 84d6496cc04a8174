//! Where the workspace is and which files belong to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

/// Folders that never hold sources; skipped when git cannot be asked.
const SKIPPED: [&str; 6] = ["target", "node_modules", "dist", ".git", "data", "coverage"];

/// The workspace's root folder. Asked at run time, so that a moved or shared build works too.
#[must_use]
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = manifest.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_path_buf()
}

/// The folder for finished builds.
#[must_use]
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// A file of the workspace: its path from the root, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the root, with `/` on every system.
    pub path: String,
    /// Empty for a binary file.
    pub text: String,
    /// Size in bytes.
    pub size: usize,
    /// True when the bytes are not UTF-8 text.
    pub binary: bool,
}

impl Source {
    /// A source from text, for tests of the checks.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            size: text.len(),
            binary: false,
        }
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// True for a path below `prefix` with the extension `ext`.
    #[must_use]
    pub fn is(&self, prefix: &str, ext: &str) -> bool {
        self.path.starts_with(prefix) && self.path.rsplit_once('.').is_some_and(|(_, e)| e == ext)
    }
}

/// Every file that is or would be committed.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut paths = git_files(root).map_or_else(|| walk(root, root), Ok)?;
    paths.sort();
    paths.dedup();
    let mut all = Vec::with_capacity(paths.len());
    for path in paths {
        let full = root.join(&path);
        // A deleted file is still listed by git until the deletion is staged.
        if !full.is_file() {
            continue;
        }
        let bytes = fs::read(&full).with_context(|| path.clone())?;
        let size = bytes.len();
        let (text, binary) = match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => (text, false),
            _ => (String::new(), true),
        };
        all.push(Source {
            path,
            text,
            size,
            binary,
        });
    }
    Ok(all)
}

fn git_files(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let files: Vec<String> = text
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(String::from)
        .collect();
    (output.status.success() && !files.is_empty()).then_some(files)
}

/// A command that does not look as if it ran inside `cargo run`: build scripts that watch cargo's own variables (ring's does) would
/// build themselves, and all that needs them, anew.
#[must_use]
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let watched = name
            .to_str()
            .is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"));
        if watched {
            command.env_remove(&name);
        }
    }
    command
}

fn walk(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !SKIPPED.contains(&name) {
                found.extend(walk(root, &path)?);
            }
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(found)
}
