//! `/payment-terms`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::PaymentTermId;

use crate::features::settings::input::{NewPaymentTerm, PaymentTermPatch};
use crate::features::settings::service::terms;
use crate::features::settings::store::terms::{COLUMNS, FROM, TermRow};
use crate::features::settings::view::PaymentTermView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, Problem, read};
use crate::list_params;
use crate::permission::can;

/// By code.
static TERMS: Collection = Collection {
    spec: ListSpec {
        name: "payment terms",
        fields: &[
            Field::id("id", "t.id", PaymentTermId::PREFIX),
            Field::text("code", "t.code").sortable(),
            Field::text("name", "t.name").sortable(),
            Field::int("due_days", "t.due_days").sortable(),
            Field::timestamp("created_at", "t.created_at"),
            Field::timestamp("updated_at", "t.updated_at"),
        ],
        default_sort: &[("code", Dir::Asc)],
        tiebreak: Field::id("id", "t.id", PaymentTermId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "t.organization_id",
};

list_params!(pub(super) PaymentTermsParams, TERMS.spec);

/// List payment terms.
#[utoipa::path(get, path = "/payment-terms", operation_id = "list_payment_terms", tag = "customers", params(PaymentTermsParams),
    responses((status = 200, description = "A page", body = ListBody<PaymentTermView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn list_payment_terms(
    who: Allowed<can::CustomersRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&TERMS, &uri, None, |row: TermRow| {
        PaymentTermView::from(row)
    })
    .await
}

/// Create a payment term.
#[utoipa::path(post, path = "/payment-terms", operation_id = "create_payment_term", tag = "customers", request_body = NewPaymentTerm,
    responses((status = 201, description = "The new payment term", body = PaymentTermView), (status = 403, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn create_payment_term(
    who: Allowed<can::SettingsWrite>,
    command: Command<NewPaymentTerm>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = terms::create(&mut ctx, command.body).await?;
    let location = format!("/api/v1/payment-terms/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a payment term.
#[utoipa::path(get, path = "/payment-terms/{id}", operation_id = "get_payment_term", tag = "customers", params(("id" = PaymentTermId, Path, description = "The payment term")),
    responses((status = 200, body = PaymentTermView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("customers.read"))))]
pub async fn get_payment_term(
    who: Allowed<can::CustomersRead>,
    Id(id): Id<PaymentTermId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = terms::find(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a payment term.
#[utoipa::path(patch, path = "/payment-terms/{id}", operation_id = "update_payment_term", tag = "customers", params(("id" = PaymentTermId, Path, description = "The payment term")), request_body = PaymentTermPatch,
    responses((status = 200, body = PaymentTermView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_code`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_payment_term(
    who: Allowed<can::SettingsWrite>,
    Id(id): Id<PaymentTermId>,
    command: Command<PaymentTermPatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = terms::change(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}
