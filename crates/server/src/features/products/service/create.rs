//! Create and change products, also by an external reference.

use std::collections::BTreeMap;

use serde_json::json;
use som_domain::ids::{CategoryId, ProductId};
use som_domain::text::Code;
use sqlx::types::Json;
use uuid::Uuid;

use super::columns::{custom, set_columns};
use super::lookup::{category_of, conversions_of, shown, tax_class_of, unit_of};
use super::{load, view};
use crate::change::{Changes, duplicate};
use crate::ctx::{Ctx, Event};
use crate::db::external_refs::{self, Reference, Source};
use crate::features::products::input::{
    InvoicePolicy, NewProduct, ProductPatch, UnitConversionInput,
};
use crate::features::products::store::{self, ConversionRow, ProductRow};
use crate::features::products::view::ProductView;
use crate::http::{ApiError, ApiResult, FieldProblem, IfMatch, Patch, Problem, require};
use crate::permission::Permission;

/// The unit of a product that names none.
const DEFAULT_UNIT: &str = "pcs";

fn constraint(error: sqlx::Error, row: &ProductRow) -> ApiError {
    let is = |name: &str| error.as_database_error().and_then(|e| e.constraint()) == Some(name);
    if is("products_barcode_key") || is("product_units_barcode_key") {
        let name = if is("products_barcode_key") {
            "products_barcode_key"
        } else {
            "product_units_barcode_key"
        };
        return duplicate(error, name, "duplicate_barcode", "/barcode", || {
            "Another product already has this barcode.".to_owned()
        });
    }
    duplicate(
        error,
        "products_organization_id_sku_key",
        "duplicate_sku",
        "/sku",
        || format!("There is already a product with the SKU {}.", row.sku),
    )
}

fn check_pack(row: &ProductRow, changes: &mut Changes) {
    if row.pack_multiple.is_some_and(|pack| pack.is_zero()) {
        changes.problem(FieldProblem::at(
            "/pack_multiple",
            "not_positive",
            "A pack is above zero.",
        ));
    }
}

fn default_policy(kind: &str) -> InvoicePolicy {
    if kind == "goods" {
        InvoicePolicy::Delivered
    } else {
        InvoicePolicy::Ordered
    }
}

