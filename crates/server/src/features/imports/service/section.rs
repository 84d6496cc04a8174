//! One kind of object: its groups in batches. A batch is undone as a whole when one of its objects fails, and then tried object by object,
//! so that the good case costs no savepoint per object.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::apply::{self, Item, Outcome};
use crate::ctx::Ctx;
use crate::features::imports::mapping::Entity;
use crate::features::imports::object::{Group, Object, Reader};
use crate::features::imports::report::{Counts, Issue, Report, fix};
use crate::features::imports::store;
use crate::http::{ApiError, ApiResult, FieldProblem, Problem};

/// Objects tried together.
const BATCH: usize = 100;

/// An object that is ready to be written.
struct Ready<'a> {
    group: &'a Group,
    key: String,
    body: Value,
    hash: Vec<u8>,
}

/// Imports all objects of a section.
pub(super) async fn run(
    ctx: &mut Ctx,
    reader: Reader<'_>,
    source: &str,
    report: &mut Report,
    step: &mut (dyn FnMut() + Send),
) -> ApiResult<Counts> {
    let mut counts = Counts::new(reader.entity);
    let (groups, without) = reader.groups();
    counts.objects = u64::try_from(groups.len()).unwrap_or(0);
    for place in without {
        key_missing(&reader, place, report);
    }
    if reader.section.create_categories {
        apply::create_categories(ctx, &reader, &groups).await?;
    }
    for (number, batch) in groups.chunks(BATCH).enumerate() {
        // Plans made when the tables were empty are bad ones when they are full: made anew each time the work has doubled.
        if number.is_power_of_two() {
            store::forget_plans(ctx.db()).await?;
        }
        let ready = read(&reader, batch, report, &mut counts);
        let ready = fresh(ctx, &reader, source, ready, &mut counts).await?;
        let known = known(ctx, &reader, source, &ready).await?;
        let done = write(ctx, &reader, source, &ready, &known, report, &mut counts).await?;
        let organization = ctx.organization();
        let now = ctx.now;
        store::mark(ctx.db(), organization, reader.entity, source, &done, now).await?;
        batch.iter().for_each(|_| step());
    }
    Ok(counts)
}

fn key_missing(reader: &Reader<'_>, place: usize, report: &mut Report) {
    let row = reader.table.rows.get(place).map_or(0, |row| row.number);
    let key = reader.section.key.clone();
    let detail = format!(
        "The column “{}”, which identifies the object, is empty.",
        key.as_deref().unwrap_or_default()
    );
    let issue = Issue {
        entity: reader.entity,
        row,
        column: key,
        field: None,
        value: None,
        code: "key_missing".to_owned(),
        detail,
        fix: fix("key_missing", &[]),
    };
    report.error(issue, [row]);
}

/// Builds the objects of a batch; those with unreadable cells are reported and left out.
fn read<'a>(
    reader: &Reader<'_>,
    batch: &'a [Group],
    report: &mut Report,
    counts: &mut Counts,
) -> Vec<Ready<'a>> {
    let mut ready = Vec::with_capacity(batch.len());
    for group in batch {
        let Object {
            body,
            wrong,
            conflicts,
        } = reader.object(group);
        counts.lines += body
            .get("lines")
            .and_then(Value::as_array)
            .map_or(0, |lines| u64::try_from(lines.len()).unwrap_or(0));
        conflicts
            .into_iter()
            .for_each(|issue| report.warning(issue));
        if !wrong.is_empty() {
            counts.failed += 1;
            let rows = reader.numbers(group);
            wrong
                .into_iter()
                .for_each(|issue| report.error(issue, rows.clone()));
            continue;
        }
        repeated_products(reader, group, &body, report);
        let key = if reader.entity == Entity::Prices {
            apply::price_key(&body)
        } else {
            group.key.clone()
        };
        let hash = Sha256::digest(body.to_string()).to_vec();
        ready.push(Ready {
            group,
            key,
            body,
            hash,
        });
    }
    ready
}

fn repeated_products(reader: &Reader<'_>, group: &Group, body: &Value, report: &mut Report) {
    let mut seen: Vec<&str> = Vec::new();
    for (place, line) in body
        .get("lines")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let Some(sku) = line.get("sku").and_then(Value::as_str) else {
            continue;
        };
        if seen.contains(&sku) {
            let pointer = format!("/lines/{place}/sku");
            report.warning(reader.locate(
                group,
                Some(&pointer),
                "repeated_product",
                "The order has this product twice.",
                &[],
            ));
        }
        seen.push(sku);
    }
}

