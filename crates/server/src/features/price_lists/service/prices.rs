//! Add, change and delete prices of a list.

use rust_decimal::Decimal;
use serde_json::json;
use som_domain::currency::Currency;
use som_domain::{PriceId, PriceListId, TierMode};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::features::price_lists::input::{NewPrice, PricePatch};
use crate::features::price_lists::store;
use crate::features::price_lists::store::prices::{self as rows, PriceRow};
use crate::features::price_lists::view::PriceView;
use crate::features::products::service::{
    FoundProduct, ProductKeys, category_id, find_many, unit_step,
};
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Patch, Problem, on_constraint};

async fn currency_of(
    db: &mut PgConnection,
    organization: Uuid,
    list: PriceListId,
) -> ApiResult<Currency> {
    let found = store::find(db, organization, list.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("price list"))?;
    Ok(found.currency.parse().map_err(anyhow::Error::new)?)
}

fn overlap(other: Option<Uuid>) -> Problem {
    let detail = "Another price of this list for the same product or category, unit and quantity is valid at the same time. Change its validity first.";
    let problem = Problem::conflict("price_overlap", detail);
    match other {
        Some(id) => problem.with("conflicting_price_id", PriceId::from_uuid(id).to_string()),
        None => problem,
    }
}

fn constraint(error: sqlx::Error) -> ApiError {
    on_constraint(error, "prices_no_overlap", || overlap(None))
}

async fn check(
    ctx: &mut Ctx,
    row: &PriceRow,
    mut changes: Changes,
) -> ApiResult<serde_json::Value> {
    if row
        .valid_from
        .zip(row.valid_to)
        .is_some_and(|(from, to)| to < from)
    {
        changes.problem(FieldProblem::at(
            "/valid_to",
            "before_start",
            "The last day lies before the first.",
        ));
    }
    match (row.unit_price, row.discount_percent) {
        (Some(_), Some(_)) => changes.problem(FieldProblem::at(
            "/discount_percent",
            "ambiguous_price",
            "Give a price or a per cent, not both.",
        )),
        (None, None) => changes.problem(FieldProblem::at(
            "/unit_price",
            "required",
            "Give `unit_price` or `discount_percent`.",
        )),
        (None, Some(percent)) if percent > Decimal::ONE_HUNDRED => {
            changes.problem(FieldProblem::at(
                "/discount_percent",
                "too_large",
                "A discount is at most 100 per cent.",
            ));
        }
        (None, Some(_)) | (Some(_), None) => {}
    }
    if row.unit_price.is_some() && row.product_id.is_none() && row.category_id.is_none() {
        changes.problem(FieldProblem::at("/unit_price", "target_missing", "One price for every product makes no sense: name a product or category, or give a per cent."));
    }
    let diff = changes.finish()?;
    let organization = ctx.organization();
    if let Some(other) = rows::overlapping(ctx.db(), organization, row).await? {
        return Err(overlap(Some(other)).into());
    }
    if rows::other_tier_mode(ctx.db(), organization, row).await? {
        let detail = "The other quantities of this target are priced in the other mode; tiers of one target are all volume or all graduated.";
        return Err(Problem::conflict("mixed_tier_modes", detail).into());
    }
    Ok(diff)
}

/// Adds a price. Errors: 409 `price_overlap` (names the other), `mixed_tier_modes`, 422.
pub async fn add_price(ctx: &mut Ctx, list: PriceListId, new: NewPrice) -> ApiResult<PriceView> {
    let organization = ctx.organization();
    let currency = currency_of(ctx.db(), organization, list).await?;
    let mut changes = Changes::default();
    let mut row = blank(ctx, list, &new);
    target(ctx, &new, &mut row, &mut changes).await?;
    check(ctx, &row, changes).await?;
    rows::insert(ctx.db(), organization, &row)
        .await
        .map_err(constraint)?;
    ctx.record(Event::new("price", row.id, 1, "created", facts(&row)));
    Ok(PriceView::new(row, currency))
}

