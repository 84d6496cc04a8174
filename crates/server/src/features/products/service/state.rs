//! Archive, block and activate products.

use serde_json::json;
use som_domain::ids::ProductId;

use super::{load, view};
use crate::change::Changes;
use crate::ctx::{Ctx, Event};
use crate::features::products::store;
use crate::features::products::view::ProductView;
use crate::http::{ApiResult, IfMatch, Problem};

/// Whether a product can be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductStatus {
    /// On sale.
    Active,
    /// Not for the moment.
    Blocked,
    /// No longer.
    Archived,
}

impl ProductStatus {
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

/// Puts a product into a status; one that has it already stays as it is.
pub async fn set_status(
    ctx: &mut Ctx,
    id: ProductId,
    if_match: &IfMatch,
    status: ProductStatus,
) -> ApiResult<ProductView> {
    let organization = ctx.organization();
    let version = store::lock(ctx.db(), organization, id.uuid())
        .await?
        .ok_or_else(|| Problem::not_found("product"))?;
    ctx.check_version(if_match, "product", id.uuid(), version)
        .await?;
    let mut row = load(ctx.db(), organization, id.uuid()).await?;
    let mut changes = Changes::default();
    changes.set("status", &mut row.status, status.as_str().to_owned());
    if !changes.is_empty() {
        row.version = version + 1;
        row.updated_at = ctx.now;
        let by = Some(ctx.caller.user_id.uuid()).filter(|id| !id.is_nil());
        store::update(ctx.db(), organization, &row, by).await?;
        let published = json!({ "id": id.to_string(), "sku": row.sku, "status": row.status });
        ctx.record(
            Event::new(
                "product",
                row.id,
                row.version,
                status.action(),
                changes.finish()?,
            )
            .publish(published),
        );
    }
    Ok(view(&ctx.caller, row))
}
