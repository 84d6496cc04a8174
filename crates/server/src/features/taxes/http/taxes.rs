//! `/taxes`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::TaxId;

use crate::features::taxes::input::{NewTax, TaxPatch};
use crate::features::taxes::service;
use crate::features::taxes::store::{TAX_COLUMNS, TAX_FROM, TaxRow};
use crate::features::taxes::view::TaxView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Taxes by code.
static TAXES: Collection = Collection {
    spec: ListSpec {
        name: "taxes",
        fields: &[
            Field::id("id", "t.id", TaxId::PREFIX),
            Field::text("code", "t.code").sortable(),
            Field::text("name", "t.name"),
            Field::decimal("rate", "t.rate"),
            Field::boolean("compound", "t.compound"),
            Field::date("valid_from", "t.valid_from").nullable(),
            Field::date("valid_to", "t.valid_to").nullable(),
            Field::one_of("status", "t.status", &["active", "archived"]),
            Field::timestamp("created_at", "t.created_at"),
            Field::timestamp("updated_at", "t.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "t.id", TaxId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: TAX_COLUMNS,
    from: TAX_FROM,
    organization: "t.organization_id",
};

list_params!(pub(super) TaxesParams, TAXES.spec);

/// List taxes.
#[utoipa::path(get, path = "/taxes", operation_id = "list_taxes", tag = "taxes", params(TaxesParams),
    responses((status = 200, description = "A page", body = ListBody<TaxView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn list_taxes(
    who: Allowed<can::TaxesRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&TAXES, &uri, None, |row: TaxRow| TaxView::from(row))
        .await
}

/// Create a tax.
#[utoipa::path(post, path = "/taxes", operation_id = "create_tax", tag = "taxes", request_body = NewTax,
    responses((status = 201, description = "The new tax", body = TaxView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn create_tax(
    who: Allowed<can::TaxesWrite>,
    command: Command<NewTax>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create_tax(&mut ctx, command.body).await?;
    let location = format!("/api/v1/taxes/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a tax.
#[utoipa::path(get, path = "/taxes/{id}", operation_id = "get_tax", tag = "taxes", params(("id" = TaxId, Path, description = "The tax")),
    responses((status = 200, body = TaxView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn get_tax(
    who: Allowed<can::TaxesRead>,
    Id(id): Id<TaxId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::tax(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a tax.
#[utoipa::path(patch, path = "/taxes/{id}", operation_id = "update_tax", tag = "taxes", params(("id" = TaxId, Path, description = "The tax")), request_body = TaxPatch,
    responses((status = 200, body = TaxView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn update_tax(
    who: Allowed<can::TaxesWrite>,
    Id(id): Id<TaxId>,
    command: Command<TaxPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_tax(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
