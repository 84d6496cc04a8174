//! Checks and generators: `cargo xtask <task>`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks on the terminal"
)]

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use xtask::{generate, postgres, scaffold, tidy, workspace};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Checks and generators of this workspace"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check the rules of the house: imports, names, sizes, migrations, invariants.
    Tidy,
    /// Write what is generated: SQL cache, API description, TypeScript types, references.
    Gen {
        /// Change nothing; fail when something is stale.
        #[arg(long)]
        check: bool,
        /// Which part; all of them without it.
        #[arg(value_enum)]
        parts: Vec<generate::Part>,
        /// Lint while the SQL is checked: one pass over the server instead of two.
        #[arg(long)]
        clippy: bool,
        /// Use the `som` already built instead of building it.
        #[arg(long)]
        built: bool,
    },
    /// Lay out a feature: module, handlers, service, store and its test file.
    NewFeature {
        /// Plural, snake_case: `price_lists`.
        name: String,
    },
    /// Run a command with DATABASE_URL of a private, throw-away PostgreSQL.
    WithDb {
        /// The command and its arguments, after `--`.
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let root = workspace::root();
    match Cli::parse().task {
        Task::Tidy => {
            let findings = tidy::run(&root)?;
            for finding in &findings {
                eprintln!("{finding}");
            }
            if !findings.is_empty() {
                bail!("tidy: {} finding(s)", findings.len());
            }
            println!("tidy: nothing to say");
        }
        Task::Gen {
            check,
            parts,
            clippy,
            built,
        } => {
            let options = generate::Options {
                check,
                clippy,
                built,
            };
            generate::run(&root, &parts, options)?;
        }
        Task::NewFeature { name } => {
            for path in scaffold::new_feature(&root, &name)? {
                println!("wrote {path}");
            }
            println!("{}", scaffold::NEXT_STEPS);
        }
        Task::WithDb { command } => {
            let code = postgres::run_with_database(&command)?;
            return Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from));
        }
    }
    Ok(ExitCode::SUCCESS)
}
