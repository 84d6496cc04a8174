//! `som import`: a file through the services of the API, tried first.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::{ConfigFlags, ImportEntity, ImportOptions};
use super::{Exit, Failure, Outcome, open, out};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::features::imports::mapping::{Entity, Mapping};
use crate::features::imports::report::{Issue, Report};
use crate::features::imports::service::{self, Import};
use crate::features::imports::table::Table;

/// Errors and warnings that are printed one by one.
const PRINTED_MAX: usize = 20;

pub(super) async fn run(flags: &ConfigFlags, options: ImportOptions) -> Outcome {
    let table = Table::read(&read(&options.file)?).map_err(crate::http::ApiError::from)?;
    let mapping = match &options.map {
        None => None,
        Some(path) => {
            Some(Mapping::read(&mapping_text(path)?).map_err(crate::http::ApiError::from)?)
        }
    };
    let import = Import {
        entity: entity(options.entity),
        mapping,
        table,
        commit: options.commit,
        partial: options.partial,
    };
    let opened = open::open(flags).await?;
    let outcome = match opened.application().await {
        Ok(state) => Box::pin(work(&state, &options, &import)).await,
        Err(failure) => Err(failure),
    };
    opened.close().await;
    outcome
}

async fn work(state: &AppState, options: &ImportOptions, import: &Import) -> Outcome {
    let caller = service::caller(
        state,
        options.member.as_deref(),
        options.organization.as_deref(),
    )
    .await?;
    let ctx = Ctx::internal(state, Arc::new(caller)).await?;
    let bar = bar();
    let report = Box::pin(service::run(ctx, import, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    }))
    .await?;
    bar.finish_and_clear();
    tell(options, import, &report)?;
    Ok(if report.errors_total > 0 {
        Exit::Rejected
    } else {
        Exit::Ok
    })
}

/// Drawn on a terminal only.
pub(super) fn bar() -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn tell(options: &ImportOptions, import: &Import, report: &Report) -> Result<(), Failure> {
    if options.json {
        out::data(&serde_json::to_string_pretty(report).map_err(anyhow::Error::from)?);
    } else {
        for counts in &report.results {
            let lines = if counts.lines > 0 {
                format!(" with {} lines", counts.lines)
            } else {
                String::new()
            };
            out::data(&format!(
                "{}: {}{lines}: {} created, {} updated, {} unchanged, {} failed",
                counts.entity.as_str(),
                counts.objects,
                counts.created,
                counts.updated,
                counts.unchanged,
                counts.failed
            ));
        }
        print("warning", &report.warnings, report.warnings_total);
        print("error", &report.errors, report.errors_total);
    }
    if let Some(csv) = report.failed_csv(&import.table) {
        let path = options
            .failed
            .clone()
            .unwrap_or_else(|| failed_path(&options.file));
        std::fs::write(&path, csv).map_err(|error| {
            Failure::new(
                Exit::Unexpected,
                format!("cannot write {}: {error}", path.display()),
            )
        })?;
        out::word(&format!(
            "The rows with errors are in {}: correct them there and import that file.",
            path.display()
        ));
    }
    out::word(
        match (report.committed, options.commit, report.errors_total) {
            (true, _, _) => "Imported.",
            (false, true, _) => {
                "Nothing was kept: correct the errors, or keep the valid objects with --partial."
            }
            (false, false, 0) => "Only tried, nothing was kept. Next: the same with --commit",
            (false, false, _) => "Only tried, nothing was kept.",
        },
    );
    Ok(())
}

fn print(kind: &str, issues: &[Issue], total: u64) {
    for issue in issues.iter().take(PRINTED_MAX) {
        let column = issue
            .column
            .as_deref()
            .map(|column| format!(", {column}"))
            .unwrap_or_default();
        let value = issue
            .value
            .as_deref()
            .map(|value| format!(" “{value}”"))
            .unwrap_or_default();
        out::word(&format!(
            "{kind}: row {}{column}{value}: {} [{}] {}",
            issue.row, issue.detail, issue.code, issue.fix
        ));
    }
    let printed = u64::try_from(issues.len().min(PRINTED_MAX)).unwrap_or(0);
    if total > printed {
        out::word(&format!(
            "… and {} more; --json prints up to a thousand.",
            total - printed
        ));
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(
            Exit::NotFound,
            format!("cannot read {}: {error}", path.display()),
        )
    })
}

/// The text of the file, or the name itself when there is no such file: it may be that of a shipped mapping.
fn mapping_text(path: &Path) -> Result<String, Failure> {
    if !path.exists() && path.extension().is_none() {
        return Ok(path.display().to_string());
    }
    String::from_utf8(read(path)?)
        .map_err(|_| Failure::new(Exit::Rejected, format!("{} is not UTF-8", path.display())))
}

fn failed_path(file: &Path) -> PathBuf {
    file.with_extension("failed.csv")
}

const fn entity(entity: ImportEntity) -> Entity {
    match entity {
        ImportEntity::Customers => Entity::Customers,
        ImportEntity::Products => Entity::Products,
        ImportEntity::Prices => Entity::Prices,
        ImportEntity::Orders => Entity::Orders,
    }
}
