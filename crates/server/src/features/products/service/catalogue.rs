//! Categories and units of measure.

use rust_decimal::Decimal;
use serde_json::json;
use som_domain::ids::{CategoryId, UnitId};
use som_domain::text::Code;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::{Changes, duplicate_code};
use crate::ctx::{Ctx, Event};
use crate::features::products::input::{CategoryPatch, NewCategory, NewUnit, UnitPatch};
use crate::features::products::store::{CategoryRow, UnitRow, categories, units};
use crate::features::products::view::{CategoryView, UnitView};
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};

const CATEGORY_KEY: &str = "categories_organization_id_code_key";
const UNIT_KEY: &str = "units_organization_id_code_key";

async fn parent_of(ctx: &mut Ctx, code: &Code, changes: &mut Changes) -> ApiResult<Option<Uuid>> {
    let organization = ctx.organization();
    let found = categories::by_code(ctx.db(), organization, code.as_str()).await?;
    if found.is_none() {
        changes.problem(
            FieldProblem::at(
                "/parent",
                "unknown_category",
                format!("There is no category {code}."),
            )
            .with_value(code.as_str()),
        );
    }
    Ok(found.map(|(id, _)| id))
}

/// Creates a category. Errors: 409 `duplicate_code`, 422 `unknown_category`.
pub async fn create_category(ctx: &mut Ctx, new: NewCategory) -> ApiResult<CategoryView> {
    let mut changes = Changes::default();
    let parent_id = match &new.parent {
        Some(code) => parent_of(ctx, code, &mut changes).await?,
        None => None,
    };
    changes.finish()?;
    let row = CategoryRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        parent_id,
        parent: new.parent.map(Code::into_string),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let organization = ctx.organization();
    categories::insert(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate_code(e, CATEGORY_KEY, "category", &row.code))?;
    ctx.record(Event::new(
        "category",
        row.id,
        1,
        "created",
        json!({ "code": row.code }),
    ));
    Ok(row.into())
}

/// Changes a category. Errors: 422 `circle` when it would lie below itself.
pub async fn change_category(
    ctx: &mut Ctx,
    id: CategoryId,
    if_match: &IfMatch,
    patch: CategoryPatch,
) -> ApiResult<CategoryView> {
    let organization = ctx.organization();
    if !categories::lock(ctx.db(), organization, id.uuid()).await? {
        return Err(Problem::not_found("category").into());
    }
    let found = categories::find(ctx.db(), organization, id.uuid()).await?;
    let mut row = found.ok_or_else(|| Problem::not_found("category"))?;
    ctx.check_version(if_match, "category", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    match &patch.parent {
        Patch::Absent => {}
        Patch::Null => row.parent_id = None,
        Patch::Value(code) => {
            row.parent_id = parent_of(ctx, code, &mut changes).await?;
            if let Some(parent) = row.parent_id
                && categories::is_within(ctx.db(), organization, parent, row.id).await?
            {
                changes.problem(FieldProblem::at(
                    "/parent",
                    "circle",
                    format!("{code} lies below this category."),
                ));
            }
        }
    }
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.optional("parent", &mut row.parent, patch.parent, |v| v.into_string());
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        categories::update(ctx.db(), organization, &row)
            .await
            .map_err(|e| duplicate_code(e, CATEGORY_KEY, "category", &row.code))?;
        ctx.record(Event::new("category", row.id, row.version, "updated", diff));
    }
    Ok(row.into())
}

/// One category.
pub async fn category(
    db: &mut PgConnection,
    organization: Uuid,
    id: CategoryId,
) -> ApiResult<CategoryView> {
    Ok(categories::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("category"))?
        .into())
}

fn check_unit(row: &UnitRow, changes: &mut Changes) {
    if row.step.is_zero() {
        changes.problem(FieldProblem::at(
            "/step",
            "not_positive",
            "A step is above zero.",
        ));
    }
    if row.code.chars().count() > 20 {
        changes.problem(FieldProblem::at(
            "/code",
            "too_long",
            "The code of a unit has at most 20 characters.",
        ));
    }
}

/// Creates a unit. Errors: 409 `duplicate_code`.
pub async fn create_unit(ctx: &mut Ctx, new: NewUnit) -> ApiResult<UnitView> {
    let row = UnitRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        step: new.step.map_or(Decimal::ONE, |step| step.decimal()),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut changes = Changes::default();
    check_unit(&row, &mut changes);
    changes.finish()?;
    let organization = ctx.organization();
    units::insert(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate_code(e, UNIT_KEY, "unit", &row.code))?;
    ctx.record(Event::new(
        "unit",
        row.id,
        1,
        "created",
        json!({ "code": row.code }),
    ));
    Ok(row.into())
}

/// Changes a unit.
pub async fn change_unit(
    ctx: &mut Ctx,
    id: UnitId,
    if_match: &IfMatch,
    patch: UnitPatch,
) -> ApiResult<UnitView> {
    let organization = ctx.organization();
    let mut row = units::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("unit"))?;
    ctx.check_version(if_match, "unit", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("step", &mut row.step, patch.step, |v| v.decimal());
    check_unit(&row, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        units::update(ctx.db(), organization, &row)
            .await
            .map_err(|e| duplicate_code(e, UNIT_KEY, "unit", &row.code))?;
        ctx.record(Event::new("unit", row.id, row.version, "updated", diff));
    }
    Ok(row.into())
}

/// One unit.
pub async fn unit(db: &mut PgConnection, organization: Uuid, id: UnitId) -> ApiResult<UnitView> {
    Ok(units::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("unit"))?
        .into())
}

/// Id and step of a unit by its code.
pub async fn unit_step(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> ApiResult<Option<(Uuid, Decimal)>> {
    let found = units::by_codes(db, organization, &[code.to_owned()]).await?;
    Ok(found.first().map(|row| (row.id, row.step)))
}

/// The id of a category by its code.
pub async fn category_id(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> ApiResult<Option<Uuid>> {
    Ok(categories::by_code(db, organization, code)
        .await?
        .map(|(id, _)| id))
}
