//! What other features may know of a customer.

use som_domain::CustomerId;
use som_domain::currency::Currency;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::caller::Caller;
use crate::features::customers::store::lookup;
use crate::http::{ApiResult, Problem};

/// A customer as prices see it.
#[derive(Debug, Clone, Copy)]
pub struct Buyer {
    /// Identity.
    pub id: Uuid,
    /// Group.
    pub group_id: Option<Uuid>,
    /// Assigned price list.
    pub price_list_id: Option<Uuid>,
    /// Currency of its documents.
    pub currency: Currency,
}

/// The customer as prices see it. Errors: 404, also for one out of the caller's sight.
pub async fn buyer(db: &mut PgConnection, caller: &Caller, id: CustomerId) -> ApiResult<Buyer> {
    let found = lookup::buyer(
        db,
        caller.organization.id.uuid(),
        &caller.row_scope(),
        id.uuid(),
    )
    .await?;
    let row = found.ok_or_else(|| Problem::not_found("customer"))?;
    let currency = row.currency.parse().map_err(anyhow::Error::new)?;
    Ok(Buyer {
        id: row.id,
        group_id: row.group_id,
        price_list_id: row.price_list_id,
        currency,
    })
}
