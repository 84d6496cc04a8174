//! Create and change price lists.

use serde_json::json;
use som_domain::PriceListId;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::change::{Changes, duplicate_code};
use crate::ctx::{Ctx, Event};
use crate::db::external_refs::{self, Reference, Source};
use crate::features::price_lists::input::{ListState, NewPriceList, PriceListPatch};
use crate::features::price_lists::store::{self, ListRow};
use crate::features::price_lists::view::PriceListView;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Patch, Problem};

const CODE_KEY: &str = "price_lists_organization_id_code_key";

fn constraint(error: sqlx::Error, code: &str) -> ApiError {
    let pointer = match error.as_database_error().and_then(|e| e.constraint()) {
        Some("price_lists_organization_id_customer_id_fkey") => "/customer_id",
        Some("price_lists_organization_id_group_id_fkey") => "/group_id",
        _ => return duplicate_code(error, CODE_KEY, "price list", code),
    };
    let detail = format!(
        "There is no such {}.",
        if pointer == "/customer_id" {
            "customer"
        } else {
            "customer group"
        }
    );
    Problem::invalid(vec![FieldProblem::at(pointer, "unknown_reference", detail)]).into()
}

fn check(row: &ListRow, changes: &mut Changes) {
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
    if row.customer_id.is_some() && row.group_id.is_some() {
        changes.problem(FieldProblem::at(
            "/group_id",
            "ambiguous_scope",
            "A list is for one customer or for one group, not both.",
        ));
    }
}

/// Creates a price list. Errors: 409 `duplicate_code`, 422 `unknown_reference`.
pub async fn create(ctx: &mut Ctx, new: NewPriceList) -> ApiResult<PriceListView> {
    let references = new.external_refs.unwrap_or_default();
    let scope = match (&new.customer_id, &new.group_id) {
        (Some(_), _) => "customer",
        (None, Some(_)) => "group",
        (None, None) => "organization",
    };
    let row = ListRow {
        id: ctx.new_id(),
        code: new.code.into_string(),
        name: new.name.into_string(),
        currency: new
            .currency
            .unwrap_or(ctx.caller.organization.currency)
            .code()
            .to_owned(),
        includes_tax: new.includes_tax,
        scope: scope.to_owned(),
        customer_id: new.customer_id.map(Uuid::from),
        group_id: new.group_id.map(Uuid::from),
        priority: new.priority,
        valid_from: new.valid_from.map(|d| d.naive()),
        valid_to: new.valid_to.map(|d| d.naive()),
        status: new.status.unwrap_or(ListState::Active).as_str().to_owned(),
        external_refs: Json(
            references
                .iter()
                .map(|(source, reference)| (source.to_string(), reference.to_string()))
                .collect(),
        ),
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
        .map_err(|e| constraint(e, &row.code))?;
    let references = references
        .into_iter()
        .map(|(source, reference)| (source, Some(reference)))
        .collect();
    external_refs::change(ctx.db(), organization, "price_list", row.id, &references).await?;
    ctx.record(Event::new(
        "price_list",
        row.id,
        1,
        "created",
        json!({ "code": row.code, "currency": row.currency }),
    ));
    Ok(row.into())
}

/// Changes a price list.
pub async fn change(
    ctx: &mut Ctx,
    id: PriceListId,
    if_match: &IfMatch,
    patch: PriceListPatch,
) -> ApiResult<PriceListView> {
    let organization = ctx.organization();
    if !store::lock(ctx.db(), organization, id.uuid()).await? {
        return Err(Problem::not_found("price list").into());
    }
    let found = store::find(ctx.db(), organization, id.uuid()).await?;
    let mut row = found.ok_or_else(|| Problem::not_found("price list"))?;
    ctx.check_version(if_match, "price_list", row.id, row.version)
        .await?;
    let mut changes = Changes::default();
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required(
        "includes_tax",
        &mut row.includes_tax,
        patch.includes_tax,
        |v| v,
    );
    changes.required("priority", &mut row.priority, patch.priority, |v| v);
    changes.optional("valid_from", &mut row.valid_from, patch.valid_from, |v| {
        v.naive()
    });
    changes.optional("valid_to", &mut row.valid_to, patch.valid_to, |v| v.naive());
    changes.required("status", &mut row.status, patch.status, |v| {
        v.as_str().to_owned()
    });
    check(&row, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        row.version += 1;
        row.updated_at = ctx.now;
        store::update(ctx.db(), organization, &row)
            .await
            .map_err(|e| constraint(e, &row.code))?;
        ctx.record(Event::new(
            "price_list",
            row.id,
            row.version,
            "updated",
            diff,
        ));
    }
    Ok(row.into())
}

/// Creates the list another system calls `reference`, or changes name, validity and priority of the one that has it.
pub async fn upsert(
    ctx: &mut Ctx,
    source: Source,
    reference: Reference,
    mut body: NewPriceList,
) -> ApiResult<(PriceListView, bool)> {
    let organization = ctx.organization();
    let Some(id) =
        external_refs::find(ctx.db(), organization, "price_list", &source, &reference).await?
    else {
        body.external_refs
            .get_or_insert_default()
            .insert(source, reference);
        return Ok((create(ctx, body).await?, true));
    };
    let given = |date: Option<som_domain::Date>| date.map_or(Patch::Absent, Patch::Value);
    let patch = PriceListPatch {
        code: Patch::Value(body.code),
        name: Patch::Value(body.name),
        includes_tax: Patch::Value(body.includes_tax),
        priority: Patch::Value(body.priority),
        valid_from: given(body.valid_from),
        valid_to: given(body.valid_to),
        status: body.status.map_or(Patch::Absent, Patch::Value),
    };
    Ok((
        change(ctx, PriceListId::from_uuid(id), &IfMatch::Any, patch).await?,
        false,
    ))
}

/// One price list.
pub async fn list(
    db: &mut PgConnection,
    organization: Uuid,
    id: PriceListId,
) -> ApiResult<PriceListView> {
    Ok(store::find(db, organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("price list"))?
        .into())
}

/// The id of a list by its code.
pub async fn id_of(
    db: &mut PgConnection,
    organization: Uuid,
    code: &str,
) -> ApiResult<Option<PriceListId>> {
    Ok(store::id_of(db, organization, code)
        .await?
        .map(PriceListId::from_uuid))
}
