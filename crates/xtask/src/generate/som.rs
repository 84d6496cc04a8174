//! What the `som` binary describes: the API, the command line, the configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Options, output};
use crate::workspace;

const OPENAPI: &str = "api/openapi.json";
/// Pages of `som reference`.
const REFERENCE: [(&str, &str); 4] = [
    ("cli", "docs/reference/cli.md"),
    ("config", "docs/reference/configuration.md"),
    ("env", ".env.example"),
    ("permissions", "docs/reference/permissions.md"),
];
const TYPES: &str = "web/src/lib/schema.gen.ts";

/// A built `som`.
pub(super) struct Som {
    root: PathBuf,
    binary: PathBuf,
}

impl Som {
    pub(super) fn find(root: &Path, options: Options) -> Result<Self> {
        if !options.built {
            // The SQL cache was settled before; no database is needed now.
            let build = workspace::command("cargo")
                .args(["build", "--package", "som-server", "--bin", "som"])
                .env("SQLX_OFFLINE", "true")
                .current_dir(root)
                .status()?;
            if !build.success() {
                bail!("som does not build");
            }
        }
        let binary = workspace::target(root).join("debug/som");
        Ok(Self {
            root: root.to_path_buf(),
            binary,
        })
    }

    /// What `som <arguments>` prints.
    fn print(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.binary)
            .args(arguments)
            .env("NO_COLOR", "1")
            // The terminal's width must not change the text.
            .env("COLUMNS", "100")
            .current_dir(&self.root)
            .output()
            .with_context(|| self.binary.display().to_string())?;
        if !output.status.success() || output.stdout.is_empty() {
            bail!(
                "som {} failed: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let text = String::from_utf8(output.stdout)?;
        Ok(format!("{}\n", text.trim_end()))
    }

    pub(super) fn api(&self, options: Options) -> Result<Vec<String>> {
        let document = self.print(&["openapi"])?;
        serde_json::from_str::<serde_json::Value>(&document)
            .context("som openapi printed no JSON")?;
        let mut stale = Vec::new();
        stale.extend(output::settle(&self.root, OPENAPI, &document, options)?);
        stale.extend(output::settle(
            &self.root,
            TYPES,
            &self.types(&document)?,
            options,
        )?);
        Ok(stale)
    }

    fn types(&self, document: &str) -> Result<String> {
        let tool = self.root.join("web/node_modules/.bin/openapi-typescript");
        if !tool.exists() {
            bail!("web/node_modules is missing: run scripts/setup.sh");
        }
        let folder = workspace::target(&self.root).join("xtask");
        fs::create_dir_all(&folder)?;
        let (input, out) = (folder.join("openapi.json"), folder.join("schema.gen.ts"));
        fs::write(&input, document)?;
        let run = Command::new(tool)
            .arg(&input)
            .arg("--output")
            .arg(&out)
            .current_dir(&self.root)
            .output()?;
        if !run.status.success() {
            bail!(
                "openapi-typescript failed: {}",
                String::from_utf8_lossy(&run.stderr)
            );
        }
        Ok(fs::read_to_string(out)?)
    }

    pub(super) fn reference(&self, options: Options) -> Result<Vec<String>> {
        let mut stale = Vec::new();
        for (page, path) in REFERENCE {
            let text = self.print(&["reference", page])?;
            stale.extend(output::settle(&self.root, path, &text, options)?);
        }
        Ok(stale)
    }
}
