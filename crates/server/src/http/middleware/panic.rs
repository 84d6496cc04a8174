//! A panic in a handler is a 500 for one request, not the end of the process.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::http::Problem;

/// The answer; the message is logged and never shown.
pub(super) fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = message, "request panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on our side. Nothing was changed.",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    #[tokio::test]
    async fn a_panic_is_one_refused_request_and_says_nothing() {
        let routes = Router::new()
            .route(
                "/bad",
                get(async || -> &'static str { panic!("the inside") }),
            )
            .route("/good", get(async || "fine"))
            .layer(CatchPanicLayer::custom(super::answer));
        for (path, status) in [("/bad", 500), ("/good", 200), ("/bad", 500)] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = routes.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), status);
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&body);
            assert!(!text.contains("inside"), "{text}");
        }
    }
}
