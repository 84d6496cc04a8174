//! Taxes: create and change taxes, classes and rules; other features pick taxes with [`rules_for`].

mod pick;
mod rules;

use serde_json::json;
use som_domain::ids::{TaxClassId, TaxId};
use sqlx::PgConnection;
use uuid::Uuid;

pub use pick::{Place, Rule, TaxRules, TaxStatus, pick_rule};
pub use rules::{change_rule, create_rule, delete_rule, rule};

use super::input::{NewTax, NewTaxClass, TaxClassPatch, TaxPatch};
use super::store::{self, ClassRow, TaxRow};
use super::view::{TaxClassView, TaxView};
use crate::change::{Changes, duplicate_code};
use crate::ctx::{Ctx, Event};
use crate::http::{ApiResult, FieldProblem, IfMatch, Problem};

/// Everything that may decide the taxes of a document: one read for all its lines.
pub async fn rules_for(
    db: &mut PgConnection,
    organization: Uuid,
    place: &Place,
    status: TaxStatus,
    date: chrono::NaiveDate,
) -> ApiResult<TaxRules> {
    let rows = store::rules::applicable(
        db,
        organization,
        place.country.as_deref(),
        status.as_str(),
        date,
    )
    .await?;
    let rules = rows
        .into_iter()
        .map(Rule::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(TaxRules::new(rules, place.clone(), status))
}

fn check_tax(row: &TaxRow, changes: &mut Changes) {
    if row.rate > rust_decimal::Decimal::ONE_HUNDRED {
        changes.problem(
            FieldProblem::at("/rate", "too_large", "A rate is at most 100 per cent.")
                .with_value(row.rate.to_string()),
        );
    }
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
}

/// Creates a tax. Errors: 409 `duplicate_code`, 422.
pub async fn create_tax(ctx: &mut Ctx, new: NewTax) -> ApiResult<TaxView> {
    let row = TaxRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        rate: new.rate.decimal(),
        compound: new.compound,
        valid_from: new.valid_from.map(|d| d.naive()),
        valid_to: new.valid_to.map(|d| d.naive()),
        status: "active".to_owned(),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut changes = Changes::default();
    check_tax(&row, &mut changes);
    changes.finish()?;
    let organization = ctx.organization();
    store::insert_tax(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate_code(e, "taxes_organization_id_code_key", "tax", &row.code))?;
    ctx.record(Event::new(
        "tax",
        row.id,
        1,
        "created",
        json!({ "code": row.code, "rate": crate::wire::rate(row.rate) }),
    ));
    Ok(row.into())
}

/// Changes a tax. Orders keep what they were confirmed with.
pub async fn change_tax(
    ctx: &mut Ctx,
    id: TaxId,
    if_match: &IfMatch,
    patch: TaxPatch,
) -> ApiResult<TaxView> {
    let organization = ctx.organization();
    let mut row = store::tax(ctx.db(), organization, id.uuid(), true)
        .await?
        .ok_or_else(|| Problem::not_found("tax"))?;
    ctx.check_version(if_match, "tax", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("rate", &mut row.rate, patch.rate, |v| v.decimal());
    changes.required("compound", &mut row.compound, patch.compound, |v| v);
    changes.optional("valid_from", &mut row.valid_from, patch.valid_from, |v| {
        v.naive()
    });
    changes.optional("valid_to", &mut row.valid_to, patch.valid_to, |v| v.naive());
    changes.required("status", &mut row.status, patch.status, |v| {
        v.as_str().to_owned()
    });
    check_tax(&row, &mut changes);
    if changes.is_empty() {
        changes.finish()?;
        return Ok(row.into());
    }
    let diff = changes.finish()?;
    row.version += 1;
    row.updated_at = ctx.now;
    store::update_tax(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate_code(e, "taxes_organization_id_code_key", "tax", &row.code))?;
    ctx.record(Event::new("tax", row.id, row.version, "updated", diff));
    Ok(row.into())
}

/// One tax.
pub async fn tax(db: &mut PgConnection, organization: Uuid, id: TaxId) -> ApiResult<TaxView> {
    Ok(store::tax(db, organization, id.uuid(), false)
        .await?
        .ok_or_else(|| Problem::not_found("tax"))?
        .into())
}

/// Creates a tax class. Errors: 409 `duplicate_code`.
pub async fn create_class(ctx: &mut Ctx, new: NewTaxClass) -> ApiResult<TaxClassView> {
    let row = ClassRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        is_default: new.is_default,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let organization = ctx.organization();
    if row.is_default {
        store::clear_default_class(ctx.db(), organization, row.id).await?;
    }
    let insert = store::insert_class(ctx.db(), organization, &row).await;
    insert.map_err(|e| {
        duplicate_code(
            e,
            "tax_classes_organization_id_code_key",
            "tax class",
            &row.code,
        )
    })?;
    ctx.record(Event::new(
        "tax_class",
        row.id,
        1,
        "created",
        json!({ "code": row.code }),
    ));
    Ok(row.into())
}

/// Changes a tax class.
pub async fn change_class(
    ctx: &mut Ctx,
    id: TaxClassId,
    if_match: &IfMatch,
    patch: TaxClassPatch,
) -> ApiResult<TaxClassView> {
    let organization = ctx.organization();
    let found = store::class(ctx.db(), organization, id.uuid(), true).await?;
    let mut row = found.ok_or_else(|| Problem::not_found("tax class"))?;
    ctx.check_version(if_match, "tax_class", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("is_default", &mut row.is_default, patch.is_default, |v| v);
    if changes.is_empty() {
        changes.finish()?;
        return Ok(row.into());
    }
    let diff = changes.finish()?;
    row.version += 1;
    row.updated_at = ctx.now;
    if row.is_default {
        store::clear_default_class(ctx.db(), organization, row.id).await?;
    }
    let update = store::update_class(ctx.db(), organization, &row).await;
    update.map_err(|e| {
        duplicate_code(
            e,
            "tax_classes_organization_id_code_key",
            "tax class",
            &row.code,
        )
    })?;
    ctx.record(Event::new(
        "tax_class",
        row.id,
        row.version,
        "updated",
        diff,
    ));
    Ok(row.into())
}

/// One tax class.
pub async fn class(
    db: &mut PgConnection,
    organization: Uuid,
    id: TaxClassId,
) -> ApiResult<TaxClassView> {
    Ok(store::class(db, organization, id.uuid(), false)
        .await?
        .ok_or_else(|| Problem::not_found("tax class"))?
        .into())
}

/// The id of a tax class by its code, for products and rules.
pub async fn class_id(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> ApiResult<Option<Uuid>> {
    Ok(store::class_id(db, organization, code).await?)
}