/// Leaves out what an earlier import already wrote exactly so.
async fn fresh<'a>(
    ctx: &mut Ctx,
    reader: &Reader<'_>,
    source: &str,
    ready: Vec<Ready<'a>>,
    counts: &mut Counts,
) -> ApiResult<Vec<Ready<'a>>> {
    let keys: Vec<String> = ready.iter().map(|item| item.key.clone()).collect();
    let organization = ctx.organization();
    let marks = store::marks(ctx.db(), organization, reader.entity, source, &keys).await?;
    let before = ready.len();
    let ready: Vec<Ready<'_>> = ready
        .into_iter()
        .filter(|item| marks.get(&item.key) != Some(&item.hash))
        .collect();
    counts.unchanged += u64::try_from(before - ready.len()).unwrap_or(0);
    Ok(ready)
}

async fn known(
    ctx: &mut Ctx,
    reader: &Reader<'_>,
    source: &str,
    ready: &[Ready<'_>],
) -> ApiResult<HashMap<String, uuid::Uuid>> {
    if reader.entity != Entity::Orders || ready.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = ready.iter().map(|item| item.key.clone()).collect();
    let organization = ctx.organization();
    Ok(store::referenced(ctx.db(), organization, "order", source, &keys).await?)
}

/// Writes the objects; returns the marks of those that are now so.
async fn write(
    ctx: &mut Ctx,
    reader: &Reader<'_>,
    source: &str,
    ready: &[Ready<'_>],
    known: &HashMap<String, uuid::Uuid>,
    report: &mut Report,
    counts: &mut Counts,
) -> ApiResult<Vec<(String, Vec<u8>)>> {
    let mut done = Vec::with_capacity(ready.len());
    let mut items = Vec::with_capacity(ready.len());
    for item in ready {
        // What was confirmed is not changed by a file; a draft could have been edited since.
        if known.contains_key(&item.key) {
            counts.unchanged += 1;
            let detail = format!(
                "The order {} exists already and came differently before; it is not changed.",
                item.key
            );
            report.warning(reader.locate(item.group, None, "changed_order", &detail, &[]));
            continue;
        }
        items.push(item);
    }
    let all = ctx.attempt(async |ctx: &mut Ctx| {
        let mut outcomes = Vec::with_capacity(items.len());
        for item in &items {
            outcomes.push(one(ctx, reader, source, item).await?);
        }
        Ok(outcomes)
    });
    let outcomes = match Box::pin(all).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) => {
            refusal(error)?;
            let mut outcomes = Vec::with_capacity(items.len());
            for item in &items {
                let tried = ctx.attempt(async |ctx: &mut Ctx| one(ctx, reader, source, item).await);
                outcomes.push(match Box::pin(tried).await {
                    Ok(outcome) => Ok(outcome),
                    Err(error) => Err(refusal(error)?),
                });
            }
            outcomes
        }
    };
    for (item, outcome) in items.iter().zip(outcomes) {
        match outcome {
            Ok(outcome) => {
                match outcome {
                    Outcome::Created => counts.created += 1,
                    Outcome::Updated => counts.updated += 1,
                    Outcome::Unchanged => counts.unchanged += 1,
                }
                done.push((item.key.clone(), item.hash.clone()));
            }
            Err(problem) => {
                counts.failed += 1;
                failed(reader, item.group, &problem, report);
            }
        }
    }
    Ok(done)
}

async fn one(
    ctx: &mut Ctx,
    reader: &Reader<'_>,
    source: &str,
    item: &Ready<'_>,
) -> ApiResult<Outcome> {
    let item = Item {
        entity: reader.entity,
        source,
        key: &item.key,
        body: item.body.clone(),
    };
    Box::pin(apply::apply(ctx, item)).await
}

/// The caller's problem; what is not about the object ends the import.
fn refusal(error: ApiError) -> ApiResult<Box<Problem>> {
    match error {
        ApiError::Problem(problem) if problem.status < 500 => Ok(problem),
        other => Err(other),
    }
}

fn failed(reader: &Reader<'_>, group: &Group, problem: &Problem, report: &mut Report) {
    if problem.errors.is_empty() {
        let issue = reader.locate(group, None, &problem.code, &problem.detail, &[]);
        report.error(issue, reader.numbers(group));
    }
    for FieldProblem {
        pointer,
        code,
        detail,
        suggestions,
        ..
    } in &problem.errors
    {
        let issue = reader.locate(group, pointer.as_deref(), code, detail, suggestions);
        // A problem of one line does not blame the others, but the object fails as a whole: all its rows come back.
        report.error(issue, reader.numbers(group));
    }
}
