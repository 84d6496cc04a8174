//! The rules of the house that no compiler checks. `cargo xtask tidy`, and a test in `tests/tidy.rs`.

mod files;
mod invariants;
mod layout;
mod migrations;
mod rust_imports;
mod rust_paths;
pub mod table;
mod web_imports;

use std::fmt;
use std::path::Path;

use anyhow::Result;

use crate::workspace::{self, Source};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root.
    pub path: String,
    /// The line, from 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    pub(crate) fn at(source: &Source, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: source.path.clone(),
            line,
            message: message.into(),
        }
    }

    pub(crate) fn of(source: &Source, message: impl Into<String>) -> Self {
        Self::at(source, 0, message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.message)
        } else {
            write!(f, "{}:{}: {}", self.path, self.line, self.message)
        }
    }
}

/// Checks the workspace at `root`.
///
/// # Errors
/// When its files cannot be read.
pub fn run(root: &Path) -> Result<Vec<Finding>> {
    Ok(check(&workspace::sources(root)?))
}

/// Checks the given files.
#[must_use]
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(rust_imports::check(sources));
    found.extend(web_imports::check(sources));
    found.extend(files::check(sources));
    found.extend(layout::check(sources));
    found.extend(migrations::check(sources));
    found.extend(invariants::check(sources));
    found.sort();
    found
}
