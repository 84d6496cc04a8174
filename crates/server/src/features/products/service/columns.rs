//! The columns of a product as a body names them.

use serde_json::Value;

use super::lookup::HiddenCost;
use crate::change::Changes;
use crate::ctx::Ctx;
use crate::features::custom_fields;
use crate::features::custom_fields::service::CustomInput;
use crate::features::products::input::ProductPatch;
use crate::features::products::store::ProductRow;
use crate::http::ApiResult;

/// Sets what the body names, but for references, units and custom fields.
pub(super) fn set_columns(row: &mut ProductRow, patch: ProductPatch, changes: &mut Changes) {
    changes.required("sku", &mut row.sku, patch.sku, |v| v.into_string());
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.optional("barcode", &mut row.barcode, patch.barcode, |v| {
        v.into_string()
    });
    changes.required("kind", &mut row.kind, patch.kind, |v| v.as_str().to_owned());
    changes.required("unit", &mut row.unit, patch.unit, |v| v.into_string());
    changes.optional("tax_class", &mut row.tax_class, patch.tax_class, |v| {
        v.into_string()
    });
    changes.optional(
        "pack_multiple",
        &mut row.pack_multiple,
        patch.pack_multiple,
        |v| v.decimal(),
    );
    changes.required(
        "invoice_policy",
        &mut row.invoice_policy,
        patch.invoice_policy,
        |v| v.as_str().to_owned(),
    );
    changes.optional("list_price", &mut row.list_price, patch.list_price, |v| {
        v.decimal()
    });
    let mut cost = row.cost.map(HiddenCost);
    changes.optional("cost", &mut cost, patch.cost, |v| HiddenCost(v.decimal()));
    row.cost = cost.map(|c| c.0);
    changes.text(
        "description",
        &mut row.description,
        patch.description,
        |v| v.into_string(),
    );
}

/// The custom fields with what was sent, differences noted.
pub(super) async fn custom(
    ctx: &mut Ctx,
    stored: Option<&Value>,
    input: Option<CustomInput>,
    changes: &mut Changes,
) -> ApiResult<Value> {
    let (organization, mut problems) = (ctx.organization(), Vec::new());
    let applied = custom_fields::service::apply(
        ctx.db(),
        organization,
        "product",
        stored,
        input,
        &mut problems,
    );
    let (custom, differences) = applied.await?;
    for problem in problems {
        changes.problem(problem);
    }
    for (field, difference) in differences {
        changes.note(&field, difference);
    }
    Ok(custom)
}
