//! Products: create, change, find. Documents load theirs with [`find_many`].

mod catalogue;
mod columns;
mod create;
mod find;
mod lookup;
mod recognize;
mod resolve;
mod state;

pub use super::view::ProductListItem;
pub use catalogue::{
    category, category_id, change_category, change_unit, create_category, create_unit, unit,
    unit_step,
};
pub use create::{change, create, upsert};
pub use find::{FoundProduct, FoundProducts, ProductKeys, SoldUnit, find_many};
pub use recognize::{Recognition, Recognized, recognize};
pub use resolve::resolve;
pub use state::{ProductStatus, set_status};

use uuid::Uuid;

use super::store::{self, ProductRow};
use super::view::ProductView;
use crate::caller::Caller;
use crate::db::TenantTx;
use crate::http::{ApiResult, Problem};
use som_domain::ids::ProductId;

/// One product; `cost` only for those who may see it.
pub async fn product(db: &mut TenantTx, caller: &Caller, id: ProductId) -> ApiResult<ProductView> {
    Ok(view(
        caller,
        load(db, caller.organization.id.uuid(), id.uuid()).await?,
    ))
}

async fn load(db: &mut TenantTx, organization: Uuid, id: Uuid) -> ApiResult<ProductRow> {
    Ok(store::product(db, organization, id)
        .await?
        .ok_or_else(|| Problem::not_found("product"))?)
}

fn view(caller: &Caller, row: ProductRow) -> ProductView {
    ProductView::new(row, caller)
}
