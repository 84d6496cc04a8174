//! Forgotten and changed passwords.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::{NEW, ada, open, post};
use crate::harness::smtp::Smtp;
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};

pub async fn sign_in(app: &TestApp, address: &str, password: &str) -> (Client, Answer) {
    let browser = app.anonymous();
    let answer = post(
        &browser,
        "/auth/sign-in",
        json!({ "email": address, "password": password }),
    )
    .await;
    (browser, answer)
}

/// Asks for a new password and returns the link's token.
pub async fn reset_token(app: &TestApp, smtp: &Smtp, address: &str) -> String {
    post(
        &app.anonymous(),
        "/auth/password-reset",
        json!({ "email": address }),
    )
    .await
    .expect(202);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 1);
    mails[0].token()
}

pub async fn complete(app: &TestApp, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    post(&app.anonymous(), "/auth/password-reset/complete", body).await
}
#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_every_session_ends() {
    let (app, smtp) = TestApp::with_mail().await;
    let old = app.sign_in(Role::Rep).await;
    let token = reset_token(&app, &smtp, "Rep@test.example").await;
    old.get("/me").send().await.ok();
    for (password, code) in [
        ("short", "password_too_short"),
        ("reprepreprepreprep", "password_too_weak"),
    ] {
        let answer = complete(&app, &token, password).await;
        answer.problem(422, "validation_failed");
        assert_eq!(answer.errors(), [format!("#/password {code}")]);
    }
    let answer = complete(&app, &token, NEW).await;
    answer.expect(204);
    assert!(
        answer.headers.get("set-cookie").is_none(),
        "a reset signs nobody in"
    );
    old.get("/me").send().await.problem(401, "session_ended");
    complete(&app, &token, NEW)
        .await
        .problem(403, "invalid_link");
    let rep = email(Role::Rep);
    sign_in(&app, &rep, PASSWORD)
        .await
        .1
        .problem(401, "invalid_credentials");
    app.clock.advance(Duration::seconds(5));
    sign_in(&app, &rep, NEW).await.1.ok();
    app.work().await;
    let subjects: Vec<String> = smtp.take().iter().map(|m| m.header("Subject")).collect();
    assert_eq!(subjects, ["Your password was changed"]);
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where entity = 'user' and action = 'password_reset'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(audited, 1);
}

#[tokio::test]
async fn wrong_used_old_and_foreign_links_fail_alike() {
    let (app, smtp) = open().await;
    let first = reset_token(&app, &smtp, "rep@test.example").await;
    let second = reset_token(&app, &smtp, "rep@test.example").await;
    post(&app.anonymous(), "/auth/sign-up", ada("new@test.example"))
        .await
        .expect(202);
    app.work().await;
    let of_sign_up = smtp.take().remove(0).token();
    let old = reset_token(&app, &smtp, "admin@test.example").await;
    complete(&app, &second, NEW).await.expect(204);
    app.clock.advance(Duration::minutes(30));
    let mut said = Vec::new();
    for token in [
        first,
        second,
        of_sign_up.clone(),
        old,
        "nonsense".to_owned(),
    ] {
        let mut problem = complete(&app, &token, NEW)
            .await
            .problem(403, "invalid_link");
        problem["request_id"] = Value::Null;
        said.push(problem);
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]));
    // trying it for the wrong thing did not use it up
    post(
        &app.anonymous(),
        "/auth/sign-up/confirm",
        json!({ "token": of_sign_up }),
    )
    .await
    .expect(204);
}

#[tokio::test]
async fn a_suspended_account_and_one_without_password_get_no_link() {
    let (app, smtp) = TestApp::with_mail().await;
    let pool = app.admin_pool().await;
    sqlx::query("update users set state = 'disabled' where email = 'rep@test.example'")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("update users set password_hash = null where email = 'admin@test.example'")
        .execute(&pool)
        .await
        .unwrap();
    for address in ["rep@test.example", "admin@test.example"] {
        post(
            &app.anonymous(),
            "/auth/password-reset",
            json!({ "email": address }),
        )
        .await
        .expect(202);
    }
    app.work().await;
    assert!(smtp.take().is_empty());
}

#[tokio::test]
async fn a_password_is_changed_with_the_present_one_and_other_sessions_end() {
    let (app, smtp) = TestApp::with_mail().await;
    let (here, there) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    let body =
        |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    post(&here, "/auth/password", body("not the present one", NEW))
        .await
        .problem(403, "wrong_password");
    app.clock.advance(Duration::seconds(5));
    let weak = post(
        &here,
        "/auth/password",
        body(PASSWORD, "testcompany1234567"),
    )
    .await;
    weak.problem(422, "validation_failed");
    assert_eq!(weak.errors(), ["#/new_password password_too_weak"]);
    here.post("/auth/password")
        .without_csrf()
        .json(body(PASSWORD, NEW))
        .send()
        .await
        .problem(403, "csrf_failed");
    post(&here, "/auth/password", body(PASSWORD, NEW))
        .await
        .expect(204);
    here.get("/me").send().await.ok();
    there.get("/me").send().await.problem(401, "session_ended");
    sign_in(&app, &email(Role::Rep), NEW).await.1.ok();
    app.work().await;
    assert_eq!(
        smtp.take()[0].header("Subject"),
        "Your password was changed"
    );
    post(&app.anonymous(), "/auth/password", body(NEW, PASSWORD))
        .await
        .problem(401, "unauthenticated");
}
