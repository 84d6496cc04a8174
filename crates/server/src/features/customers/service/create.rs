//! Create customers, also by an external reference.

use std::collections::BTreeMap;

use serde_json::json;
use som_domain::CustomerId;
use sqlx::types::Json;
use uuid::Uuid;

use super::check::{check, constraint};
use super::{actor, addresses, change, contacts, shown};
use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::db::external_refs::{self, Reference, Source};
use crate::features::custom_fields;
use crate::features::customers::input::{
    CustomerKind, CustomerPatch, CustomerTaxStatus, NewCustomer,
};
use crate::features::customers::store::{self, CustomerRow, lookup};
use crate::features::customers::view::CustomerView;
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch};

/// Most contacts, and most addresses, of one customer.
pub(super) const PARTS_MAX: usize = 200;

/// The row of a new customer; its code is empty when none was given.
fn row_of(ctx: &Ctx, new: &NewCustomer, custom: serde_json::Value) -> CustomerRow {
    let references = new.external_refs.iter().flatten();
    CustomerRow {
        id: ctx.new_id(),
        code: new
            .code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        name: new.name.to_string(),
        kind: new
            .kind
            .unwrap_or(CustomerKind::Company)
            .as_str()
            .to_owned(),
        status: "active".to_owned(),
        group_id: new.group_id.map(Uuid::from),
        price_list_id: new.price_list_id.map(Uuid::from),
        payment_term_id: new.payment_term_id.map(Uuid::from),
        currency: new
            .currency
            .unwrap_or(ctx.caller.organization.currency)
            .code()
            .to_owned(),
        tax_status: new
            .tax_status
            .unwrap_or(CustomerTaxStatus::Taxable)
            .as_str()
            .to_owned(),
        tax_number: new.tax_number.as_ref().map(ToString::to_string),
        email: new.email.as_ref().map(ToString::to_string),
        phone: new.phone.as_ref().map(ToString::to_string),
        credit_limit: new.credit_limit.map(|limit| limit.decimal()),
        owner_id: new.owner_id.map(Uuid::from).or_else(|| actor(ctx)),
        team_id: new.team_id.or(ctx.caller.team_id).map(Uuid::from),
        notes: new
            .notes
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        custom,
        external_refs: Json(
            references
                .map(|(source, reference)| (source.to_string(), reference.to_string()))
                .collect(),
        ),
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// Creates a customer. Errors: 409 `duplicate_code`, `duplicate_external_ref`, 422.
pub async fn create(ctx: &mut Ctx, mut new: NewCustomer) -> ApiResult<CustomerView> {
    let organization = ctx.organization();
    let mut changes = Changes::default();
    let mut problems = Vec::new();
    let (custom, _) = custom_fields::service::apply(
        ctx.db(),
        organization,
        "customer",
        None,
        new.custom.take(),
        &mut problems,
    )
    .await?;
    for problem in problems {
        changes.problem(problem);
    }
    let mut row = row_of(ctx, &new, custom);
    check(ctx, &row, &mut changes).await?;
    for (pointer, count) in [
        ("/contacts", new.contacts.len()),
        ("/addresses", new.addresses.len()),
    ] {
        if count > PARTS_MAX {
            let detail = format!("A customer has at most {PARTS_MAX}.");
            changes.problem(FieldProblem::at(pointer, "too_many", detail));
        }
    }
    for (at, address) in new.addresses.iter().enumerate() {
        addresses::check_new(address, &format!("/addresses/{at}"), &mut changes);
    }
    changes.finish()?;
    if row.code.is_empty() {
        row.code = format!(
            "C-{:06}",
            lookup::last_number(ctx.db(), organization).await? + 1
        );
    }
    let by = actor(ctx);
    store::insert(ctx.db(), organization, &row, by)
        .await
        .map_err(|e| constraint(e, &row))?;
    let references = new.external_refs.unwrap_or_default();
    let references: BTreeMap<_, _> = references.into_iter().map(|(s, r)| (s, Some(r))).collect();
    external_refs::change(ctx.db(), organization, "customer", row.id, &references).await?;
    for contact in new.contacts {
        contacts::insert(ctx, row.id, contact).await?;
    }
    for address in new.addresses {
        addresses::insert(ctx, row.id, address).await?;
    }
    let facts = json!({ "code": row.code, "name": row.name });
    ctx.record(
        Event::new("customer", row.id, 1, "created", facts)
            .publish(json!({ "id": CustomerId::from_uuid(row.id).to_string(), "code": row.code })),
    );
    shown(ctx, row.id).await
}

/// Creates the customer another system calls `reference`, or changes the one that has it. Tells whether it is new.
pub async fn upsert(
    ctx: &mut Ctx,
    source: Source,
    reference: Reference,
    mut body: NewCustomer,
) -> ApiResult<(CustomerView, bool)> {
    let organization = ctx.organization();
    match external_refs::find(ctx.db(), organization, "customer", &source, &reference).await? {
        Some(id) => {
            let id = CustomerId::from_uuid(id);
            Ok((change(ctx, id, &IfMatch::Any, replace(body)).await?, false))
        }
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

/// What an upsert does not name stays, and so do contacts and addresses.
fn replace(new: NewCustomer) -> CustomerPatch {
    CustomerPatch {
        name: Patch::Value(new.name),
        code: given(new.code),
        kind: given(new.kind),
        group_id: given(new.group_id),
        price_list_id: given(new.price_list_id),
        payment_term_id: given(new.payment_term_id),
        currency: given(new.currency),
        tax_status: given(new.tax_status),
        tax_number: given(new.tax_number),
        email: given(new.email),
        phone: given(new.phone),
        credit_limit: given(new.credit_limit),
        owner_id: given(new.owner_id),
        team_id: given(new.team_id),
        notes: given(new.notes),
        custom: new.custom,
        external_refs: new
            .external_refs
            .map(|map| map.into_iter().map(|(s, r)| (s, Some(r))).collect()),
    }
}