/// Creates a product. Errors: 403 for a cost without `cost.read`, 409 `duplicate_sku`, `duplicate_barcode`, 422.
pub async fn create(ctx: &mut Ctx, new: NewProduct) -> ApiResult<ProductView> {
    if new.cost.is_some() {
        require(&ctx.caller, Permission::CostRead)?;
    }
    let mut changes = Changes::default();
    let category = match &new.category {
        Some(code) => category_of(ctx, code, &mut changes).await?,
        None => None,
    };
    let tax_class_id = match &new.tax_class {
        Some(code) => tax_class_of(ctx, code, &mut changes).await?,
        None => None,
    };
    let unit = new
        .unit
        .map_or_else(|| DEFAULT_UNIT.to_owned(), Code::into_string);
    let unit_id = unit_of(ctx, &unit, &mut changes).await?;
    let conversions = conversions_of(ctx, &unit, &new.units, &mut changes).await?;
    let custom = custom(ctx, None, new.custom, &mut changes).await?;
    let kind = new
        .kind
        .unwrap_or(som_domain::units::ProductKind::Goods)
        .as_str()
        .to_owned();
    let references = new.external_refs.unwrap_or_default();
    let row = ProductRow {
        id: ctx.new_id(),
        sku: new.sku.into_string(),
        name: new.name.into_string(),
        barcode: new.barcode.map(|b| b.into_string()),
        category_id: category.as_ref().map(|(id, _)| *id),
        category_code: new.category.map(Code::into_string),
        category_name: category.map(|(_, name)| name),
        unit_id,
        unit,
        pack_multiple: new.pack_multiple.map(|q| q.decimal()),
        tax_class_id,
        tax_class: new.tax_class.map(Code::into_string),
        invoice_policy: new
            .invoice_policy
            .unwrap_or_else(|| default_policy(&kind))
            .as_str()
            .to_owned(),
        kind,
        list_price: new.list_price.map(|p| p.decimal()),
        cost: new.cost.map(|p| p.decimal()),
        status: "active".to_owned(),
        description: new.description.map(|d| d.into_string()).unwrap_or_default(),
        custom,
        external_refs: Json(
            references
                .iter()
                .map(|(source, reference)| (source.to_string(), reference.to_string()))
                .collect(),
        ),
        units: Json(shown(&new.units)),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    check_pack(&row, &mut changes);
    changes.finish()?;
    add(ctx, &row, &conversions, references).await?;
    Ok(view(&ctx.caller, row))
}

/// Writes a new product with its units and references.
async fn add(
    ctx: &mut Ctx,
    row: &ProductRow,
    conversions: &[ConversionRow],
    references: BTreeMap<Source, Reference>,
) -> ApiResult<()> {
    let (organization, by) = (ctx.organization(), actor(ctx));
    store::insert(ctx.db(), organization, row, by)
        .await
        .map_err(|e| constraint(e, row))?;
    store::replace_conversions(ctx.db(), organization, row.id, conversions)
        .await
        .map_err(|e| constraint(e, row))?;
    let references = references
        .into_iter()
        .map(|(source, reference)| (source, Some(reference)))
        .collect();
    external_refs::change(ctx.db(), organization, "product", row.id, &references).await?;
    let facts = json!({ "sku": row.sku, "name": row.name });
    ctx.record(
        Event::new("product", row.id, 1, "created", facts)
            .publish(json!({ "id": ProductId::from_uuid(row.id).to_string(), "sku": row.sku })),
    );
    Ok(())
}

fn actor(ctx: &Ctx) -> Option<Uuid> {
    Some(ctx.caller.user_id.uuid()).filter(|id| !id.is_nil())
}

async fn apply_references(
    ctx: &mut Ctx,
    row: &mut ProductRow,
    patch: &ProductPatch,
    changes: &mut Changes,
) -> ApiResult<()> {
    if let Patch::Value(code) = &patch.category {
        if let Some((id, name)) = category_of(ctx, code, changes).await? {
            changes.reference(
                "category",
                &mut row.category_id,
                Patch::Value(CategoryId::from_uuid(id)),
                CategoryId::from_uuid,
            );
            (row.category_code, row.category_name) = (Some(code.as_str().to_owned()), Some(name));
        }
    } else if patch.category == Patch::Null {
        changes.reference(
            "category",
            &mut row.category_id,
            Patch::<CategoryId>::Null,
            CategoryId::from_uuid,
        );
        (row.category_code, row.category_name) = (None, None);
    }
    if let Patch::Value(code) = &patch.tax_class {
        row.tax_class_id = tax_class_of(ctx, code, changes).await?;
    } else if patch.tax_class == Patch::Null {
        row.tax_class_id = None;
    }
    if let Patch::Value(code) = &patch.unit {
        row.unit_id = unit_of(ctx, code.as_str(), changes).await?;
    }
    Ok(())
}

/// Changes a product. Orders keep what they were confirmed with.
pub async fn change(
    ctx: &mut Ctx,
    id: ProductId,
    if_match: &IfMatch,
    mut patch: ProductPatch,
) -> ApiResult<ProductView> {
    let organization = ctx.organization();
    let version = store::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("product"))?;
    ctx.check_version(if_match, "product", id.uuid(), version)
        .await?;
    if patch.cost.is_present() {
        require(&ctx.caller, Permission::CostRead)?;
    }
    let mut row = load(ctx.db(), organization, id.uuid()).await?;
    let mut changes = Changes::default();
    apply_references(ctx, &mut row, &patch, &mut changes).await?;
    let sent_custom = patch.custom.take();
    let sent_units = std::mem::replace(&mut patch.units, Patch::Absent);
    let references = patch.external_refs.take().unwrap_or_default();
    set_columns(&mut row, patch, &mut changes);
    check_pack(&row, &mut changes);
    let conversions = change_units(ctx, &mut row, sent_units, &mut changes).await?;
    row.custom = custom(ctx, Some(&row.custom), sent_custom, &mut changes).await?;
    note_references(&mut row, &references, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if unchanged {
        return Ok(view(&ctx.caller, row));
    }
    row.version = version + 1;
    row.updated_at = ctx.now;
    let by = actor(ctx);
    store::update(ctx.db(), organization, &row, by)
        .await
        .map_err(|e| constraint(e, &row))?;
    if let Some(conversions) = conversions {
        store::replace_conversions(ctx.db(), organization, row.id, &conversions)
            .await
            .map_err(|e| constraint(e, &row))?;
    }
    external_refs::change(ctx.db(), organization, "product", row.id, &references).await?;
    ctx.record(
        Event::new("product", row.id, row.version, "updated", diff)
            .publish(json!({ "id": id.to_string(), "sku": row.sku })),
    );
    Ok(view(&ctx.caller, row))
}

async fn change_units(
    ctx: &mut Ctx,
    row: &mut ProductRow,
    patch: Patch<Vec<UnitConversionInput>>,
    changes: &mut Changes,
) -> ApiResult<Option<Vec<ConversionRow>>> {
    let input = match patch {
        Patch::Absent => return Ok(None),
        Patch::Null => Vec::new(),
        Patch::Value(input) => input,
    };
    let own = row.unit.clone();
    let rows = conversions_of(ctx, &own, &input, changes).await?;
    let (before, after) = (json!(row.units.0), json!(shown(&input)));
    if before != after {
        changes.note("units", json!({ "from": before, "to": after }));
        row.units = Json(shown(&input));
    }
    Ok(Some(rows))
}

fn note_references(
    row: &mut ProductRow,
    references: &std::collections::BTreeMap<Source, Option<Reference>>,
    changes: &mut Changes,
) {
    let before = row.external_refs.0.clone();
    for (source, reference) in references {
        match reference {
            Some(reference) => drop(
                row.external_refs
                    .0
                    .insert(source.to_string(), reference.to_string()),
            ),
            None => drop(row.external_refs.0.remove(source.as_str())),
        }
    }
    if before != row.external_refs.0 {
        changes.note(
            "external_refs",
            json!({ "from": before, "to": row.external_refs.0 }),
        );
    }
}

/// Creates the product another system calls `reference`, or changes the one that has it. Tells whether it is new.
pub async fn upsert(
    ctx: &mut Ctx,
    source: Source,
    reference: Reference,
    mut body: NewProduct,
) -> ApiResult<(ProductView, bool)> {
    let organization = ctx.organization();
    match external_refs::find(ctx.db(), organization, "product", &source, &reference).await? {
        Some(id) => Ok((
            change(ctx, ProductId::from_uuid(id), &IfMatch::Any, replace(body)).await?,
            false,
        )),
        None => {
            body.external_refs
                .get_or_insert_default()
                .insert(source, reference);
            Ok((create(ctx, body).await?, true))
        }
    }
}

fn given<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Absent, Patch::Value)
}

/// What an upsert does not name stays.
fn replace(new: NewProduct) -> ProductPatch {
    ProductPatch {
        sku: Patch::Value(new.sku),
        name: Patch::Value(new.name),
        barcode: given(new.barcode),
        category: given(new.category),
        kind: given(new.kind),
        unit: given(new.unit),
        pack_multiple: given(new.pack_multiple),
        tax_class: given(new.tax_class),
        invoice_policy: given(new.invoice_policy),
        list_price: given(new.list_price),
        cost: given(new.cost),
        description: given(new.description),
        custom: new.custom,
        external_refs: new.external_refs.map(|map| {
            map.into_iter()
                .map(|(source, reference)| (source, Some(reference)))
                .collect()
        }),
        units: if new.units.is_empty() {
            Patch::Absent
        } else {
            Patch::Value(new.units)
        },
    }
}
