//! `/products`: create, read, change, resolve, upsert.

use axum::extract::RawQuery;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::SearchQuery;
use som_domain::ids::ProductId;

use crate::db::external_refs::{Reference, Source};
use crate::features::products::input::{NewProduct, ProductPatch};
use crate::features::products::service;
use crate::features::products::view::{ProductView, ResolvedProduct};
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, Params, Problem, read};
use crate::permission::can;

/// Create a product.
#[utoipa::path(post, path = "/products", operation_id = "create_product", tag = "products", request_body = NewProduct,
    responses((status = 201, description = "The new product", body = ProductView), (status = 403, body = Problem),
        (status = 409, description = "`duplicate_sku`, `duplicate_barcode`, …", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn create_product(
    who: Allowed<can::ProductsWrite>,
    command: Command<NewProduct>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/products/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a product.
#[utoipa::path(get, path = "/products/{id}", operation_id = "get_product", tag = "products", params(("id" = ProductId, Path, description = "The product")),
    responses((status = 200, body = ProductView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn get_product(
    who: Allowed<can::ProductsRead>,
    Id(id): Id<ProductId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::product(&mut tx, who.caller(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a product.
#[utoipa::path(patch, path = "/products/{id}", operation_id = "update_product", tag = "products",
    params(("id" = ProductId, Path, description = "The product")), request_body = ProductPatch,
    responses((status = 200, body = ProductView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`duplicate_sku`, `duplicate_barcode`, …", body = Problem), (status = 412, description = "`stale_version`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn update_product(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<ProductId>,
    command: Command<ProductPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Create or change the product that another system knows by this reference.
#[utoipa::path(put, path = "/products/by-ref/{source}/{ref}", operation_id = "upsert_product", tag = "products",
    params(("source" = String, Path, description = "The other system"), ("ref" = String, Path, description = "Its id of the product")), request_body = NewProduct,
    responses((status = 200, description = "The changed product", body = ProductView), (status = 201, description = "The new product", body = ProductView),
        (status = 403, body = Problem), (status = 409, description = "`duplicate_sku`, `duplicate_barcode`, …", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn upsert_product(
    who: Allowed<can::ProductsWrite>,
    Id(Both(source, reference)): Id<Both<Source, Reference>>,
    command: Command<NewProduct>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (view, created) = service::upsert(&mut ctx, source, reference, command.body).await?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let location = created.then(|| format!("/api/v1/products/{}", view.id));
    ctx.reply(status, &view, view.version, location).await
}

/// Find the product that a typed or scanned text stands for.
///
/// Exact SKU, then barcode, then external reference, then the only SKU with this beginning; and up to eight candidates.
#[utoipa::path(get, path = "/products/resolve", operation_id = "resolve_product", tag = "products",
    params(("text" = String, Query, description = "What was typed or scanned")),
    responses((status = 200, body = ResolvedProduct), (status = 400, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn resolve_product(
    who: Allowed<can::ProductsRead>,
    RawQuery(raw): RawQuery,
) -> ApiResult<Response> {
    let text: SearchQuery = Params::read(raw.as_deref(), &["text"])?.required("text")?;
    let mut tx = who.read().await?;
    read::json(&service::resolve(&mut tx, who.caller(), &text).await?)
}
