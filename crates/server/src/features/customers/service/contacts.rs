//! Contact persons: each change is one of the customer.

use serde_json::json;
use som_domain::CustomerId;
use som_domain::ids::ContactId;
use uuid::Uuid;

use super::create::PARTS_MAX;
use super::{lock, shown, touch};
use crate::change::Changes;
use crate::ctx::Ctx;
use crate::features::customers::input::{ContactPatch, NewContact};
use crate::features::customers::store::contacts::{self, ContactRow};
use crate::features::customers::view::CustomerView;
use crate::http::{ApiResult, IfMatch, Problem};

/// Writes a new contact.
pub(super) async fn insert(
    ctx: &mut Ctx,
    customer: Uuid,
    new: NewContact,
) -> ApiResult<ContactRow> {
    let row = ContactRow {
        id: ctx.new_id(),
        name: new.name.into_string(),
        role: new.role.map(|v| v.into_string()).unwrap_or_default(),
        email: new.email.map(|v| v.into_string()),
        phone: new.phone.map(|v| v.into_string()),
        is_primary: new.is_primary,
    };
    let (organization, now) = (ctx.organization(), ctx.now);
    contacts::save(ctx.db(), organization, customer, &row, now).await?;
    Ok(row)
}

/// Adds a contact. Errors: 404, 412, 428, 409 `too_many_contacts`.
pub async fn add_contact(
    ctx: &mut Ctx,
    id: CustomerId,
    if_match: &IfMatch,
    new: NewContact,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let organization = ctx.organization();
    if contacts::of(ctx.db(), organization, id.uuid()).await?.len() >= PARTS_MAX {
        let detail = format!("A customer has at most {PARTS_MAX} contacts.");
        return Err(Problem::conflict("too_many_contacts", detail).into());
    }
    let row = insert(ctx, id.uuid(), new).await?;
    let facts = json!({ "contact": ContactId::from_uuid(row.id).to_string() });
    touch(ctx, id, version, "contact_added", facts).await?;
    shown(ctx, id.uuid()).await
}

/// Changes a contact.
pub async fn change_contact(
    ctx: &mut Ctx,
    id: CustomerId,
    contact: ContactId,
    if_match: &IfMatch,
    patch: ContactPatch,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let (organization, now) = (ctx.organization(), ctx.now);
    let rows = contacts::of(ctx.db(), organization, id.uuid()).await?;
    let found = rows.into_iter().find(|row| row.id == contact.uuid());
    let mut row = found.ok_or_else(|| Problem::not_found("contact"))?;
    let mut changes = Changes::default();
    let mut name = Some(std::mem::take(&mut row.name));
    if patch.name == crate::http::Patch::Null {
        changes.required("name", &mut row.name, patch.name, |v| v.into_string());
    } else {
        changes.personal("name", &mut name, patch.name, |v| v.into_string());
    }
    row.name = name.unwrap_or_default();
    changes.text("role", &mut row.role, patch.role, |v| v.into_string());
    changes.personal("email", &mut row.email, patch.email, |v| v.into_string());
    changes.personal("phone", &mut row.phone, patch.phone, |v| v.into_string());
    changes.required("is_primary", &mut row.is_primary, patch.is_primary, |v| v);
    let unchanged = changes.is_empty();
    let diff = changes.finish()?;
    if !unchanged {
        contacts::save(ctx.db(), organization, id.uuid(), &row, now).await?;
        let facts = json!({ "contact": contact.to_string(), "changed": diff });
        touch(ctx, id, version, "contact_changed", facts).await?;
    }
    shown(ctx, id.uuid()).await
}

/// Removes a contact.
pub async fn remove_contact(
    ctx: &mut Ctx,
    id: CustomerId,
    contact: ContactId,
    if_match: &IfMatch,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let organization = ctx.organization();
    if !contacts::delete(ctx.db(), organization, id.uuid(), contact.uuid()).await? {
        return Err(Problem::not_found("contact").into());
    }
    let facts = json!({ "contact": contact.to_string() });
    touch(ctx, id, version, "contact_removed", facts).await?;
    shown(ctx, id.uuid()).await
}
