//! The protective headers are on every answer, whatever became of the request.

use serde_json::json;
use som_server::permission::Role;

use crate::harness::{Answer, TestApp};

#[track_caller]
pub fn protected(answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("x-xss-protection", "1; mode=block"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(
        answer
            .header("permissions-policy")
            .is_some_and(|p| p.contains("geolocation=()")
                && p.contains("camera=()")
                && p.contains("microphone=()"))
    );
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(
        answer
            .header("x-request-id")
            .is_some_and(|id| id.starts_with("req_"))
    );
    assert!(
        answer.header("access-control-allow-origin").is_none(),
        "CORS is closed"
    );
    assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
}

#[tokio::test]
async fn every_kind_of_answer_is_protected() {
    let app = TestApp::new().await;
    let (anonymous, rep) = (app.anonymous(), app.sign_in(Role::Rep).await);
    let answers = [
        (200, anonymous.get("/setup").send().await),
        (200, anonymous.get("/health").send().await),
        (200, anonymous.get("/readiness").send().await),
        (200, anonymous.get("/api/openapi.json").send().await),
        (401, anonymous.get("/me").send().await),
        (404, rep.get("/nothing").send().await),
        (404, rep.get("/members/mem_x/y/z").send().await),
        (405, rep.post("/me").json(json!({})).send().await),
        (403, rep.get("/members").send().await),
        (403, rep.delete("/sessions").without_csrf().send().await),
        (400, anonymous.post("/auth/sign-in").raw("{").send().await),
        (
            415,
            anonymous
                .post("/auth/sign-in")
                .body("text/plain", "x")
                .send()
                .await,
        ),
        (
            413,
            anonymous
                .post("/auth/sign-in")
                .raw(vec![b' '; 2 << 20])
                .send()
                .await,
        ),
        (
            422,
            anonymous.post("/auth/sign-in").json(json!({})).send().await,
        ),
        (
            204,
            anonymous
                .call(axum::http::Method::OPTIONS, "/me")
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "GET")
                .send()
                .await,
        ),
        (200, rep.call(axum::http::Method::HEAD, "/me").send().await),
    ];
    for (status, answer) in &answers {
        assert_eq!(answer.status.as_u16(), *status, "{answer:?}");
        protected(answer);
        if *status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json"),
                "{answer:?}"
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }
}

#[tokio::test]
async fn a_refused_request_is_protected() {
    let app = TestApp::configured(|c| {
        c.limits.enabled = true;
        c.limits.global_per_minute = 1;
    })
    .await;
    app.anonymous().get("/setup").send().await.ok();
    let answer = app.anonymous().get("/setup").send().await;
    answer.problem(429, "rate_limited");
    protected(&answer);
}

#[tokio::test]
async fn answers_of_the_api_are_not_kept() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    for path in ["/me", "/sessions", "/setup"] {
        assert_eq!(
            rep.get(path).send().await.header("cache-control"),
            Some("no-store"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_may_load_our_own_files_only() {
    let app = TestApp::new().await;
    let page = app.anonymous().get("/").send().await;
    protected(&page);
    if page
        .header("content-type")
        .is_some_and(|t| t.starts_with("text/html"))
    {
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_keeps_its_policy() {
    let app = TestApp::new().await;
    let page = app.anonymous().get("/").send().await;
    let Some(etag) = page.header("etag") else {
        return; // built without the web app
    };
    let again = app
        .anonymous()
        .get("/")
        .header("if-none-match", etag)
        .send()
        .await;
    assert_eq!(again.status, 304);
    assert_eq!(
        again.header("content-security-policy"),
        page.header("content-security-policy")
    );
}

#[tokio::test]
async fn transport_security_and_the_old_filter_are_settings() {
    let app = TestApp::new().await;
    assert!(
        app.anonymous()
            .get("/health")
            .send()
            .await
            .header("strict-transport-security")
            .is_none()
    );
    let app = TestApp::configured(|c| {
        c.security.hsts = Some("max-age=63072000; includeSubDomains".to_owned());
        c.security.x_xss_protection = "0".to_owned();
    })
    .await;
    let answer = app.anonymous().get("/health").send().await;
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=63072000; includeSubDomains")
    );
    assert_eq!(answer.header("x-xss-protection"), Some("0"));
}

#[tokio::test]
async fn browsers_report_what_a_policy_stopped() {
    let app = TestApp::configured(|config| config.limits.enabled = true).await;
    let anonymous = app.anonymous();
    let page = anonymous.get("/").send().await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("; report-uri /api/csp-reports"),
        "{policy}"
    );
    let report =
        json!({ "csp-report": { "violated-directive": "script-src", "blocked-uri": "inline" } })
            .to_string();
    let send = |text: String, kind: &'static str| {
        let call = anonymous.post("/api/csp-reports").without_csrf();
        async move { call.body(kind, text).send().await }
    };
    assert_eq!(
        send(report.clone(), "application/csp-report").await.status,
        204
    );
    assert_eq!(
        send("[1, {}, null]".to_owned(), "application/reports+json")
            .await
            .status,
        204
    );
    send("no report".to_owned(), "application/csp-report")
        .await
        .problem(400, "malformed_json");
    send("[".repeat(20_000), "application/csp-report")
        .await
        .problem(413, "body_too_large");
    // a flood is counted like any other
    let mut refused = 0;
    for _ in 0..110 {
        refused += u32::from(send(report.clone(), "application/csp-report").await.status == 429);
    }
    assert!(refused >= 10, "{refused}");
}
