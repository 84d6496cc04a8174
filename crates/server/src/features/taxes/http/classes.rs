//! `/tax-classes`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::TaxClassId;

use crate::features::taxes::input::{NewTaxClass, TaxClassPatch};
use crate::features::taxes::service;
use crate::features::taxes::store::{CLASS_COLUMNS, CLASS_FROM, ClassRow};
use crate::features::taxes::view::TaxClassView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Tax classes by code.
static CLASSES: Collection = Collection {
    spec: ListSpec {
        name: "tax classes",
        fields: &[
            Field::id("id", "c.id", TaxClassId::PREFIX),
            Field::text("code", "c.code").sortable(),
            Field::text("name", "c.name"),
            Field::boolean("is_default", "c.is_default"),
            Field::timestamp("created_at", "c.created_at"),
            Field::timestamp("updated_at", "c.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "c.id", TaxClassId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: CLASS_COLUMNS,
    from: CLASS_FROM,
    organization: "c.organization_id",
};

list_params!(pub(super) TaxClassesParams, CLASSES.spec);

/// List tax classes.
#[utoipa::path(get, path = "/tax-classes", operation_id = "list_tax_classes", tag = "taxes", params(TaxClassesParams),
    responses((status = 200, description = "A page", body = ListBody<TaxClassView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn list_tax_classes(
    who: Allowed<can::TaxesRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&CLASSES, &uri, None, |row: ClassRow| {
        TaxClassView::from(row)
    })
    .await
}

/// Create a tax class.
#[utoipa::path(post, path = "/tax-classes", operation_id = "create_tax_class", tag = "taxes", request_body = NewTaxClass,
    responses((status = 201, description = "The new tax class", body = TaxClassView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn create_tax_class(
    who: Allowed<can::TaxesWrite>,
    command: Command<NewTaxClass>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create_class(&mut ctx, command.body).await?;
    let location = format!("/api/v1/tax-classes/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a tax class.
#[utoipa::path(get, path = "/tax-classes/{id}", operation_id = "get_tax_class", tag = "taxes", params(("id" = TaxClassId, Path, description = "The tax class")),
    responses((status = 200, body = TaxClassView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn get_tax_class(
    who: Allowed<can::TaxesRead>,
    Id(id): Id<TaxClassId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::class(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a tax class.
#[utoipa::path(patch, path = "/tax-classes/{id}", operation_id = "update_tax_class", tag = "taxes", params(("id" = TaxClassId, Path, description = "The tax class")), request_body = TaxClassPatch,
    responses((status = 200, body = TaxClassView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn update_tax_class(
    who: Allowed<can::TaxesWrite>,
    Id(id): Id<TaxClassId>,
    command: Command<TaxClassPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_class(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
