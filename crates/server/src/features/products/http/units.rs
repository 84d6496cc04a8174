//! `/units`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::UnitId;

use crate::features::products::input::{NewUnit, UnitPatch};
use crate::features::products::service;
use crate::features::products::store::UnitRow;
use crate::features::products::store::units::{COLUMNS, FROM};
use crate::features::products::view::UnitView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Units of measure by code.
static UNITS: Collection = Collection {
    spec: ListSpec {
        name: "units",
        fields: &[
            Field::id("id", "u.id", UnitId::PREFIX),
            Field::text("code", "u.code").sortable(),
            Field::text("name", "u.name"),
            Field::decimal("step", "u.step"),
            Field::timestamp("created_at", "u.created_at"),
            Field::timestamp("updated_at", "u.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "u.id", UnitId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "u.organization_id",
};

list_params!(pub(super) UnitsParams, UNITS.spec);

/// List units of measure.
#[utoipa::path(get, path = "/units", operation_id = "list_units", tag = "products", params(UnitsParams),
    responses((status = 200, description = "A page", body = ListBody<UnitView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn list_units(
    who: Allowed<can::ProductsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&UNITS, &uri, None, |row: UnitRow| UnitView::from(row))
        .await
}

/// Create a unit of measure.
#[utoipa::path(post, path = "/units", operation_id = "create_unit", tag = "products", request_body = NewUnit,
    responses((status = 201, description = "The new unit of measure", body = UnitView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn create_unit(
    who: Allowed<can::ProductsWrite>,
    command: Command<NewUnit>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create_unit(&mut ctx, command.body).await?;
    let location = format!("/api/v1/units/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a unit of measure.
#[utoipa::path(get, path = "/units/{id}", operation_id = "get_unit", tag = "products", params(("id" = UnitId, Path, description = "The unit of measure")),
    responses((status = 200, body = UnitView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("products.read"))))]
pub async fn get_unit(
    who: Allowed<can::ProductsRead>,
    Id(id): Id<UnitId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::unit(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a unit of measure.
#[utoipa::path(patch, path = "/units/{id}", operation_id = "update_unit", tag = "products", params(("id" = UnitId, Path, description = "The unit of measure")), request_body = UnitPatch,
    responses((status = 200, body = UnitView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("products.write"))))]
pub async fn update_unit(
    who: Allowed<can::ProductsWrite>,
    Id(id): Id<UnitId>,
    command: Command<UnitPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_unit(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
