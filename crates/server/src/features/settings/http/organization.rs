//! `/organization`

use axum::response::Response;
use http::{HeaderMap, StatusCode};

use crate::features::auth::service::require_recent;
use crate::features::settings::input::OrganizationPatch;
use crate::features::settings::service::organization;
use crate::features::settings::view::OrganizationView;
use crate::http::{Allowed, ApiResult, Command, Problem, read};
use crate::permission::can;

/// Read the organization's settings.
#[utoipa::path(get, path = "/organization", operation_id = "get_organization", tag = "settings",
    responses((status = 200, body = OrganizationView), (status = 401, body = Problem), (status = 403, body = Problem)),
    extensions(("x-permission" = json!("settings.read"))))]
pub async fn get_organization(
    who: Allowed<can::SettingsRead>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let mut tx = who.read().await?;
    let view = organization::find(&mut tx, who.caller().organization.id.uuid()).await?;
    read::object(&headers, &view, view.version)
}

/// Change the organization's settings. Which roles must have a second factor is changed by who showed theirs a moment ago.
#[utoipa::path(patch, path = "/organization", operation_id = "update_organization", tag = "settings", request_body = OrganizationPatch,
    responses((status = 200, body = OrganizationView), (status = 403, description = "`missing_permission`, `reauth_required`", body = Problem), (status = 409, description = "`currency_in_use`", body = Problem),
        (status = 412, description = "`stale_version`", body = Problem), (status = 422, description = "Problems of the input", body = Problem),
        (status = 428, description = "`precondition_required`", body = Problem)),
    extensions(("x-permission" = json!("settings.write"))))]
pub async fn update_organization(
    who: Allowed<can::SettingsWrite>,
    command: Command<OrganizationPatch>,
) -> ApiResult<Response> {
    if command.body.second_factor_roles.is_present() {
        require_recent(who.caller(), who.now())?;
    }
    let mut ctx = who.begin(&command).await?;
    let view = organization::change(&mut ctx, &command.if_match, command.body).await?;
    let response = ctx.reply(StatusCode::OK, &view, view.version, None).await?;
    // every request works under these settings from the next one on
    who.state().auth().forget_callers();
    Ok(response)
}
