//! `/customers/{id}/contacts`: every change is one of the customer, and answers with it.

use axum::response::Response;
use http::StatusCode;
use som_domain::CustomerId;
use som_domain::ids::ContactId;

use crate::ctx::Ctx;
use crate::features::customers::input::{ContactPatch, NewContact};
use crate::features::customers::service;
use crate::features::customers::view::CustomerView;
use crate::http::path::Both;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

async fn changed(ctx: Ctx, view: &CustomerView) -> ApiResult<Response> {
    ctx.reply(StatusCode::OK, view, view.version, None).await
}

/// Add a contact person to a customer.
#[utoipa::path(post, path = "/customers/{id}/contacts", operation_id = "create_customer_contact", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = NewContact,
    responses((status = 201, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn create_contact(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<NewContact>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::add_contact(&mut ctx, id, &command.if_match, command.body).await?;
    let location = format!("/api/v1/customers/{id}");
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Change a contact person of a customer.
#[utoipa::path(patch, path = "/customers/{id}/contacts/{contact_id}", operation_id = "update_customer_contact", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer"), ("contact_id" = ContactId, Path, description = "The contact person")), request_body = ContactPatch,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem), (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn update_contact(
    who: Allowed<can::CustomersWrite>,
    Id(Both(id, contact)): Id<Both<CustomerId, ContactId>>,
    command: Command<ContactPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view =
        service::change_contact(&mut ctx, id, contact, &command.if_match, command.body).await?;
    changed(ctx, &view).await
}

/// Remove a contact person from a customer.
#[utoipa::path(delete, path = "/customers/{id}/contacts/{contact_id}", operation_id = "delete_customer_contact", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer"), ("contact_id" = ContactId, Path, description = "The contact person")),
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn delete_contact(
    who: Allowed<can::CustomersWrite>,
    Id(Both(id, contact)): Id<Both<CustomerId, ContactId>>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::remove_contact(&mut ctx, id, contact, &command.if_match).await?;
    changed(ctx, &view).await
}
