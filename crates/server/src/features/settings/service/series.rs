//! Read and change number series.

use chrono::{Datelike, NaiveDate};
use som_domain::NumberTemplate;
use som_domain::ids::{NumberSeriesId, OrganizationId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::db::numbers::{Numbers, period};
use crate::features::settings::input::NumberSeriesPatch;
use crate::features::settings::store::series::{self as store, SeriesRow};
use crate::features::settings::view::NumberSeriesView;
use crate::http::{ApiResult, FieldProblem, IfMatch, Problem};

/// A series as it is shown on a day, knowing what this process has reserved.
pub fn show(
    row: SeriesRow,
    organization: Uuid,
    today: NaiveDate,
    numbers: &Numbers,
) -> NumberSeriesView {
    let reserved = numbers.peek(OrganizationId::from_uuid(organization), today.year());
    let next = reserved.unwrap_or_else(|| counter(&row, today));
    NumberSeriesView {
        next_number: rendered(&row.template, next, today),
        id: NumberSeriesId::from_uuid(row.id),
        document_type: row.document_type,
        template: row.template,
        etag: format!("\"{}\"", row.version),
        version: row.version,
    }
}

fn counter(row: &SeriesRow, today: NaiveDate) -> u64 {
    let period = period(&row.template, today.year()).to_string();
    let next = row.counters.get(&period).copied().unwrap_or(1);
    u64::try_from(next).unwrap_or(1)
}

fn rendered(template: &str, number: u64, today: NaiveDate) -> String {
    template
        .parse::<NumberTemplate>()
        .map_or_else(|_| String::new(), |t| t.render(number, today))
}

/// One series.
pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: NumberSeriesId,
) -> ApiResult<SeriesRow> {
    Ok(store::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("number series"))?)
}

/// Changes a series. Documents keep their numbers, and the count goes on. Errors: 422 `number_taken`.
pub async fn change(
    ctx: &mut Ctx,
    id: NumberSeriesId,
    if_match: &IfMatch,
    patch: NumberSeriesPatch,
) -> ApiResult<NumberSeriesView> {
    let (organization, today) = (ctx.organization(), ctx.today());
    store::lock(ctx.db(), organization, id.uuid()).await?;
    let mut row = find(ctx.db(), organization, id).await?;
    ctx.check_version(if_match, "number_series", row.id, row.version)
        .await?;
    let before = period(&row.template, today.year());
    let mut changes = Changes::default();
    changes.required("template", &mut row.template, patch.template, |v| {
        v.to_string()
    });
    let unchanged = changes.is_empty();
    let now = period(&row.template, today.year());
    if now != before {
        // With or without a year: what was counted so far counts, so that no number comes twice.
        let next = row.counters.values().copied().max().unwrap_or(1);
        store::raise(ctx.db(), organization, row.id, now, next).await?;
        let counter = row.counters.entry(now.to_string()).or_insert(next);
        *counter = next.max(*counter);
    }
    if !unchanged {
        let number = rendered(&row.template, counter(&row, today), today);
        if store::is_taken(ctx.db(), organization, &number).await? {
            changes.problem(FieldProblem::at(
                "/template",
                "number_taken",
                format!("There is already an order {number}. Choose a template that differs."),
            ));
        }
    }
    let diff = changes.finish()?;
    if unchanged {
        return Ok(show(row, organization, today, ctx.state().numbers()));
    }
    row.version += 1;
    store::update(ctx.db(), organization, &row).await?;
    ctx.record(Event::new(
        "number_series",
        row.id,
        row.version,
        "updated",
        diff,
    ));
    // What is reserved now has the old template and is forgotten with the commit.
    Ok(show(row, organization, today, &Numbers::default()))
}
