//! Change customers.

use std::collections::BTreeMap;

use serde_json::json;
use som_domain::CustomerId;
use som_domain::ids::{CustomerGroupId, PaymentTermId, PriceListId, TeamId, UserId};

use super::check::{check, constraint};
use super::{actor, load, lock, shown};
use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::db::external_refs::{self, Reference, Source};
use crate::features::custom_fields;
use crate::features::customers::input::CustomerPatch;
use crate::features::customers::store::{self, CustomerRow};
use crate::features::customers::view::CustomerView;
use crate::http::{ApiResult, IfMatch};

/// Sets what the body names, but for custom fields and external references.
fn apply(row: &mut CustomerRow, patch: CustomerPatch, changes: &mut Changes) {
    changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    changes.required("code", &mut row.code, patch.code, |v| v.into_string());
    changes.required("kind", &mut row.kind, patch.kind, |v| v.as_str().to_owned());
    changes.reference(
        "group_id",
        &mut row.group_id,
        patch.group_id,
        CustomerGroupId::from_uuid,
    );
    changes.reference(
        "price_list_id",
        &mut row.price_list_id,
        patch.price_list_id,
        PriceListId::from_uuid,
    );
    changes.reference(
        "payment_term_id",
        &mut row.payment_term_id,
        patch.payment_term_id,
        PaymentTermId::from_uuid,
    );
    changes.required("currency", &mut row.currency, patch.currency, |v| {
        v.code().to_owned()
    });
    changes.required("tax_status", &mut row.tax_status, patch.tax_status, |v| {
        v.as_str().to_owned()
    });
    changes.personal("tax_number", &mut row.tax_number, patch.tax_number, |v| {
        v.into_string()
    });
    changes.personal("email", &mut row.email, patch.email, |v| v.into_string());
    changes.personal("phone", &mut row.phone, patch.phone, |v| v.into_string());
    changes.optional(
        "credit_limit",
        &mut row.credit_limit,
        patch.credit_limit,
        |v| v.decimal(),
    );
    changes.reference(
        "owner_id",
        &mut row.owner_id,
        patch.owner_id,
        UserId::from_uuid,
    );
    changes.reference(
        "team_id",
        &mut row.team_id,
        patch.team_id,
        TeamId::from_uuid,
    );
    changes.text("notes", &mut row.notes, patch.notes, |v| v.into_string());
}

/// Changes a customer. Orders keep what they were confirmed with.
pub async fn change(
    ctx: &mut Ctx,
    id: CustomerId,
    if_match: &IfMatch,
    mut patch: CustomerPatch,
) -> ApiResult<CustomerView> {
    let organization = ctx.organization();
    let version = lock(ctx, id, if_match).await?;
    let caller = std::sync::Arc::clone(&ctx.caller);
    let mut row = load(ctx.db(), &caller, id.uuid()).await?;
    let mut changes = Changes::default();
    let (custom, references) = (patch.custom.take(), patch.external_refs.take());
    apply(&mut row, patch, &mut changes);
    check(ctx, &row, &mut changes).await?;
    let mut problems = Vec::new();
    let (custom, differences) = custom_fields::service::apply(
        ctx.db(),
        organization,
        "customer",
        Some(&row.custom),
        custom,
        &mut problems,
    )
    .await?;
    for problem in problems {
        changes.problem(problem);
    }
    for (field, difference) in differences {
        changes.note(&field, difference);
    }
    row.custom = custom;
    let references = references.unwrap_or_default();
    note_references(&mut row, &references, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if unchanged {
        return shown(ctx, row.id).await;
    }
    row.version = version + 1;
    row.updated_at = ctx.now;
    let by = actor(ctx);
    store::update(ctx.db(), organization, &row, by)
        .await
        .map_err(|e| constraint(e, &row))?;
    external_refs::change(ctx.db(), organization, "customer", row.id, &references).await?;
    ctx.record(
        Event::new("customer", row.id, row.version, "updated", diff)
            .publish(json!({ "id": id.to_string(), "code": row.code })),
    );
    shown(ctx, row.id).await
}

fn note_references(
    row: &mut CustomerRow,
    references: &BTreeMap<Source, Option<Reference>>,
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
