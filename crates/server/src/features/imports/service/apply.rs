//! Hands an object to the service of its feature, as the API would.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ctx::Ctx;
use crate::features::imports::mapping::{Cell, Entity};
use crate::features::imports::object::{Group, Reader};
use crate::features::{customers, orders, price_lists, products};
use crate::http::input::parse_value;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Problem};

/// An object to be written.
pub(super) struct Item<'a> {
    pub(super) entity: Entity,
    /// Name of the other system.
    pub(super) source: &'a str,
    /// Its key for the object.
    pub(super) key: &'a str,
    /// The request body.
    pub(super) body: Value,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
}

/// Writes one object.
pub(super) async fn apply(ctx: &mut Ctx, item: Item<'_>) -> ApiResult<Outcome> {
    let before = ctx.recorded();
    let created = match item.entity {
        Entity::Customers => {
            let (source, key) = reference(&item)?;
            customers::service::upsert(ctx, source, key, parse_value(item.body)?)
                .await?
                .1
        }
        Entity::Products => {
            let (source, key) = reference(&item)?;
            products::service::upsert(ctx, source, key, parse_value(item.body)?)
                .await?
                .1
        }
        Entity::Prices => price(ctx, item.body).await?,
        Entity::Orders => order(ctx, item).await?,
    };
    Ok(match (created, ctx.recorded() > before) {
        (true, _) => Outcome::Created,
        (false, true) => Outcome::Updated,
        (false, false) => Outcome::Unchanged,
    })
}

/// The external reference of an object. Errors: 422 `invalid_key`.
fn reference<S: std::str::FromStr, K: std::str::FromStr>(
    item: &Item<'_>,
) -> Result<(S, K), Problem> {
    match (item.source.parse(), item.key.parse()) {
        (Ok(source), Ok(key)) => Ok((source, key)),
        _ => Err(Problem::invalid(vec![FieldProblem::at(
            "",
            "invalid_key",
            "The key of the object has 1 to 200 characters, that of its source 1 to 60.",
        )])),
    }
}

async fn order(ctx: &mut Ctx, item: Item<'_>) -> ApiResult<bool> {
    let mut body = item.body;
    if let Some(members) = body.as_object_mut() {
        let references = members.entry("external_refs").or_insert_with(|| json!({}));
        if let Some(references) = references.as_object_mut() {
            references.insert(item.source.to_owned(), json!(item.key));
        }
    }
    orders::service::create::create(ctx, parse_value(body)?).await?;
    Ok(true)
}

/// A price is known by its list, target, unit, quantity and first day.
pub(super) fn price_key(body: &Value) -> String {
    let parts = [
        "price_list",
        "sku",
        "product_id",
        "category",
        "unit",
        "min_quantity",
        "valid_from",
    ];
    let texts = parts
        .iter()
        .map(|name| body.get(name).and_then(Value::as_str).unwrap_or_default());
    texts
        .collect::<Vec<_>>()
        .join("/")
        .chars()
        .take(200)
        .collect()
}

async fn price(ctx: &mut Ctx, mut body: Value) -> ApiResult<bool> {
    let list = body
        .as_object_mut()
        .and_then(|members| members.remove("price_list"));
    let Some(code) = list.as_ref().and_then(Value::as_str) else {
        return Err(Problem::invalid(vec![FieldProblem::at(
            "/price_list",
            "required",
            "A price needs the code of its price list.",
        )])
        .into());
    };
    let organization = ctx.organization();
    let Some(list) = price_lists::service::id_of(ctx.db(), organization, code).await? else {
        let detail = format!("There is no price list {code}.");
        return Err(Problem::invalid(vec![FieldProblem::at(
            "/price_list",
            "unknown_price_list",
            detail,
        )])
        .into());
    };
    let added = ctx
        .attempt(async |ctx: &mut Ctx| {
            price_lists::service::add_price(ctx, list, parse_value(body.clone())?).await
        })
        .await;
    let Err(ApiError::Problem(problem)) = added else {
        return added.map(|_| true);
    };
    let other = problem
        .extra
        .get("conflicting_price_id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    let Some(other) = other.filter(|_| problem.code == "price_overlap") else {
        return Err(ApiError::Problem(problem));
    };
    // The same price with another amount is changed; one that overlaps in part is for people to sort out.
    let there = serde_json::to_value(
        price_lists::service::price(ctx.db(), organization, list, other).await?,
    )?;
    let same = |name: &str| {
        there.get(name).and_then(Value::as_str) == body.get(name).and_then(Value::as_str)
    };
    if !same("valid_from") || !same("valid_to") {
        return Err(ApiError::Problem(problem));
    }
    let members = ["unit_price", "discount_percent", "tier_mode"]
        .into_iter()
        .filter_map(|name| body.get(name).map(|value| (name.to_owned(), value.clone())));
    let patch = Value::Object(members.collect());
    price_lists::service::change_price(ctx, list, other, &IfMatch::Any, parse_value(patch)?)
        .await?;
    Ok(false)
}

/// Creates the categories that products of the file name and that do not exist. One that is refused fails with its products.
pub(super) async fn create_categories(
    ctx: &mut Ctx,
    reader: &Reader<'_>,
    groups: &[Group],
) -> ApiResult<()> {
    let Some(map) = reader.section.fields.get("category") else {
        return Ok(());
    };
    let first = groups
        .iter()
        .filter_map(|group| group.rows.first())
        .filter_map(|place| reader.table.rows.get(*place));
    let codes: BTreeSet<String> = first
        .filter_map(
            |row| match map.value("category", reader.table, row, reader.formats) {
                Cell::Value(Value::String(code)) => Some(code),
                _ => None,
            },
        )
        .collect();
    let organization = ctx.organization();
    for code in codes {
        if products::service::category_id(ctx.db(), organization, &code)
            .await?
            .is_some()
        {
            continue;
        }
        let body = json!({ "code": code, "name": code });
        match ctx
            .attempt(async |ctx: &mut Ctx| {
                products::service::create_category(ctx, parse_value(body)?).await
            })
            .await
        {
            Ok(_) => {}
            Err(ApiError::Problem(problem)) if problem.status < 500 => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
