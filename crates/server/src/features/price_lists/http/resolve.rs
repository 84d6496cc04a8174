//! `POST /products/resolve`

use axum::response::Response;

use crate::dates::business_date;
use crate::features::price_lists::input::ResolveProducts;
use crate::features::price_lists::service;
use crate::features::price_lists::view::ResolvedEntries;
use crate::http::{Allowed, ApiResult, Problem, Sent, read, require};
use crate::permission::{Permission, can};

/// Find the products and prices of up to 500 texts at once.
///
/// For a paste of codes or a scanner's list. Every text is read as `GET /products/resolve` reads one, every price is that of
/// `GET /prices/explain`; what is wrong with an entry is said in its place and stops no other. Nothing is written.
#[utoipa::path(post, path = "/products/resolve", operation_id = "resolve_products", tag = "products", request_body = ResolveProducts,
    responses((status = 200, description = "An answer for every entry, in their order", body = ResolvedEntries), (status = 403, body = Problem),
        (status = 404, description = "No such customer in sight", body = Problem), (status = 422, description = "Problems of the request itself, such as `too_many`", body = Problem)),
    extensions(("x-permission" = json!("prices.read")), ("x-permission-also" = json!("products.read"))))]
pub async fn resolve_products(
    who: Allowed<can::PricesRead>,
    sent: Sent<ResolveProducts>,
) -> ApiResult<Response> {
    require(who.caller(), Permission::ProductsRead)?;
    let today = business_date(who.now(), &who.caller().organization.time_zone);
    let mut tx = who.read().await?;
    read::json(&service::resolve(&mut tx, who.caller(), today, &sent.body).await?)
}
