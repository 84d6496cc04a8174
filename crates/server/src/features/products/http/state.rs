//! `POST /products/{id}/archive|block|activate`

use axum::response::Response;
use http::StatusCode;
use som_domain::ids::ProductId;

use crate::features::products::service::{ProductStatus, set_status};
use crate::features::products::view::ProductView;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

async fn set(
    who: &Allowed<can::ProductsWrite>,
    id: ProductId,
    command: &Command<NoBody>,
    status: ProductStatus,
) -> ApiResult<Response> {
    let mut ctx = who.begin(command).await?;
    let view = set_status(&mut ctx, id, &command.if_match, status).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Archive a product: it is sold no longer.
#[utoipa::path(post, path = "/products/{id}/archive", operation_id = "archive_product", tag = "products",
    params(("id" = ProductId, Path, description = "The product")), request_body = NoBody,
    responses((status = 200, body = ProductView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn archive_product(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<ProductId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, ProductStatus::Archived).await
}

/// Block a product for the moment.
#[utoipa::path(post, path = "/products/{id}/block", operation_id = "block_product", tag = "products",
    params(("id" = ProductId, Path, description = "The product")), request_body = NoBody,
    responses((status = 200, body = ProductView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn block_product(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<ProductId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, ProductStatus::Blocked).await
}

/// Put a product on sale.
#[utoipa::path(post, path = "/products/{id}/activate", operation_id = "activate_product", tag = "products",
    params(("id" = ProductId, Path, description = "The product")), request_body = NoBody,
    responses((status = 200, body = ProductView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn activate_product(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<ProductId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, ProductStatus::Active).await
}
