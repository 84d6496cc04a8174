//! `/customers/{id}/addresses`: every change is one of the customer, and answers with it.

use axum::response::Response;
use http::StatusCode;
use som_domain::CustomerId;
use som_domain::ids::AddressId;

use crate::ctx::Ctx;
use crate::features::customers::input::{AddressPatch, NewAddress};
use crate::features::customers::service;
use crate::features::customers::view::CustomerView;
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

async fn changed(ctx: Ctx, view: &CustomerView) -> ApiResult<Response> {
    ctx.reply(StatusCode::OK, view, view.version, None).await
}

/// Add an address to a customer.
#[utoipa::path(post, path = "/customers/{id}/addresses", operation_id = "create_customer_address", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = NewAddress,
    responses((status = 201, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn create_address(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<NewAddress>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::add_address(&mut ctx, id, &command.if_match, command.body).await?;
    let location = format!("/api/v1/customers/{id}");
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Change an address of a customer. Orders keep the address they were given.
#[utoipa::path(patch, path = "/customers/{id}/addresses/{address_id}", operation_id = "update_customer_address", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer"), ("address_id" = AddressId, Path, description = "The address")), request_body = AddressPatch,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn update_address(
    who: Allowed<can::CustomersWrite>,
    Id(Both(id, address)): Id<Both<CustomerId, AddressId>>,
    command: Command<AddressPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view =
        service::change_address(&mut ctx, id, address, &command.if_match, command.body).await?;
    changed(ctx, &view).await
}

/// Remove an address from a customer.
#[utoipa::path(delete, path = "/customers/{id}/addresses/{address_id}", operation_id = "delete_customer_address", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer"), ("address_id" = AddressId, Path, description = "The address")),
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn delete_address(
    who: Allowed<can::CustomersWrite>,
    Id(Both(id, address)): Id<Both<CustomerId, AddressId>>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::remove_address(&mut ctx, id, address, &command.if_match).await?;
    changed(ctx, &view).await
}
