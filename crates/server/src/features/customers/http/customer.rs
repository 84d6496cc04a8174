//! `POST /customers`, `GET|PATCH /customers/{id}`, `PUT /customers/by-ref/{source}/{ref}`

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::CustomerId;

use crate::db::external_refs::{Reference, Source};
use crate::features::customers::input::{CustomerPatch, NewCustomer};
use crate::features::customers::service;
use crate::features::customers::view::CustomerView;
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::permission::can;

/// Create a customer.
///
/// With its contact persons and addresses, if you like. The caller looks after it unless somebody else is named.
#[utoipa::path(post, path = "/customers", operation_id = "create_customer", tag = "customers", request_body = NewCustomer,
    responses((status = 201, description = "The new customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, description = "`duplicate_code`, `duplicate_external_ref`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn create_customer(
    who: Allowed<can::CustomersWrite>,
    command: Command<NewCustomer>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/customers/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a customer with its contact persons and addresses.
#[utoipa::path(get, path = "/customers/{id}", operation_id = "get_customer", tag = "customers", params(("id" = CustomerId, Path, description = "The customer")),
    responses((status = 200, description = "The customer", body = CustomerView), (status = 304, description = "The version of If-None-Match is still current"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, description = "No such customer in sight", body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn get_customer(
    who: Allowed<can::CustomersRead>,
    Id(id): Id<CustomerId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::customer(&mut tx, who.caller(), id).await?;
    drop(tx);
    who.has_read("customer", id.uuid()).await?;
    read::object(&headers, &view, view.version)
}

/// Change a customer.
#[utoipa::path(patch, path = "/customers/{id}", operation_id = "update_customer", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = CustomerPatch,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`duplicate_code`, `duplicate_external_ref`", body = Problem), (status = 412, description = "`stale_version`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn update_customer(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<CustomerPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Create or change the customer that another system knows by this reference.
///
/// What the body does not name stays; contact persons and addresses are only taken for a new customer.
#[utoipa::path(put, path = "/customers/by-ref/{source}/{ref}", operation_id = "upsert_customer", tag = "customers",
    params(("source" = String, Path, description = "The other system"), ("ref" = String, Path, description = "Its id of the customer")), request_body = NewCustomer,
    responses((status = 200, description = "The changed customer", body = CustomerView), (status = 201, description = "The new customer", body = CustomerView),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, description = "The customer is out of sight", body = Problem),
        (status = 409, description = "`duplicate_code`, `duplicate_external_ref`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn upsert_customer(
    who: Allowed<can::CustomersWrite>,
    Id(Both(source, reference)): Id<Both<Source, Reference>>,
    command: Command<NewCustomer>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let (view, created) = service::upsert(&mut ctx, source, reference, command.body).await?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let location = created.then(|| format!("/api/v1/customers/{}", view.id));
    ctx.reply(status, &view, view.version, location).await
}
