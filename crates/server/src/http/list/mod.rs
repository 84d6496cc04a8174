//! The one list of the API: every collection describes itself by a [`ListSpec`] and is filtered, sorted, searched, paged, counted, shaped
//! and exported by this module, so that all of them behave alike.
//!
//! ```ignore
//! async fn list_orders(who: Allowed<can::OrdersRead>, uri: OriginalUri) -> ApiResult<Response> {
//!     let query = who.list(&ORDERS, uri.query(), &[])?;
//!     let (organization, scope) = (who.caller().organization.id.uuid(), who.row_scope());
//!     let source = Source { columns: "o.id, o.number", from: "orders o", scope: &|qb| {
//!         qb.push("o.organization_id = ").push_bind(organization);
//!         push_scope(qb, &scope, "o.owner_id", "o.team_id");
//!     }};
//!     let page = query.fetch::<OrderRow>(&mut *who.read().await?, &source).await?;
//!     query.answer(uri.path(), page.map(OrderListItem::from))
//! }
//! ```

mod answer;
mod ask;
mod collection;
mod count;
mod cursor;
pub mod filter;
mod keyset;
mod openapi;
mod page;
mod query;
mod raw;
mod reader;
mod scope;
mod shape;
mod spec;
mod sql;
mod value;

#[cfg(test)]
mod tests;

pub use answer::ListBody;
pub use collection::Collection;
pub use count::{COUNT_MAX, Counted, Relation};
pub use cursor::{CURSOR_VALID, CursorKey};
pub use keyset::Segment;
pub use openapi::parameters;
pub use page::{Page, PageInfo, Source};
pub use query::{Count, ListQuery, PAGE_SIZE, PAGE_SIZE_MAX, SEARCH_CHARS_MAX, SEARCH_WORDS_MAX};
pub use scope::push_scope;
pub use shape::project;
pub use spec::{Dir, Field, FieldKind, ListSpec, SearchKind};
pub use sql::push_word;
pub use value::Value;
