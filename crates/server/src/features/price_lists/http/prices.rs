//! `/price-lists/{id}/prices`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::currency::Currency;
use som_domain::ids::{PriceId, PriceListId, ProductId};

use crate::features::price_lists::input::{NewPrice, PricePatch};
use crate::features::price_lists::service;
use crate::features::price_lists::store::prices::{COLUMNS, FROM, PriceRow};
use crate::features::price_lists::view::PriceView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Prices of one list by SKU.
static PRICES: Collection = Collection {
    spec: ListSpec {
        name: "prices",
        fields: &[
            Field::id("id", "p.id", PriceId::PREFIX),
            Field::id("product_id", "p.product_id", ProductId::PREFIX).nullable(),
            Field::text("sku", "d.sku").nullable().sortable(),
            Field::text("product_name", "d.name").nullable(),
            Field::text("category", "c.code").nullable(),
            Field::text("unit", "u.code").nullable(),
            Field::decimal("min_quantity", "p.min_quantity").sortable(),
            Field::one_of("tier_mode", "p.tier_mode", &["volume", "graduated"]),
            Field::decimal("unit_price", "p.unit_price").nullable(),
            Field::decimal("discount_percent", "p.discount_percent").nullable(),
            Field::date("valid_from", "p.valid_from").nullable(),
            Field::date("valid_to", "p.valid_to").nullable(),
            Field::timestamp("created_at", "p.created_at"),
            Field::timestamp("updated_at", "p.updated_at"),
        ],
        default_sort: &[("sku", Dir::Asc), ("min_quantity", Dir::Asc)],
        tiebreak: Field::id("id", "p.id", PriceId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "p.organization_id",
};

list_params!(pub(super) PricesParams, PRICES.spec);

/// List the prices of a price list.
#[utoipa::path(get, path = "/price-lists/{id}/prices", operation_id = "list_prices", tag = "prices",
    params(("id" = PriceListId, Path, description = "The price list"), PricesParams),
    responses((status = 200, description = "A page", body = ListBody<PriceView>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("prices.read"))))]
pub async fn list_prices(
    who: Allowed<can::PricesRead>,
    Id(id): Id<PriceListId>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    let organization = who.caller().organization.id.uuid();
    let mut tx = who.read().await?;
    let list = service::list(&mut tx, organization, id).await?;
    drop(tx);
    let currency: Currency = list.currency.parse().map_err(anyhow::Error::new)?;
    let show = |row: PriceRow| PriceView::new(row, currency);
    who.answer_list(&PRICES, &uri, Some(("p.price_list_id", id.uuid())), show)
        .await
}

/// Add a price to a price list.
#[utoipa::path(post, path = "/price-lists/{id}/prices", operation_id = "create_price", tag = "prices",
    params(("id" = PriceListId, Path, description = "The price list")), request_body = NewPrice,
    responses((status = 201, description = "The new price", body = PriceView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`price_overlap`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn create_price(
    who: Allowed<can::PricesWrite>,
    Id(list): Id<PriceListId>,
    command: Command<NewPrice>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::add_price(&mut ctx, list, command.body).await?;
    let location = format!("/api/v1/price-lists/{list}/prices/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a price.
#[utoipa::path(get, path = "/price-lists/{id}/prices/{price_id}", operation_id = "get_price", tag = "prices",
    params(("id" = PriceListId, Path, description = "The price list"), ("price_id" = PriceId, Path, description = "The price")),
    responses((status = 200, body = PriceView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("prices.read"))))]
pub async fn get_price(
    who: Allowed<can::PricesRead>,
    Id(Both(list, id)): Id<Both<PriceListId, PriceId>>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::price(&mut tx, who.caller().organization.id.uuid(), list, id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a price.
#[utoipa::path(patch, path = "/price-lists/{id}/prices/{price_id}", operation_id = "update_price", tag = "prices",
    params(("id" = PriceListId, Path, description = "The price list"), ("price_id" = PriceId, Path, description = "The price")), request_body = PricePatch,
    responses((status = 200, body = PriceView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`price_overlap`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn update_price(
    who: Allowed<can::PricesWrite>,
    Id(Both(list, id)): Id<Both<PriceListId, PriceId>>,
    command: Command<PricePatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_price(&mut ctx, list, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Delete a price.
#[utoipa::path(delete, path = "/price-lists/{id}/prices/{price_id}", operation_id = "delete_price", tag = "prices",
    params(("id" = PriceListId, Path, description = "The price list"), ("price_id" = PriceId, Path, description = "The price")),
    responses((status = 204, description = "Deleted"), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn delete_price(
    who: Allowed<can::PricesWrite>,
    Id(Both(list, id)): Id<Both<PriceListId, PriceId>>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    service::delete_price(&mut ctx, list, id, &command.if_match).await?;
    ctx.reply_empty().await
}
