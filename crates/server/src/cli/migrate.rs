//! `som migrate`: what is applied, what is pending, apply it.

use super::arguments::{ConfigFlags, MigrateCommand};
use super::open::{Opened, open};
use super::{Exit, Failure, Outcome, out};

pub(super) async fn run(flags: &ConfigFlags, command: MigrateCommand) -> Outcome {
    let opened = open(flags).await?;
    let outcome = match command {
        MigrateCommand::Status => status(&opened).await,
        MigrateCommand::Plan => plan(&opened).await,
        MigrateCommand::Up => up(&opened).await,
    };
    opened.close().await;
    outcome
}

async fn status(opened: &Opened) -> Outcome {
    let schema = opened.schema().await?;
    out::data(&format!("applied  {}", schema.applied.len()));
    for step in &schema.pending {
        out::data(&format!("pending  {}", step.title()));
    }
    for version in &schema.changed {
        out::data(&format!("changed  {version:04}"));
    }
    for version in &schema.unknown {
        out::data(&format!(
            "unknown  {version:04} (applied by a newer release)"
        ));
    }
    if schema.is_current() {
        return Ok(Exit::Ok);
    }
    if schema.changed.is_empty() {
        out::word("Next: som migrate up");
    } else {
        out::word(
            "An applied migration differs from this release's: install the release that applied it.",
        );
    }
    Ok(Exit::Schema)
}

async fn plan(opened: &Opened) -> Outcome {
    for step in opened.schema().await?.pending {
        out::data(&format!("-- {}\n{}", step.title(), step.sql));
    }
    Ok(Exit::Ok)
}

async fn up(opened: &Opened) -> Outcome {
    let before = opened.schema().await?;
    opened.migrate().await?;
    for step in &before.pending {
        out::data(&format!("applied  {}", step.title()));
    }
    let after = opened.schema().await?;
    if !after.is_current() {
        return Err(
            Failure::new(Exit::Schema, "the schema still differs from this release's")
                .next("som migrate status"),
        );
    }
    if before.pending.is_empty() {
        out::word("Nothing was pending.");
    }
    Ok(Exit::Ok)
}
