//! `/categories`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::CategoryId;

use crate::features::products::input::{CategoryPatch, NewCategory};
use crate::features::products::service;
use crate::features::products::store::CategoryRow;
use crate::features::products::store::categories::{COLUMNS, FROM};
use crate::features::products::view::CategoryView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Categories by code.
static CATEGORIES: Collection = Collection {
    spec: ListSpec {
        name: "categories",
        fields: &[
            Field::id("id", "c.id", CategoryId::PREFIX),
            Field::text("code", "c.code").sortable(),
            Field::text("name", "c.name"),
            Field::text("parent", "p.code").nullable(),
            Field::timestamp("created_at", "c.created_at"),
            Field::timestamp("updated_at", "c.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "c.id", CategoryId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "c.organization_id",
};

list_params!(pub(super) CategoriesParams, CATEGORIES.spec);

/// List categories.
#[utoipa::path(get, path = "/categories", operation_id = "list_categories", tag = "products", params(CategoriesParams),
    responses((status = 200, description = "A page", body = ListBody<CategoryView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn list_categories(
    who: Allowed<can::ProductsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&CATEGORIES, &uri, None, |row: CategoryRow| {
        CategoryView::from(row)
    })
    .await
}

/// Create a category.
#[utoipa::path(post, path = "/categories", operation_id = "create_category", tag = "products", request_body = NewCategory,
    responses((status = 201, description = "The new category", body = CategoryView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn create_category(
    who: Allowed<can::ProductsWrite>,
    command: Command<NewCategory>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create_category(&mut ctx, command.body).await?;
    let location = format!("/api/v1/categories/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a category.
#[utoipa::path(get, path = "/categories/{id}", operation_id = "get_category", tag = "products", params(("id" = CategoryId, Path, description = "The category")),
    responses((status = 200, body = CategoryView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn get_category(
    who: Allowed<can::ProductsRead>,
    Id(id): Id<CategoryId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::category(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a category.
#[utoipa::path(patch, path = "/categories/{id}", operation_id = "update_category", tag = "products", params(("id" = CategoryId, Path, description = "The category")), request_body = CategoryPatch,
    responses((status = 200, body = CategoryView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn update_category(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<CategoryId>,
    command: Command<CategoryPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_category(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
