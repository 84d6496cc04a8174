//! `/custom-fields`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::CustomFieldId;

use crate::features::custom_fields::input::{CustomFieldPatch, NewCustomField};
use crate::features::custom_fields::service;
use crate::features::custom_fields::store::{COLUMNS, FROM, FieldRow};
use crate::features::custom_fields::view::CustomFieldView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Custom fields in the order of forms.
static FIELDS: Collection = Collection {
    spec: ListSpec {
        name: "custom fields",
        fields: &[
            Field::id("id", "f.id", CustomFieldId::PREFIX),
            Field::one_of("entity", "f.entity", &["customer", "product", "order"]).sortable(),
            Field::text("key", "f.key"),
            Field::text("label", "f.label"),
            Field::one_of(
                "kind",
                "f.kind",
                &["text", "number", "boolean", "date", "choice"],
            ),
            Field::boolean("required", "f.required"),
            Field::boolean("secret", "f.secret"),
            Field::int("position", "f.position").sortable(),
            Field::boolean("archived", "(f.archived_at is not null)"),
            Field::timestamp("created_at", "f.created_at"),
            Field::timestamp("updated_at", "f.updated_at"),
        ],
        default_sort: &[("position", Dir::Asc)],
        tiebreak: Field::id("id", "f.id", CustomFieldId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "f.organization_id",
};

list_params!(pub(super) CustomFieldsParams, FIELDS.spec);

/// List custom fields.
#[utoipa::path(get, path = "/custom-fields", operation_id = "list_custom_fields", tag = "settings", params(CustomFieldsParams),
    responses((status = 200, description = "A page", body = ListBody<CustomFieldView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("member"))))]
pub async fn list_custom_fields(
    who: Allowed<can::Member>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&FIELDS, &uri, None, |row: FieldRow| {
        CustomFieldView::from(row)
    })
    .await
}

/// Create a custom field.
#[utoipa::path(post, path = "/custom-fields", operation_id = "create_custom_field", tag = "settings", request_body = NewCustomField,
    responses((status = 201, description = "The new custom field", body = CustomFieldView), (status = 403, body = Problem), (status = 409, description = "`duplicate_key`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn create_custom_field(
    who: Allowed<can::SettingsWrite>,
    command: Command<NewCustomField>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/custom-fields/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a custom field.
#[utoipa::path(get, path = "/custom-fields/{id}", operation_id = "get_custom_field", tag = "settings", params(("id" = CustomFieldId, Path, description = "The custom field")),
    responses((status = 200, body = CustomFieldView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("member"))))]
pub async fn get_custom_field(
    who: Allowed<can::Member>,
    Id(id): Id<CustomFieldId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::find(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a custom field.
#[utoipa::path(patch, path = "/custom-fields/{id}", operation_id = "update_custom_field", tag = "settings", params(("id" = CustomFieldId, Path, description = "The custom field")), request_body = CustomFieldPatch,
    responses((status = 200, body = CustomFieldView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_key`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_custom_field(
    who: Allowed<can::SettingsWrite>,
    Id(id): Id<CustomFieldId>,
    command: Command<CustomFieldPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
