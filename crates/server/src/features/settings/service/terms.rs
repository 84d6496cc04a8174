//! Create and change payment terms.

use serde_json::json;
use som_domain::ids::PaymentTermId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::{Changes, duplicate_code};
use crate::ctx::{Ctx, Event};
use crate::features::settings::input::{NewPaymentTerm, PaymentTermPatch};
use crate::features::settings::store::terms::{self as store, TermRow};
use crate::features::settings::view::PaymentTermView;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Problem};

/// As many days as ten years have.
const DUE_DAYS_MAX: i32 = 3650;

fn check(row: &TermRow, changes: &mut Changes) {
    if !(0..=DUE_DAYS_MAX).contains(&row.due_days) {
        changes.problem(
            FieldProblem::at(
                "/due_days",
                "out_of_range",
                format!("An invoice is due in 0 to {DUE_DAYS_MAX} days."),
            )
            .with_value(row.due_days.to_string()),
        );
    }
}

fn duplicate(error: sqlx::Error, code: &str) -> ApiError {
    duplicate_code(
        error,
        "payment_terms_organization_id_code_key",
        "payment term",
        code,
    )
}

/// Creates a payment term. Errors: 409 `duplicate_code`, 422.
pub async fn create(ctx: &mut Ctx, new: NewPaymentTerm) -> ApiResult<PaymentTermView> {
    let row = TermRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        due_days: new.due_days,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut changes = Changes::default();
    check(&row, &mut changes);
    changes.finish()?;
    let organization = ctx.organization();
    store::insert(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate(e, &row.code))?;
    ctx.record(Event::new(
        "payment_term",
        row.id,
        1,
        "created",
        json!({ "code": row.code, "due_days": row.due_days }),
    ));
    Ok(row.into())
}

/// Changes a payment term.
pub async fn change(
    ctx: &mut Ctx,
    id: PaymentTermId,
    if_match: &IfMatch,
    patch: PaymentTermPatch,
) -> ApiResult<PaymentTermView> {
    let organization = ctx.organization();
    let mut row = store::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("payment term"))?;
    ctx.check_version(if_match, "payment_term", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("due_days", &mut row.due_days, patch.due_days, |v| v);
    check(&row, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        store::update(ctx.db(), organization, &row)
            .await
            .map_err(|e| duplicate(e, &row.code))?;
        ctx.record(Event::new(
            "payment_term",
            row.id,
            row.version,
            "updated",
            diff,
        ));
    }
    Ok(row.into())
}

/// One payment term.
pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: PaymentTermId,
) -> ApiResult<PaymentTermView> {
    Ok(store::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("payment term"))?
        .into())
}
