//! `/meta`: what a client may want to know before it begins.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::IDEMPOTENCY_KEPT;
use crate::http::list::{CURSOR_VALID, PAGE_SIZE, PAGE_SIZE_MAX};
use crate::http::{ApiResult, Public, read};

/// The server and its limits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Meta {
    /// Version of the server.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Versions of the API it speaks.
    #[schema(example = json!(["v1"]))]
    pub api_versions: [&'static str; 1],
    /// What it takes at most.
    pub limits: MetaLimits,
}

/// What the server takes at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetaLimits {
    /// Rows of a page unless `limit` says otherwise.
    pub page_size: u16,
    /// Rows of a page at most.
    pub page_size_max: u16,
    /// Hours a cursor can be used.
    pub cursor_hours: i64,
    /// Hours an answer is kept for its `Idempotency-Key`.
    pub idempotency_hours: i64,
    /// Bytes of a body.
    pub body_bytes_max: usize,
    /// Requests of a signed-in person in a minute; none: not limited.
    pub requests_per_minute: Option<u32>,
}

/// The server's version and limits.
#[utoipa::path(get, path = "/meta", operation_id = "get_meta", tag = "platform",
    responses((status = 200, body = Meta)),
    extensions(("x-permission" = json!("public"))))]
pub async fn get_meta(public: Public) -> ApiResult<Response> {
    let config = public.state.config();
    read::json(&Meta {
        version: env!("CARGO_PKG_VERSION"),
        api_versions: ["v1"],
        limits: MetaLimits {
            page_size: PAGE_SIZE,
            page_size_max: PAGE_SIZE_MAX,
            cursor_hours: CURSOR_VALID.num_hours(),
            idempotency_hours: IDEMPOTENCY_KEPT.num_hours(),
            body_bytes_max: config.server.max_body_bytes,
            requests_per_minute: config
                .limits
                .enabled
                .then_some(config.limits.user_per_minute),
        },
    })
}
