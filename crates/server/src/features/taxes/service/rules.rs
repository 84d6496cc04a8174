//! Create, change and delete tax rules.

use serde_json::json;
use som_domain::document::TAXES_PER_LINE_MAX;
use som_domain::ids::TaxRuleId;
use som_domain::text::Code;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::{Changes, Shown};
use crate::ctx::{Ctx, Event};
use crate::features::taxes::input::{NewTaxRule, TaxRulePatch};
use crate::features::taxes::store;
use crate::features::taxes::store::rules::RuleRow;
use crate::features::taxes::view::TaxRuleView;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Patch, Problem, on_constraint};

fn duplicate(error: sqlx::Error) -> ApiError {
    on_constraint(
        error,
        "tax_rules_organization_id_tax_class_id_country_region_custo_key",
        || {
            Problem::conflict(
                "duplicate_rule",
                "There is already a rule for this class, country, region and tax status. Change that one.",
            )
        },
    )
}

async fn class_of(ctx: &mut Ctx, code: &str, changes: &mut Changes) -> ApiResult<Uuid> {
    let organization = ctx.organization();
    let found = store::class_id(ctx.db(), organization, code).await?;
    if found.is_none() {
        changes.problem(
            FieldProblem::at(
                "/tax_class",
                "unknown_tax_class",
                format!("There is no tax class {code}."),
            )
            .with_value(code),
        );
    }
    Ok(found.unwrap_or_default())
}

async fn taxes_of(
    ctx: &mut Ctx,
    codes: &[Code],
    changes: &mut Changes,
) -> ApiResult<(Vec<String>, Vec<Uuid>)> {
    if codes.len() > TAXES_PER_LINE_MAX {
        changes.problem(FieldProblem::at(
            "/taxes",
            "too_many",
            format!("A rule has at most {TAXES_PER_LINE_MAX} taxes."),
        ));
        return Ok((Vec::new(), Vec::new()));
    }
    let names: Vec<String> = codes.iter().map(|code| code.as_str().to_owned()).collect();
    let organization = ctx.organization();
    let known = store::tax_ids(ctx.db(), organization, &names).await?;
    let mut ids = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        match known.iter().find(|(code, _)| code == name) {
            Some((_, id)) if ids.contains(id) => {
                changes.problem(
                    FieldProblem::at(
                        format!("/taxes/{place}"),
                        "duplicate",
                        format!("{name} is named twice."),
                    )
                    .with_value(name.as_str()),
                );
            }
            Some((_, id)) => ids.push(*id),
            None => changes.problem(
                FieldProblem::at(
                    format!("/taxes/{place}"),
                    "unknown_tax",
                    format!("There is no tax {name}."),
                )
                .with_value(name.as_str()),
            ),
        }
    }
    Ok((names, ids))
}

fn check_region(row: &RuleRow, changes: &mut Changes) {
    if row.region.is_some() && row.country.is_none() {
        changes.problem(FieldProblem::at(
            "/region",
            "country_missing",
            "A region needs its country.",
        ));
    }
}

