//! Routes of the first run.

use ::http::StatusCode;
use axum::response::Response;

use super::input::CompleteSetup;
use super::service;
use super::view::SetupView;
use crate::features::auth::service::{Device, Me};
use crate::http::same_origin::SameOrigin;
use crate::http::{ApiResult, Problem, Public, Sent, read};
use crate::security::cookies;

/// Whether the server still waits for its first organization.
#[utoipa::path(
    get, path = "/setup", tag = "auth",
    responses((status = 200, body = SetupView)),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn get_setup(public: Public) -> ApiResult<Response> {
    read::json(&SetupView {
        needed: service::is_needed(&public.state).await?,
    })
}

/// Make the first organization and its owner, and sign in.
#[utoipa::path(
    post, path = "/setup", tag = "auth", request_body = CompleteSetup,
    responses(
        (status = 201, body = Me),
        (status = 403, description = "`invalid_token`, `csrf_failed`", body = Problem),
        (status = 409, description = "`already_set_up`", body = Problem),
        (status = 422, body = Problem),
    ),
    extensions(("x-permission" = json!("public")))
)]
pub(super) async fn complete_setup(
    public: Public,
    origin: SameOrigin,
    sent: Sent<CompleteSetup>,
) -> ApiResult<Response> {
    let device = Device {
        user_agent: origin.user_agent(),
        ip: origin.ip,
        remember: false,
        origin: public.origin,
        token: None,
    };
    let signed_in = service::complete(&public.state, sent.body, &device, public.now).await?;
    let mut response = read::json(&signed_in.me)?;
    *response.status_mut() = StatusCode::CREATED;
    cookies::set(
        response.headers_mut(),
        public
            .state
            .auth()
            .cookies()
            .issue(&signed_in.issued, public.now),
    );
    Ok(response)
}
