//! `/number-series`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::NumberSeriesId;

use crate::dates::business_date;
use crate::features::settings::input::NumberSeriesPatch;
use crate::features::settings::service::series;
use crate::features::settings::store::series::{COLUMNS, FROM, SeriesRow};
use crate::features::settings::view::NumberSeriesView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::{Permit, can};

/// By kind of document.
static SERIES: Collection = Collection {
    spec: ListSpec {
        name: "number series",
        fields: &[
            Field::id("id", "s.id", NumberSeriesId::PREFIX),
            Field::one_of("document_type", "s.document_type", &["order"]).sortable(),
        ],
        default_sort: &[("document_type", Dir::Asc)],
        tiebreak: Field::id("id", "s.id", NumberSeriesId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "s.organization_id",
};

list_params!(pub(super) NumberSeriesParams, SERIES.spec);

fn shown<P: Permit>(who: &Allowed<P>, row: SeriesRow) -> NumberSeriesView {
    let organization = &who.caller().organization;
    let today = business_date(who.now(), &organization.time_zone);
    series::show(row, organization.id.uuid(), today, who.state().numbers())
}

/// List number series, each with the next number.
#[utoipa::path(get, path = "/number-series", operation_id = "list_number_series", tag = "settings", params(NumberSeriesParams),
    responses((status = 200, description = "A page", body = ListBody<NumberSeriesView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("settings.read"))))]
pub async fn list_number_series(
    who: Allowed<can::SettingsRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&SERIES, &uri, None, |row: SeriesRow| shown(&who, row))
        .await
}

/// Read a number series with its next number.
#[utoipa::path(get, path = "/number-series/{id}", operation_id = "get_number_series", tag = "settings", params(("id" = NumberSeriesId, Path, description = "The series")),
    responses((status = 200, body = NumberSeriesView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("settings.read"))))]
pub async fn get_number_series(
    who: Allowed<can::SettingsRead>,
    Id(id): Id<NumberSeriesId>,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let row = series::find(&mut tx, who.caller().organization.id.uuid(), id).await?;
    let view = shown(&who, row);
    // no 304: the next number moves on without a new version
    read::object(&HeaderMap::new(), &view, view.version)
}

/// Change the template of a number series; with `dry_run=true`, see what the next number would be.
#[utoipa::path(patch, path = "/number-series/{id}", operation_id = "update_number_series", tag = "settings", params(("id" = NumberSeriesId, Path, description = "The series")), request_body = NumberSeriesPatch,
    responses((status = 200, body = NumberSeriesView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_number_series(
    who: Allowed<can::SettingsWrite>,
    Id(id): Id<NumberSeriesId>,
    command: Command<NumberSeriesPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = series::change(&mut ctx, id, &command.if_match, command.body).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    who.state().numbers().forget(who.caller().organization.id);
    Ok(response)
}
