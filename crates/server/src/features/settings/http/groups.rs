//! `/customer-groups`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::CustomerGroupId;

use crate::features::settings::input::{CustomerGroupPatch, NewCustomerGroup};
use crate::features::settings::service::groups;
use crate::features::settings::store::groups::{COLUMNS, FROM, GroupRow};
use crate::features::settings::view::CustomerGroupView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// By code.
static GROUPS: Collection = Collection {
    spec: ListSpec {
        name: "customer groups",
        fields: &[
            Field::id("id", "c.id", CustomerGroupId::PREFIX),
            Field::text("code", "c.code").sortable(),
            Field::text("name", "c.name").sortable(),
            Field::timestamp("created_at", "c.created_at"),
            Field::timestamp("updated_at", "c.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "c.id", CustomerGroupId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "c.organization_id",
};

list_params!(pub(super) CustomerGroupsParams, GROUPS.spec);

/// List customer groups.
#[utoipa::path(get, path = "/customer-groups", operation_id = "list_customer_groups", tag = "customers", params(CustomerGroupsParams),
    responses((status = 200, description = "A page", body = ListBody<CustomerGroupView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn list_customer_groups(
    who: Allowed<can::CustomersRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&GROUPS, &uri, None, |row: GroupRow| {
        CustomerGroupView::from(row)
    })
    .await
}

/// Create a customer group.
#[utoipa::path(post, path = "/customer-groups", operation_id = "create_customer_group", tag = "customers", request_body = NewCustomerGroup,
    responses((status = 201, description = "The new customer group", body = CustomerGroupView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn create_customer_group(
    who: Allowed<can::SettingsWrite>,
    command: Command<NewCustomerGroup>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = groups::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/customer-groups/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a customer group.
#[utoipa::path(get, path = "/customer-groups/{id}", operation_id = "get_customer_group", tag = "customers", params(("id" = CustomerGroupId, Path, description = "The customer group")),
    responses((status = 200, body = CustomerGroupView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn get_customer_group(
    who: Allowed<can::CustomersRead>,
    Id(id): Id<CustomerGroupId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = groups::find(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a customer group.
#[utoipa::path(patch, path = "/customer-groups/{id}", operation_id = "update_customer_group", tag = "customers", params(("id" = CustomerGroupId, Path, description = "The customer group")), request_body = CustomerGroupPatch,
    responses((status = 200, body = CustomerGroupView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_customer_group(
    who: Allowed<can::SettingsWrite>,
    Id(id): Id<CustomerGroupId>,
    command: Command<CustomerGroupPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = groups::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
