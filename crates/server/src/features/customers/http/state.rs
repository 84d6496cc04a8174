//! `POST /customers/{id}/archive|block|activate`

use axum::response::Response;
use http::StatusCode;
use som_domain::CustomerId;

use crate::features::customers::service::{CustomerStatus, set_status};
use crate::features::customers::view::CustomerView;
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem};
use crate::permission::can;

async fn set(
    who: &Allowed<can::CustomersWrite>,
    id: CustomerId,
    command: &Command<NoBody>,
    status: CustomerStatus,
) -> ApiResult<Response> {
    let mut ctx = who.begin(command).await?;
    let view = set_status(&mut ctx, id, &command.if_match, status).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Archive a customer: it orders no longer.
#[utoipa::path(post, path = "/customers/{id}/archive", operation_id = "archive_customer", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = NoBody,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn archive_customer(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, CustomerStatus::Archived).await
}

/// Block a customer for the moment.
#[utoipa::path(post, path = "/customers/{id}/block", operation_id = "block_customer", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = NoBody,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn block_customer(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, CustomerStatus::Blocked).await
}

/// Let a customer order again.
#[utoipa::path(post, path = "/customers/{id}/activate", operation_id = "activate_customer", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer")), request_body = NoBody,
    responses((status = 200, description = "The customer", body = CustomerView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("customers.write"))))]
pub async fn activate_customer(
    who: Allowed<can::CustomersWrite>,
    Id(id): Id<CustomerId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    set(&who, id, &command, CustomerStatus::Active).await
}
