//! Archive, block and activate customers.

use serde_json::json;
use som_domain::CustomerId;

use super::{actor, load, lock, shown};
use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::features::customers::store;
use crate::features::customers::view::CustomerView;
use crate::http::{ApiResult, IfMatch};

/// Whether a customer may order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerStatus {
    /// May order.
    Active,
    /// Not for the moment.
    Blocked,
    /// No longer.
    Archived,
}

impl CustomerStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Archived => "archived",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Active => "activated",
            Self::Blocked => "blocked",
            Self::Archived => "archived",
        }
    }
}

/// Puts a customer into a status; one that has it already stays as it is.
pub async fn set_status(
    ctx: &mut Ctx,
    id: CustomerId,
    if_match: &IfMatch,
    status: CustomerStatus,
) -> ApiResult<CustomerView> {
    let version = lock(ctx, id, if_match).await?;
    let (organization, caller) = (ctx.organization(), std::sync::Arc::clone(&ctx.caller));
    let mut row = load(ctx.db(), &caller, id.uuid()).await?;
    let mut changes = Changes::default();
    changes.set("status", &mut row.status, status.as_str().to_owned());
    if !changes.is_empty() {
        row.version = version + 1;
        row.updated_at = ctx.now;
        let by = actor(ctx);
        store::update(ctx.db(), organization, &row, by).await?;
        let published = json!({ "id": id.to_string(), "code": row.code, "status": row.status });
        let diff = changes.finish()?;
        ctx.record(
            Event::new("customer", row.id, row.version, status.action(), diff).publish(published),
        );
    }
    shown(ctx, row.id).await
}
