//! The use cases of orders.

pub mod addresses;
mod again;
pub mod change;
pub mod comment;
mod compute;
pub mod create;
pub mod edit;
pub mod expire;
mod facts;
mod find;
pub mod fulfil;
mod header;
mod header_row;
pub mod holds;
pub mod line_edit;
mod line_money;
mod line_price;
mod lines;
mod lookup;
mod owner;
mod policy;
mod prepare;
pub mod preview;
mod refusal;
pub mod reverse;
pub mod snapshot;
pub mod transition;

use sqlx::PgConnection;

pub use super::list::OrderListItem;
use super::list::item;
use super::store;
use crate::http::ApiResult;
use crate::permission::RowScope;

/// The newest orders in sight, for the home page.
pub async fn latest(
    db: &mut PgConnection,
    organization: uuid::Uuid,
    scope: &RowScope,
    limit: i64,
) -> ApiResult<Vec<OrderListItem>> {
    store::latest::latest(db, organization, scope, limit)
        .await?
        .into_iter()
        .map(item)
        .collect()
}
