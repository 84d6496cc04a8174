//! Customers: create, change, and what other features may know of one.

mod addresses;
mod buyer;
mod change;
mod check;
mod contacts;
mod create;
mod state;
mod timeline;

pub use buyer::{Buyer, buyer};

pub use addresses::{add_address, change_address, remove_address};
pub use change::change;
pub use contacts::{add_contact, change_contact, remove_contact};
pub use create::{create, upsert};
pub use state::{CustomerStatus, set_status};
pub use timeline::{Timeline, timeline};

use serde_json::{Value, json};
use som_domain::CustomerId;
use uuid::Uuid;

use super::store::{self, CustomerRow};
use super::view::CustomerView;
use crate::caller::Caller;
use crate::ctx::{Ctx, Event};
use crate::db::TenantTx;
use crate::http::{ApiResult, IfMatch, Problem};

/// One customer with contacts and addresses. Errors: 404, also for one out of the caller's sight.
pub async fn customer(
    db: &mut TenantTx,
    caller: &Caller,
    id: CustomerId,
) -> ApiResult<CustomerView> {
    let organization = caller.organization.id.uuid();
    let row = load(db, caller, id.uuid()).await?;
    let contacts = store::contacts::of(db, organization, row.id).await?;
    let addresses = store::addresses::of(db, organization, row.id).await?;
    Ok(CustomerView::new(row, contacts, addresses, caller))
}

async fn load(db: &mut TenantTx, caller: &Caller, id: Uuid) -> ApiResult<CustomerRow> {
    let found = store::customer(db, caller.organization.id.uuid(), &caller.row_scope(), id).await?;
    Ok(found.ok_or_else(|| Problem::not_found("customer"))?)
}

/// The customer after a use case.
async fn shown(ctx: &mut Ctx, id: Uuid) -> ApiResult<CustomerView> {
    let caller = std::sync::Arc::clone(&ctx.caller);
    customer(ctx.db(), &caller, CustomerId::from_uuid(id)).await
}

/// Locks a customer in sight and checks the version the client saw.
async fn lock(ctx: &mut Ctx, id: CustomerId, if_match: &IfMatch) -> ApiResult<i32> {
    let (organization, scope) = (ctx.organization(), ctx.caller.row_scope());
    let version = store::lock(ctx.db(), organization, &scope, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("customer"))?;
    ctx.check_version(if_match, "customer", id.uuid(), version)
        .await?;
    Ok(version)
}

/// The person behind a change; none for the system.
fn actor(ctx: &Ctx) -> Option<Uuid> {
    Some(ctx.caller.user_id.uuid()).filter(|id| !id.is_nil())
}

/// Counts a change of a contact or an address as one of the customer, and tells of it.
async fn touch(
    ctx: &mut Ctx,
    id: CustomerId,
    version: i32,
    action: &'static str,
    diff: Value,
) -> ApiResult<()> {
    let (organization, now, by) = (ctx.organization(), ctx.now, actor(ctx));
    store::touch(ctx.db(), organization, id.uuid(), version + 1, now, by).await?;
    ctx.record(
        Event::new("customer", id.uuid(), version + 1, action, diff)
            .publish(json!({ "id": id.to_string() })),
    );
    Ok(())
}
