//! `/tax-rules`

use axum::extract::OriginalUri;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use som_domain::ids::TaxRuleId;

use crate::features::taxes::input::{NewTaxRule, TaxRulePatch};
use crate::features::taxes::service;
use crate::features::taxes::store::rules::{COLUMNS, FROM, RuleRow};
use crate::features::taxes::view::TaxRuleView;
use crate::http::list::{Collection, Dir, Field, ListBody, ListSpec};
use crate::http::{Allowed, ApiResult, Command, Id, NoBody, Problem, read};
use crate::list_params;
use crate::permission::can;

/// Rules by tax class.
static RULES: Collection = Collection {
    spec: ListSpec {
        name: "tax rules",
        fields: &[
            Field::id("id", "r.id", TaxRuleId::PREFIX),
            Field::text("tax_class", "c.code").sortable(),
            Field::text("country", "r.country").nullable(),
            Field::text("region", "r.region").nullable(),
            Field::one_of(
                "customer_tax_status",
                "r.customer_tax_status",
                &["taxable", "exempt", "reverse_charge"],
            ),
            Field::timestamp("created_at", "r.created_at"),
            Field::timestamp("updated_at", "r.updated_at"),
        ],
        default_sort: &[("tax_class", Dir::Asc)],
        tiebreak: Field::id("id", "r.id", TaxRuleId::PREFIX),
        search: None,
        expand: &[],
    },
    columns: COLUMNS,
    from: FROM,
    organization: "r.organization_id",
};

list_params!(pub(super) TaxRulesParams, RULES.spec);

/// List tax rules.
#[utoipa::path(get, path = "/tax-rules", operation_id = "list_tax_rules", tag = "taxes", params(TaxRulesParams),
    responses((status = 200, description = "A page", body = ListBody<TaxRuleView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn list_tax_rules(
    who: Allowed<can::TaxesRead>,
    OriginalUri(uri): OriginalUri,
) -> ApiResult<Response> {
    who.answer_list(&RULES, &uri, None, |row: RuleRow| TaxRuleView::from(row))
        .await
}

/// Create a tax rule.
#[utoipa::path(post, path = "/tax-rules", operation_id = "create_tax_rule", tag = "taxes", request_body = NewTaxRule,
    responses((status = 201, description = "The new tax rule", body = TaxRuleView), (status = 403, body = Problem), (status = 409, description = "`duplicate_rule`", body = Problem),
        (status = 422, description = "Problems of the input", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn create_tax_rule(
    who: Allowed<can::TaxesWrite>,
    command: Command<NewTaxRule>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::create_rule(&mut ctx, command.body).await?;
    let location = format!("/api/v1/tax-rules/{}", view.id);
    ctx.reply(StatusCode::CREATED, &view, view.version, Some(location))
        .await
}

/// Read a tax rule.
#[utoipa::path(get, path = "/tax-rules/{id}", operation_id = "get_tax_rule", tag = "taxes", params(("id" = TaxRuleId, Path, description = "The tax rule")),
    responses((status = 200, body = TaxRuleView), (status = 403, body = Problem), (status = 404, body = Problem)),
    extensions(("x-permission" = json!("taxes.read"))))]
pub async fn get_tax_rule(
    who: Allowed<can::TaxesRead>,
    Id(id): Id<TaxRuleId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = service::rule(&mut tx, who.caller().organization.id.uuid(), id).await?;
    read::object(&headers, &view, view.version)
}

/// Change a tax rule.
#[utoipa::path(patch, path = "/tax-rules/{id}", operation_id = "update_tax_rule", tag = "taxes", params(("id" = TaxRuleId, Path, description = "The tax rule")), request_body = TaxRulePatch,
    responses((status = 200, body = TaxRuleView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "`duplicate_rule`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn update_tax_rule(
    who: Allowed<can::TaxesWrite>,
    Id(id): Id<TaxRuleId>,
    command: Command<TaxRulePatch>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    let view = service::change_rule(&mut ctx, id, &command.if_match, command.body).await?;
    ctx.reply(StatusCode::OK, &view, view.version, None).await
}

/// Delete a tax rule.
#[utoipa::path(delete, path = "/tax-rules/{id}", operation_id = "delete_tax_rule", tag = "taxes", params(("id" = TaxRuleId, Path, description = "The tax rule")),
    responses((status = 204, description = "Deleted"), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("taxes.write"))))]
pub async fn delete_tax_rule(
    who: Allowed<can::TaxesWrite>,
    Id(id): Id<TaxRuleId>,
    command: Command<NoBody>,
) -> ApiResult<Response> {
    let mut ctx = who.begin(&command).await?;
    service::delete_rule(&mut ctx, id, &command.if_match).await?;
    ctx.reply_empty().await
}
