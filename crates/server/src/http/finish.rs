//! The outermost layer of the API: gives every request its id and every failure its body.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method, StatusCode, header};
use som_domain::ids::RequestId;
use uuid::Uuid;

use super::Problem;
use super::api_doc::PROBLEM_JSON;
use crate::app::AppState;

/// The id of the request, in its extensions.
#[derive(Debug, Clone, Copy)]
pub struct CurrentRequest(pub RequestId);

const REQUEST_ID: &str = "x-request-id";

/// Accepts a well-formed id (ours or a UUID), else makes one; writes problem bodies; answers OPTIONS.
pub async fn finish(
    axum::extract::State(state): axum::extract::State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = incoming_id(&request)
        .unwrap_or_else(|| RequestId::from_uuid(state.ids().next(state.clock().now())));
    request.extensions_mut().insert(CurrentRequest(id));
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if method == Method::OPTIONS && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        *response.status_mut() = StatusCode::NO_CONTENT;
    } else if response.status().is_client_error() || response.status().is_server_error() {
        response = problem_body(response, id, &path);
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn incoming_id(request: &Request) -> Option<RequestId> {
    let text = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    text.parse()
        .ok()
        .or_else(|| Uuid::parse_str(text).ok().map(RequestId::from_uuid))
}

/// Fills in what only this layer knows. A failure that came without a problem (router, limits) gets one from its status.
fn problem_body(mut response: Response, id: RequestId, path: &str) -> Response {
    let mut problem = response
        .extensions_mut()
        .remove::<Box<Problem>>()
        .map_or_else(|| from_status(response.status()), |boxed| *boxed);
    problem.request_id = id.to_string();
    problem.instance = path.chars().take(300).collect();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = Body::from(body);
    response
}

fn from_status(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This address does not take that method; see the Allow header.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported_media_type", "This media type is not accepted.")
        }
        StatusCode::REQUEST_TIMEOUT => ("timeout", "The request did not arrive in time."),
        StatusCode::TOO_MANY_REQUESTS => ("rate_limited", "Too many requests."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The service is busy or restarting."),
        status if status.is_client_error() => {
            ("bad_request", "The request could not be understood.")
        }
        _ => (
            "internal",
            "Something went wrong on our side. Nothing was changed.",
        ),
    };
    Problem::new(status, code, detail)
}
