//! Comments on orders: beside the content, whatever its state.

use serde_json::json;
use som_domain::ids::OrderId;
use uuid::Uuid;

use super::change::by;
use crate::ctx::{Ctx, Event};
use crate::features::orders::store::{history, read};
use crate::http::{ApiResult, Problem};

/// A comment that was written.
#[derive(Debug)]
pub struct Comment {
    /// Its id.
    pub id: Uuid,
    /// Whoever wrote it, if it is a person.
    pub by: Option<Uuid>,
    /// The order's version, which a comment does not change.
    pub version: i32,
}

/// Comments on an order in sight. Errors: 404.
pub async fn comment(ctx: &mut Ctx, order: OrderId, body: &str) -> ApiResult<Comment> {
    let (organization, scope) = (ctx.organization(), ctx.caller.row_scope());
    let version = read::version(ctx.db(), organization, order.uuid(), &scope)
        .await?
        .ok_or_else(|| Problem::not_found("order"))?;
    let (id, now, by, name) = (ctx.new_id(), ctx.now, by(ctx), ctx.caller.name.clone());
    let written = history::insert_comment(
        ctx.db(),
        organization,
        order.uuid(),
        id,
        body,
        now,
        by,
        &name,
    );
    written.await?;
    ctx.record(Event::new(
        "order",
        order.uuid(),
        version,
        "commented",
        json!({ "comment": id }),
    ));
    Ok(Comment { id, by, version })
}
