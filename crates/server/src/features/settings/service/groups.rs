//! Create and change customer groups.

use serde_json::json;
use som_domain::ids::CustomerGroupId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::change::{Changes, duplicate_code};
use crate::ctx::{Ctx, Event};
use crate::features::settings::input::{CustomerGroupPatch, NewCustomerGroup};
use crate::features::settings::store::groups::{self as store, GroupRow};
use crate::features::settings::view::CustomerGroupView;
use crate::http::{ApiError, ApiResult, IfMatch, Problem};

fn duplicate(error: sqlx::Error, code: &str) -> ApiError {
    duplicate_code(
        error,
        "customer_groups_organization_id_code_key",
        "customer group",
        code,
    )
}

/// Creates a customer group. Errors: 409 `duplicate_code`.
pub async fn create(ctx: &mut Ctx, new: NewCustomerGroup) -> ApiResult<CustomerGroupView> {
    let row = GroupRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let organization = ctx.organization();
    store::insert(ctx.db(), organization, &row)
        .await
        .map_err(|e| duplicate(e, &row.code))?;
    ctx.record(Event::new(
        "customer_group",
        row.id,
        1,
        "created",
        json!({ "code": row.code }),
    ));
    Ok(row.into())
}

/// Changes a customer group.
pub async fn change(
    ctx: &mut Ctx,
    id: CustomerGroupId,
    if_match: &IfMatch,
    patch: CustomerGroupPatch,
) -> ApiResult<CustomerGroupView> {
    let organization = ctx.organization();
    let mut row = store::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("customer group"))?;
    ctx.check_version(if_match, "customer_group", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        store::update(ctx.db(), organization, &row)
            .await
            .map_err(|e| duplicate(e, &row.code))?;
        ctx.record(Event::new(
            "customer_group",
            row.id,
            row.version,
            "updated",
            diff,
        ));
    }
    Ok(row.into())
}

/// One customer group.
pub async fn find(
    db: &mut PgConnection,
    organization: Uuid,
    id: CustomerGroupId,
) -> ApiResult<CustomerGroupView> {
    Ok(store::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("customer group"))?
        .into())
}
