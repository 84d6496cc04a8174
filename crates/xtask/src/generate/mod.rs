//! Writes what is generated, or says that it is stale.

mod output;
mod som;
mod sql;

use std::path::Path;

use anyhow::{Result, bail};

/// What can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// `.sqlx`: what the database says about every query, so that building needs no database.
    Sql,
    /// `api/openapi.json` and the TypeScript types made from it.
    Api,
    /// `docs/reference`: the command line and the configuration.
    Reference,
}

/// How to go about it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Change nothing; fail when something is stale.
    pub check: bool,
    /// Run clippy over the workspace in the pass that checks the SQL.
    pub clippy: bool,
    /// Use `target/debug/som` as it is.
    pub built: bool,
}

/// Generates the parts, all of them when none is named.
///
/// # Errors
/// When a generator fails, or, in a check, when something is stale.
pub fn run(root: &Path, parts: &[Part], options: Options) -> Result<()> {
    let wanted = |part| parts.is_empty() || parts.contains(&part);
    let mut stale = Vec::new();
    if wanted(Part::Sql) {
        stale.extend(sql::run(root, options)?);
    }
    if wanted(Part::Api) || wanted(Part::Reference) {
        let som = som::Som::find(root, options)?;
        if wanted(Part::Api) {
            stale.extend(som.api(options)?);
        }
        if wanted(Part::Reference) {
            stale.extend(som.reference(options)?);
        }
    }
    if !stale.is_empty() {
        bail!(
            "stale, run `cargo xtask gen` and commit:\n  {}",
            stale.join("\n  ")
        );
    }
    Ok(())
}
