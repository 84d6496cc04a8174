//! Addresses: each change is one of the customer.

use serde_json::json;
use som_domain::CustomerId;
use som_domain::ids::AddressId;
use uuid::Uuid;

use super::create::PARTS_MAX;
use super::{lock, shown, touch};
use crate::change::Changes;
use crate::ctx::Ctx;
use crate::features::customers::input::{AddressKind, AddressPatch, NewAddress};
use crate::features::customers::store::addresses::{self, AddressRow};
use crate::features::customers::view::CustomerView;
use crate::http::{ApiResult, FieldProblem, IfMatch, Patch, Problem};

/// Most lines of an address.
const LINES_MAX: usize = 6;

fn check(
    lines: usize,
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>,
    at: &str,
    changes: &mut Changes,
) {
    if lines > LINES_MAX {
        let detail = format!("An address has at most {LINES_MAX} lines.");
        changes.problem(FieldProblem::at(format!("{at}/lines"), "too_many", detail));
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let detail = "The last day is before the first.";
        changes.problem(FieldProblem::at(
            format!("{at}/valid_to"),
            "invalid_period",
            detail,
        ));
    }
}

/// Notes what is wrong with a new address at a place of the body.
pub(super) fn check_new(new: &NewAddress, at: &str, changes: &mut Changes) {
    let (from, to) = (
        new.valid_from.map(|d| d.naive()),
        new.valid_to.map(|d| d.naive()),
    );
    check(new.lines.len(), from, to, at, changes);
}

/// Writes a new address.
pub(super) async fn insert(
    ctx: &mut Ctx,
    customer: Uuid,
    new: NewAddress,
) -> ApiResult<AddressRow> {
    let row = AddressRow {
        id: ctx.new_id(),
        label: new.label.map(|v| v.into_string()).unwrap_or_default(),
        kind: new.kind.unwrap_or(AddressKind::Both).as_str().to_owned(),
        recipient: new.recipient.map(|v| v.into_string()),
        lines: new.lines.into_iter().map(|v| v.into_string()).collect(),
        city: new.city.map(|v| v.into_string()).unwrap_or_default(),
        region: new.region.map(|v| v.into_string()).unwrap_or_default(),
        postal_code: new.postal_code.map(|v| v.into_string()).unwrap_or_default(),
        country: new.country.as_str().to_owned(),
        is_default: new.is_default,
        valid_from: new.valid_from.map(|d| d.naive()),
        valid_to: new.valid_to.map(|d| d.naive()),
    };
    let (organization, now) = (ctx.organization(), ctx.now);
    addresses::save(ctx.db(), organization, customer, &row, now).await?;
    Ok(row)
}

/// Adds an address. Errors: 404, 412, 428, 409 `too_many_addresses`, 422.
pub async fn add_address(
    ctx: &mut Ctx,
    id: CustomerId,
    if_match: &IfMatch,
    new: NewAddress,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let organization = ctx.organization();
    let mut changes = Changes::default();
    check_new(&new, "", &mut changes);
    changes.finish()?;
    if addresses::of(ctx.db(), organization, id.uuid())
        .await?
        .len()
        >= PARTS_MAX
    {
        let detail = format!("A customer has at most {PARTS_MAX} addresses.");
        return Err(Problem::conflict("too_many_addresses", detail).into());
    }
    let row = insert(ctx, id.uuid(), new).await?;
    let facts = json!({ "address": AddressId::from_uuid(row.id).to_string() });
    touch(ctx, id, version, "address_added", facts).await?;
    shown(ctx, id.uuid()).await
}

/// Sets what the body names. Where somebody lives is personal: the audit says only that it changed.
fn apply(row: &mut AddressRow, patch: AddressPatch, changes: &mut Changes) {
    changes.text("label", &mut row.label, patch.label, |v| v.into_string());
    changes.required("kind", &mut row.kind, patch.kind, |v| v.as_str().to_owned());
    changes.personal("recipient", &mut row.recipient, patch.recipient, |v| {
        v.into_string()
    });
    let lines = match patch.lines {
        Patch::Absent => None,
        Patch::Null => Some(Vec::new()),
        Patch::Value(lines) => Some(lines.into_iter().map(|v| v.into_string()).collect()),
    };
    if let Some(lines) = lines.filter(|lines| *lines != row.lines) {
        changes.note("lines", json!({ "changed": true }));
        row.lines = lines;
    }
    changes.text("city", &mut row.city, patch.city, |v| v.into_string());
    changes.text("region", &mut row.region, patch.region, |v| v.into_string());
    changes.text(
        "postal_code",
        &mut row.postal_code,
        patch.postal_code,
        |v| v.into_string(),
    );
    changes.required("country", &mut row.country, patch.country, |v| {
        v.as_str().to_owned()
    });
    changes.required("is_default", &mut row.is_default, patch.is_default, |v| v);
    changes.optional("valid_from", &mut row.valid_from, patch.valid_from, |v| {
        v.naive()
    });
    changes.optional("valid_to", &mut row.valid_to, patch.valid_to, |v| v.naive());
    check(row.lines.len(), row.valid_from, row.valid_to, "", changes);
}

/// Changes an address.
pub async fn change_address(
    ctx: &mut Ctx,
    id: CustomerId,
    address: AddressId,
    if_match: &IfMatch,
    patch: AddressPatch,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let (organization, now) = (ctx.organization(), ctx.now);
    let rows = addresses::of(ctx.db(), organization, id.uuid()).await?;
    let found = rows.into_iter().find(|row| row.id == address.uuid());
    let mut row = found.ok_or_else(|| Problem::not_found("address"))?;
    let mut changes = Changes::default();
    apply(&mut row, patch, &mut changes);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        addresses::save(ctx.db(), organization, id.uuid(), &row, now).await?;
        let facts = json!({ "address": address.to_string(), "changed": diff });
        touch(ctx, id, version, "address_changed", facts).await?;
    }
    shown(ctx, id.uuid()).await
}

/// Removes an address. Orders keep their copies.
pub async fn remove_address(
    ctx: &mut Ctx,
    id: CustomerId,
    address: AddressId,
    if_match: &IfMatch,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let organization = ctx.organization();
    if !addresses::delete(ctx.db(), organization, id.uuid(), address.uuid()).await? {
        return Err(Problem::not_found("address").into());
    }
    let facts = json!({ "address": address.to_string() });
    touch(ctx, id, version, "address_removed", facts).await?;
    shown(ctx, id.uuid()).await
}
