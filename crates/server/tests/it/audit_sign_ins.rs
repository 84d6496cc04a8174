//! Sign-ins that fail and sessions that end are entries of the audit log; a browser that was not seen before is told by mail.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::{NEW, post};
use crate::harness::{PASSWORD, TestApp, email};
use crate::second_factors::enrol;

/// Action, kind of the actor, and facts of what is told of people and sessions, but their beginning.
async fn told(app: &TestApp) -> Vec<(String, String, Value)> {
    app.state.reads().flush(&app.state).await.unwrap();
    sqlx::query_as(
        "select action, actor_kind, diff from audit_events where entity in ('user', 'session') and action not in ('started', 'authenticator_added') order by seq",
    )
    .fetch_all(&app.admin_pool().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_failed_sign_in_is_told_once_in_a_while() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    for address in [&email(Role::Rep), "nobody@test.example"] {
        for _ in 0..5 {
            let body = json!({ "email": address, "password": NEW });
            post(&browser, "/auth/sign-in", body)
                .await
                .problem(401, "invalid_credentials");
            app.clock.advance(Duration::seconds(5));
        }
    }
    let facts = json!({ "method": "pwd", "failures": 1 });
    let entry = |action: &str| (action.to_owned(), "system".to_owned(), facts.clone());
    assert_eq!(told(&app).await, [entry("sign_in_failed")]);
    let auditor = app.sign_in(Role::Owner).await;
    let list = auditor.get("/audit?action=sign_in_failed").send().await;
    let list = list.ok();
    let shown = &list["data"][0];
    assert_eq!(shown["entity"], "user");
    assert!(!list.to_string().contains("nobody@test.example"));
}

#[tokio::test]
async fn a_wrong_second_factor_is_told_with_its_method() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    enrol(&app, &rep).await;
    let browser = app.anonymous();
    let body = json!({ "email": email(Role::Rep), "password": PASSWORD });
    post(&browser, "/auth/sign-in", body)
        .await
        .problem(401, "second_factor_required");
    let body = json!({ "method": "totp", "code": "000000" });
    post(&browser, "/auth/sign-in/second-factor", body)
        .await
        .problem(401, "wrong_code");
    let told = told(&app).await;
    let (action, _, facts) = told.last().unwrap();
    assert_eq!(action, "sign_in_failed");
    assert_eq!(facts, &json!({ "method": "otp", "failures": 1 }));
}

#[tokio::test]
async fn sessions_that_end_are_told() {
    let app = TestApp::new().await;
    let (one, two) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    two.delete("/sessions").send().await.expect(204);
    two.delete("/sessions").send().await.expect(204);
    one.get("/me").send().await.problem(401, "session_ended");
    post(&two, "/auth/sign-out", json!({})).await.expect(204);
    post(&two, "/auth/sign-out", json!({})).await.expect(204);
    let user = |action: &str, facts: Value| (action.to_owned(), "user".to_owned(), facts);
    assert_eq!(
        told(&app).await,
        [
            user("sessions_ended", json!({ "sessions": 1 })),
            user("ended", json!({}))
        ]
    );
}

#[tokio::test]
async fn a_sign_in_from_another_browser_is_told_by_mail() {
    let (app, smtp) = TestApp::with_mail().await;
    let sign_in = |browser: &crate::harness::Client, role: Role| {
        let (browser, body) = (
            browser.clone(),
            json!({ "email": email(role), "password": PASSWORD }),
        );
        async move {
            let call = browser.post("/auth/sign-in").json(body);
            call.header("user-agent", "Lynx/2").send().await.ok()
        }
    };
    let desk = app.anonymous();
    sign_in(&desk, Role::Rep).await;
    sign_in(&desk, Role::Rep).await;
    // a desk that is shared
    sign_in(&desk, Role::Viewer).await;
    sign_in(&desk, Role::Rep).await;
    app.work().await;
    assert!(smtp.take_all().is_empty(), "the first browser is no news");
    sign_in(&app.anonymous(), Role::Rep).await;
    app.work().await;
    let mail = smtp.take_all().remove(0);
    assert_eq!(mail.to, [email(Role::Rep)]);
    assert_eq!(mail.header("Subject"), "A sign-in from a new device");
    assert!(mail.text.contains("Lynx/2") && mail.text.contains("127.0.0.1"));
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from known_devices")
        .fetch_all(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(kept.len(), 3);
}

#[tokio::test]
async fn what_others_guess_keeps_nobody_from_a_browser_of_theirs() {
    let app = TestApp::new().await;
    let desk = app.sign_in(Role::Rep).await;
    let stranger = app.anonymous();
    let sign_in = |browser: &crate::harness::Client, password: &str| {
        let (browser, body) = (
            browser.clone(),
            json!({ "email": email(Role::Rep), "password": password }),
        );
        async move { post(&browser, "/auth/sign-in", body).await }
    };
    for _ in 0..4 {
        sign_in(&stranger, NEW)
            .await
            .problem(401, "invalid_credentials");
        app.clock.advance(Duration::seconds(3));
    }
    sign_in(&stranger, NEW)
        .await
        .problem(401, "invalid_credentials");
    sign_in(&stranger, PASSWORD)
        .await
        .problem(429, "rate_limited");
    sign_in(&desk, PASSWORD).await.ok();
    // the stranger waits on, and a browser that was stolen guesses no faster
    sign_in(&stranger, PASSWORD)
        .await
        .problem(429, "rate_limited");
    for _ in 0..4 {
        let answer = sign_in(&desk, NEW).await;
        answer.problem(401, "invalid_credentials");
        app.clock.advance(Duration::seconds(3));
    }
    sign_in(&desk, NEW)
        .await
        .problem(401, "invalid_credentials");
    sign_in(&desk, NEW).await.problem(429, "rate_limited");
}