/// Creates a rule. Errors: 409 `duplicate_rule`, 422 `unknown_tax_class`, `unknown_tax`.
pub async fn create_rule(ctx: &mut Ctx, new: NewTaxRule) -> ApiResult<TaxRuleView> {
    let mut changes = Changes::default();
    let tax_class_id = class_of(ctx, new.tax_class.as_str(), &mut changes).await?;
    let (taxes, tax_ids) = taxes_of(ctx, &new.taxes, &mut changes).await?;
    let row = RuleRow {
        id: ctx.new_id(),
        tax_class_id,
        tax_class: new.tax_class.into_string(),
        country: new.country.map(|c| c.as_str().to_owned()),
        region: new.region.map(|r| r.into_string()),
        customer_tax_status: new
            .customer_tax_status
            .unwrap_or_default()
            .as_str()
            .to_owned(),
        tax_ids,
        taxes,
        exemption_reason: new.exemption_reason.map(|r| r.into_string()),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    check_region(&row, &mut changes);
    changes.finish()?;
    let organization = ctx.organization();
    store::rules::insert(ctx.db(), organization, &row)
        .await
        .map_err(duplicate)?;
    ctx.record(Event::new(
        "tax_rule",
        row.id,
        1,
        "created",
        json!({ "tax_class": row.tax_class, "taxes": row.taxes }),
    ));
    Ok(row.into())
}

async fn locked(ctx: &mut Ctx, id: TaxRuleId, if_match: &IfMatch) -> ApiResult<RuleRow> {
    let organization = ctx.organization();
    if !store::rules::lock(ctx.db(), organization, id.uuid()).await? {
        return Err(Problem::not_found("tax rule").into());
    }
    let found = store::rules::rule(ctx.db(), organization, id.uuid()).await?;
    let row = found.ok_or_else(|| Problem::not_found("tax rule"))?;
    ctx.check_version(if_match, "tax_rule", row.id, row.version)
        .await?;
    Ok(row)
}

/// Changes a rule.
pub async fn change_rule(
    ctx: &mut Ctx,
    id: TaxRuleId,
    if_match: &IfMatch,
    patch: TaxRulePatch,
) -> ApiResult<TaxRuleView> {
    let mut row = locked(ctx, id, if_match).await?;
    let mut changes = Changes::default();
    if let Patch::Value(code) = &patch.tax_class {
        row.tax_class_id = class_of(ctx, code.as_str(), &mut changes).await?;
    }
    changes.required("tax_class", &mut row.tax_class, patch.tax_class, |v| {
        v.into_string()
    });
    changes.optional("country", &mut row.country, patch.country, |v| {
        v.as_str().to_owned()
    });
    changes.optional("region", &mut row.region, patch.region, |v| v.into_string());
    changes.required(
        "customer_tax_status",
        &mut row.customer_tax_status,
        patch.customer_tax_status,
        |v| v.as_str().to_owned(),
    );
    changes.optional(
        "exemption_reason",
        &mut row.exemption_reason,
        patch.exemption_reason,
        |v| v.into_string(),
    );
    match patch.taxes {
        Patch::Absent => {}
        Patch::Null => changes.problem(FieldProblem::at(
            "/taxes",
            "required",
            "Send an empty list for no taxes.",
        )),
        Patch::Value(codes) => {
            let (taxes, ids) = taxes_of(ctx, &codes, &mut changes).await?;
            if taxes != row.taxes {
                changes.note(
                    "taxes",
                    json!({ "from": row.taxes.shown(), "to": taxes.shown() }),
                );
            }
            (row.taxes, row.tax_ids) = (taxes, ids);
        }
    }
    check_region(&row, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        let organization = ctx.organization();
        store::rules::update(ctx.db(), organization, &row)
            .await
            .map_err(duplicate)?;
        ctx.record(Event::new("tax_rule", row.id, row.version, "updated", diff));
    }
    Ok(row.into())
}

/// Deletes a rule: orders keep the taxes they were given.
pub async fn delete_rule(ctx: &mut Ctx, id: TaxRuleId, if_match: &IfMatch) -> ApiResult<()> {
    let row = locked(ctx, id, if_match).await?;
    let organization = ctx.organization();
    store::rules::delete(ctx.db(), organization, row.id).await?;
    ctx.record(Event::new(
        "tax_rule",
        row.id,
        row.version,
        "deleted",
        json!({ "tax_class": row.tax_class, "taxes": row.taxes }),
    ));
    Ok(())
}

/// One rule.
pub async fn rule(
    db: &mut PgConnection,
    organization: Uuid,
    id: TaxRuleId,
) -> ApiResult<TaxRuleView> {
    Ok(store::rules::rule(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("tax rule"))?
        .into())
}
