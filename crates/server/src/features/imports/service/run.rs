//! One import from table to report.

use serde_json::json;
use uuid::Uuid;

use super::section;
use crate::ctx::{Ctx, Event};
use crate::features::imports::mapping::{Entity, Mapping, Section, standard};
use crate::features::imports::object::Reader;
use crate::features::imports::report::{Issue, Report, fix};
use crate::features::imports::table::Table;
use crate::http::{ApiResult, require};
use crate::permission::Permission;

/// What is to be imported.
#[derive(Debug)]
pub struct Import {
    /// Kind of object; what its section requires comes first.
    pub entity: Entity,
    /// How the columns are read; `None`: they are called like fields.
    pub mapping: Option<Mapping>,
    /// The rows.
    pub table: Table,
    /// Keep what was done; otherwise it is only tried.
    pub commit: bool,
    /// Keep the valid objects although others failed; otherwise all or nothing.
    pub partial: bool,
}

/// Is told how many objects of how many are done.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Runs an import and keeps or undoes what it did. Everything about rows is in the report.
///
/// # Errors
/// Those of [`perform`].
pub async fn run(mut ctx: Ctx, import: &Import, progress: Progress<'_>) -> ApiResult<Report> {
    let report = Box::pin(perform(&mut ctx, import, progress)).await?;
    if report.committed {
        ctx.commit().await?;
    } else {
        ctx.tx.rollback().await?;
    }
    Ok(report)
}

/// Carries an import out. The caller commits when the report says `committed`, and rolls back when it does not.
///
/// # Errors
/// 403 without the permissions of the objects, 422 for a mapping that does not fit, and faults of ours.
pub async fn perform(ctx: &mut Ctx, import: &Import, progress: Progress<'_>) -> ApiResult<Report> {
    let named = import.mapping.as_ref();
    let by_name = standard(import.entity, &import.table);
    let mapping = named.unwrap_or(&by_name);
    let plan = mapping.plan(import.entity)?;
    mapping.check_columns(&plan, &import.table)?;
    for (entity, _) in &plan {
        require(&ctx.caller, permission(*entity))?;
    }
    let mut report = Report::new(
        u64::try_from(import.table.rows.len() + import.table.broken.len()).unwrap_or(0),
    );
    broken(import, &mut report);
    let total: usize = plan
        .iter()
        .map(|plan| reader(plan, mapping, import).groups().0.len())
        .sum();
    let mut done = 0_u64;
    let total = u64::try_from(total).unwrap_or(0);
    for part in &plan {
        let reader = reader(part, mapping, import);
        let mut step = || {
            done += 1;
            progress(done, total);
        };
        let source = mapping.source.as_deref().unwrap_or("import");
        let counts = Box::pin(section::run(ctx, reader, source, &mut report, &mut step)).await?;
        report.results.push(counts);
    }
    if import.commit && (report.errors_total == 0 || import.partial) {
        record(ctx, import, &report);
        report.committed = true;
    }
    report.keep_failed_rows(&import.table);
    Ok(report)
}

fn reader<'a>(
    (entity, section): &(Entity, &'a Section),
    mapping: &'a Mapping,
    import: &'a Import,
) -> Reader<'a> {
    Reader {
        entity: *entity,
        section,
        table: &import.table,
        formats: &mapping.format,
    }
}

/// What importing a kind of object needs, besides `imports.run`.
const fn permission(entity: Entity) -> Permission {
    match entity {
        Entity::Customers => Permission::CustomersWrite,
        Entity::Products => Permission::ProductsWrite,
        Entity::Prices => Permission::PricesWrite,
        Entity::Orders => Permission::OrdersWrite,
    }
}

fn broken(import: &Import, report: &mut Report) {
    for (row, detail) in &import.table.broken {
        let code = "wrong_cell_count";
        let issue = Issue {
            entity: import.entity,
            row: *row,
            column: None,
            field: None,
            value: None,
            code: code.to_owned(),
            detail: detail.clone(),
            fix: fix(code, &[]),
        };
        report.error(issue, [*row]);
    }
}

fn record(ctx: &mut Ctx, import: &Import, report: &Report) {
    let id: Uuid = ctx.new_id();
    let facts = json!({ "entity": import.entity.as_str(), "rows": report.rows, "errors": report.errors_total, "results": report.results });
    ctx.record(Event {
        version: None,
        ..Event::new("import", id, 1, "imported", facts)
    });
}