/// The price as sent, of nothing yet.
fn blank(ctx: &Ctx, list: PriceListId, new: &NewPrice) -> PriceRow {
    PriceRow {
        id: ctx.new_id(),
        price_list_id: list.uuid(),
        product_id: None,
        sku: None,
        product_name: None,
        category_id: None,
        category: None,
        unit_id: None,
        unit: None,
        min_quantity: new.min_quantity.unwrap_or_default().decimal(),
        tier_mode: new
            .tier_mode
            .unwrap_or(TierMode::Volume)
            .as_str()
            .to_owned(),
        unit_price: new.unit_price.map(|price| price.decimal()),
        discount_percent: new.discount_percent.map(|rate| rate.decimal()),
        valid_from: new.valid_from.map(|d| d.naive()),
        valid_to: new.valid_to.map(|d| d.naive()),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// What it is the price of: a product or a category, and a unit.
async fn target(
    ctx: &mut Ctx,
    new: &NewPrice,
    row: &mut PriceRow,
    changes: &mut Changes,
) -> ApiResult<()> {
    let (by_id, by_sku) = (new.product_id.is_some(), new.sku.is_some());
    if u8::from(by_id) + u8::from(by_sku) + u8::from(new.category.is_some()) > 1 {
        let detail = "Name one product or one category.";
        changes.problem(FieldProblem::at("/category", "ambiguous_target", detail));
    }
    let keys = ProductKeys {
        ids: new.product_id.map(Uuid::from).into_iter().collect(),
        skus: new.sku.iter().map(|sku| sku.as_str().to_owned()).collect(),
        barcodes: Vec::new(),
    };
    let organization = ctx.organization();
    let products = find_many(ctx.db(), organization, &keys).await?;
    let by_id = new.product_id.and_then(|id| products.by_id(id.uuid()));
    let sku = new.sku.as_ref().map(|sku| sku.as_str());
    let product = by_id.or_else(|| sku.and_then(|sku| products.by_sku(sku)));
    if !keys.is_empty() && product.is_none() {
        let (pointer, code) = match new.product_id {
            Some(_) => ("/product_id", "unknown_product"),
            None => ("/sku", "unknown_sku"),
        };
        let detail = "There is no such product.";
        changes.problem(FieldProblem::at(pointer, code, detail));
    }
    row.product_id = product.map(|product| product.id);
    row.sku = product.map(|product| product.sku.clone());
    row.product_name = product.map(|product| product.name.clone());
    if let Some(code) = &new.category {
        row.category = Some(code.as_str().to_owned());
        row.category_id = category_id(ctx.db(), organization, code.as_str()).await?;
        if row.category_id.is_none() {
            let detail = format!("There is no category {code}.");
            changes.problem(FieldProblem::at("/category", "unknown_category", detail));
        }
    }
    match &new.unit {
        Some(code) => unit(ctx, code.as_str(), product, row, changes).await,
        None => Ok(()),
    }
}

/// The unit of the price; the product's own is not stored.
async fn unit(
    ctx: &mut Ctx,
    code: &str,
    product: Option<&FoundProduct>,
    row: &mut PriceRow,
    changes: &mut Changes,
) -> ApiResult<()> {
    let organization = ctx.organization();
    let found = unit_step(ctx.db(), organization, code).await?;
    let sold = product.is_none_or(|product| product.unit(Some(code)).is_some());
    if found.is_none() || !sold {
        let detail = format!("It is not sold by {code}.");
        changes.problem(FieldProblem::at("/unit", "unknown_unit", detail));
    }
    let own = product.and_then(|product| product.unit(None));
    if own.is_none_or(|own| own.code != code) {
        row.unit_id = found.map(|(id, _)| id);
        row.unit = Some(code.to_owned());
    }
    Ok(())
}

fn facts(row: &PriceRow) -> serde_json::Value {
    json!({
        "price_list_id": PriceListId::from_uuid(row.price_list_id).to_string(), "sku": row.sku, "category": row.category,
        "min_quantity": crate::wire::quantity(row.min_quantity), "unit_price": row.unit_price.map(|p| p.normalize().to_string()),
        "discount_percent": row.discount_percent.map(crate::wire::rate),
    })
}

async fn locked(
    ctx: &mut Ctx,
    list: PriceListId,
    id: PriceId,
    if_match: &IfMatch,
) -> ApiResult<(PriceRow, Currency)> {
    let organization = ctx.organization();
    let currency = currency_of(ctx.db(), organization, list).await?;
    rows::lock(ctx.db(), organization, id.uuid()).await?;
    let found = rows::find(ctx.db(), organization, list.uuid(), id.uuid()).await?;
    let row = found.ok_or_else(|| Problem::not_found("price"))?;
    ctx.check_version(if_match, "price", row.id, row.version)
        .await?;
    Ok((row, currency))
}

/// Changes a price. A price replaces a per cent and the other way round.
pub async fn change_price(
    ctx: &mut Ctx,
    list: PriceListId,
    id: PriceId,
    if_match: &IfMatch,
    mut patch: PricePatch,
) -> ApiResult<PriceView> {
    let (mut row, currency) = locked(ctx, list, id, if_match).await?;
    if matches!(patch.unit_price, Patch::Value(_)) && patch.discount_percent == Patch::Absent {
        patch.discount_percent = Patch::Null;
    } else if matches!(patch.discount_percent, Patch::Value(_)) && patch.unit_price == Patch::Absent
    {
        patch.unit_price = Patch::Null;
    }
    let mut changes = Changes::default();
    changes.required(
        "min_quantity",
        &mut row.min_quantity,
        patch.min_quantity,
        |v| v.decimal(),
    );
    changes.required("tier_mode", &mut row.tier_mode, patch.tier_mode, |v| {
        v.as_str().to_owned()
    });
    changes.optional("unit_price", &mut row.unit_price, patch.unit_price, |v| {
        v.decimal()
    });
    changes.optional(
        "discount_percent",
        &mut row.discount_percent,
        patch.discount_percent,
        |v| v.decimal(),
    );
    changes.optional("valid_from", &mut row.valid_from, patch.valid_from, |v| {
        v.naive()
    });
    changes.optional("valid_to", &mut row.valid_to, patch.valid_to, |v| v.naive());
    let unchanged = changes.is_empty();
    let diff = check(ctx, &row, changes).await?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        let organization = ctx.organization();
        rows::update(ctx.db(), organization, &row)
            .await
            .map_err(constraint)?;
        ctx.record(Event::new("price", row.id, row.version, "updated", diff));
    }
    Ok(PriceView::new(row, currency))
}

/// Deletes a price: orders keep the prices they were given.
pub async fn delete_price(
    ctx: &mut Ctx,
    list: PriceListId,
    id: PriceId,
    if_match: &IfMatch,
) -> ApiResult<()> {
    let (row, _) = locked(ctx, list, id, if_match).await?;
    let organization = ctx.organization();
    rows::delete(ctx.db(), organization, row.id).await?;
    ctx.record(Event::new(
        "price",
        row.id,
        row.version,
        "deleted",
        facts(&row),
    ));
    Ok(())
}

/// One price.
pub async fn price(
    db: &mut PgConnection,
    organization: Uuid,
    list: PriceListId,
    id: PriceId,
) -> ApiResult<PriceView> {
    let currency = currency_of(db, organization, list).await?;
    let found = rows::find(db, organization, list.uuid(), id.uuid()).await?;
    Ok(PriceView::new(
        found.ok_or_else(|| Problem::not_found("price"))?,
        currency,
    ))
}
