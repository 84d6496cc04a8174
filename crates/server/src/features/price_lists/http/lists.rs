//! `/price-lists`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::{CustomerGroupId, CustomerId, PriceListId};

use crate::db::external_refs::{Reference, Source};
use crate::features::price_lists::input::{NewPriceList, PriceListPatch};
use crate::features::price_lists::service;
use crate::features::price_lists::store::{LIST_COLUMNS, LIST_FROM, ListRow};
use crate::features::price_lists::view::PriceListView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Price lists by code.
static LISTS: Collection = Collection {
    spec: ListSpec {
        name: "price lists",
        fields: &[
            Field::id("id", "l.id", PriceListId::PREFIX),
            Field::text("code", "l.code").sortable(),
            Field::text("name", "l.name"),
            Field::text("currency", "l.currency"),
            Field::boolean("includes_tax", "l.includes_tax"),
            Field::one_of("scope", "l.scope", &["organization", "group", "customer"]),
            Field::id("customer_id", "l.customer_id", CustomerId::PREFIX).nullable(),
            Field::id("group_id", "l.group_id", CustomerGroupId::PREFIX).nullable(),
            Field::int("priority", "l.priority"),
            Field::date("valid_from", "l.valid_from").nullable(),
            Field::date("valid_to", "l.valid_to").nullable(),
            Field::one_of("status", "l.status", &["draft", "active", "archived"]),
            Field::timestamp("created_at", "l.created_at"),
            Field::timestamp("updated_at", "l.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "l.id", PriceListId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: LIST_COLUMNS,
    from: LIST_FROM,
    organization: "l.organization_id",
};

list_params!(pub(super) PriceListsParams, LISTS.spec);

/// List price lists.
#[utoipa::path(get, path = "/price-lists", operation_id = "list_price_lists", tag = "prices", params(PriceListsParams),
    responses((status = 200, description = "A page", body = ListBody<PriceListView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("prices.read"))))]
pub async fn list_price_lists(
    who: Allowed<can::PricesRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&LISTS, &uri, None, |row: ListRow| PriceListView::from(row))
        .await
}

/// Create a price list.
#[utoipa::path(post, path = "/price-lists", operation_id = "create_price_list", tag = "prices", request_body = NewPriceList,
    responses((status = 201, description = "The new price list", body = PriceListView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn create_price_list(
    who: Allowed<can::PricesWrite>,
    command: Command<NewPriceList>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/price-lists/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a price list.
#[utoipa::path(get, path = "/price-lists/{id}", operation_id = "get_price_list", tag = "prices", params(("id" = PriceListId, Path, description = "The price list")),
    responses((status = 200, body = PriceListView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("prices.read"))))]
pub async fn get_price_list(
    who: Allowed<can::PricesRead>,
    Id(id): Id<PriceListId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::list(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a price list.
#[utoipa::path(patch, path = "/price-lists/{id}", operation_id = "update_price_list", tag = "prices", params(("id" = PriceListId, Path, description = "The price list")), request_body = PriceListPatch,
    responses((status = 200, body = PriceListView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn update_price_list(
    who: Allowed<can::PricesWrite>,
    Id(id): Id<PriceListId>,
    command: Command<PriceListPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Create or change the price list that another system knows by this reference.
#[utoipa::path(put, path = "/price-lists/by-ref/{source}/{ref}", operation_id = "upsert_price_list", tag = "prices",
    params(("source" = String, Path, description = "The other system"), ("ref" = String, Path, description = "Its id of the price list")), request_body = NewPriceList,
    responses((status = 200, description = "The changed price list", body = PriceListView), (status = 201, description = "The new price list", body = PriceListView),
        (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("prices.write"))))]
pub async fn upsert_price_list(
    who: Allowed<can::PricesWrite>,
    Id(Both(source, reference)): Id<Both<Source, Reference>>,
    command: Command<NewPriceList>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (view, created) = service::upsert(&mut ctx, source, reference, command.body).await?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let location = created.then(|| format!("/api/v1/price-lists/{}", view.id));
    ctx.reply(status, &view, view.version, location).await
}
