//! Answers at the edge: every failure is a problem, requests have ids, readiness tells nothing of the inside.

use axum::http::Method;
use som_domain::ids::RequestId;

use crate::harness::TestApp;

#[tokio::test]
async fn not_ready_without_the_database_and_says_nothing_of_the_inside() {
    let app = TestApp::new().await;
    app.state.db().close().await;
    let client = app.anonymous();
    client.get("/health").send().await.ok();
    let answer = client.get("/readiness").send().await;
    let problem = answer.problem(503, "unavailable");
    assert_eq!(problem["retryable"], true);
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.text().to_lowercase().contains("postgres"));
}

#[tokio::test]
async fn every_failure_is_a_problem() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    client
        .get("/nothing-here")
        .send()
        .await
        .problem(404, "not_found");
    let wrong_method = client.call(Method::DELETE, "/health").send().await;
    wrong_method.problem(405, "method_not_allowed");
    assert!(
        wrong_method
            .header("allow")
            .is_some_and(|allow| allow.contains("GET"))
    );
    let options = client.call(Method::OPTIONS, "/health").send().await;
    assert_eq!(options.status, 204);
    assert!(options.header("allow").is_some());
    let head = client.call(Method::HEAD, "/health").send().await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn a_request_id_is_taken_when_well_formed() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let mine = "0192d3f0-8e4b-7cc0-9d3c-0123456789ab";
    let ours = RequestId::from_uuid(mine.parse().unwrap()).to_string();
    let answer = client
        .get("/health")
        .header("x-request-id", mine)
        .send()
        .await;
    assert_eq!(answer.header("x-request-id"), Some(ours.as_str()));
    let odd = client
        .get("/health")
        .header("x-request-id", "<script>")
        .send()
        .await;
    assert!(
        odd.header("x-request-id")
            .is_some_and(|id| id.starts_with("req_") && id.len() == 30)
    );
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_ask() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let ask = |path: &str| {
        client
            .get(path)
            .header("accept-encoding", "gzip, br")
            .send()
    };
    let large = ask("/api/openapi.json").await;
    assert_eq!(large.header("content-encoding"), Some("gzip"));
    assert_eq!(large.header("vary"), Some("accept-encoding"));
    assert!(large.bytes.starts_with(&[0x1f, 0x8b]));
    let plain = client.get("/api/openapi.json").send().await;
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.ok().is_object() && large.bytes.len() < plain.bytes.len() / 4);
    assert_eq!(ask("/health").await.header("content-encoding"), None);
}
