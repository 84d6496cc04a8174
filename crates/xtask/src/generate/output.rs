//! Writing or comparing one generated file.
#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks on the terminal"
)]

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::Options;

/// Writes `text` to `path` when it differs; in a check, returns the path instead.
pub(super) fn settle(
    root: &Path,
    path: &str,
    text: &str,
    options: Options,
) -> Result<Option<String>> {
    let full = root.join(path);
    if fs::read_to_string(&full).is_ok_and(|old| old == text) {
        return Ok(None);
    }
    if options.check {
        return Ok(Some(path.to_owned()));
    }
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&full, text)?;
    println!("wrote {path}");
    Ok(None)
}
