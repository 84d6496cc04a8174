//! Sign-in with a second factor: each code once, five tries, five minutes, one browser.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::{NEW, post};
use crate::accounts_password::{complete, reset_token};
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};
use crate::second_factors::{audited, code, enrol};

const SHOW: &str = "/auth/sign-in/second-factor";

/// A browser whose password was right.
async fn waiting(app: &TestApp, role: Role) -> Client {
    let browser = app.anonymous();
    let body = json!({ "email": email(role), "password": PASSWORD, "remember": true });
    let answer = post(&browser, "/auth/sign-in", body).await;
    let problem = answer.problem(401, "second_factor_required");
    assert_eq!(problem["methods"], json!(["totp", "recovery_code"]));
    assert!(browser.cookie("som_at").is_none(), "not signed in yet");
    browser
}

async fn show(browser: &Client, method: &str, code: &str) -> Answer {
    post(browser, SHOW, json!({ "method": method, "code": code })).await
}

async fn totp(browser: &Client, code: &str) -> Answer {
    show(browser, "totp", code).await
}

#[tokio::test]
async fn the_second_factor_makes_the_session() {
    let app = TestApp::new().await;
    let enrolled = enrol(&app, &app.sign_in(Role::Rep).await).await;
    let browser = app.anonymous();
    let body = json!({ "email": email(Role::Rep), "password": PASSWORD, "remember": true });
    let answer = post(&browser, "/auth/sign-in", body).await;
    let problem = answer.problem(401, "second_factor_required");
    assert_eq!(problem["expires_at"], "2026-11-24T12:05:30.000000Z");
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.contains("; HttpOnly") && cookie.ends_with("Max-Age=300"),
        "{cookie}"
    );
    assert!(cookie.contains("SameSite=Strict"));
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
    let typed = code(&app, &enrolled.secret, 0);
    let typed = format!("{} {}", &typed[..3], &typed[3..]);
    let me = totp(&browser, &typed).await.ok();
    assert_eq!(me["membership"]["role"], "rep");
    assert_eq!(
        me["second_factor"],
        json!({ "set_up": true, "required": false })
    );
    assert!(browser.cookie("som_2f").is_none(), "it is taken back");
    browser.get("/me").send().await.ok();
    let session: (Vec<String>, bool) = sqlx::query_as(
        "select amr, remember from sessions where ended_at is null order by created_at desc, id desc limit 1",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(session.0, ["pwd", "otp", "mfa"]);
    assert!(session.1, "remembered from the first step");
}

#[tokio::test]
async fn a_wrong_password_says_the_same_with_and_without_a_second_factor() {
    let app = TestApp::new().await;
    enrol(&app, &app.sign_in(Role::Rep).await).await;
    let mut said = Vec::new();
    for address in [
        email(Role::Rep),
        email(Role::Viewer),
        "nobody@test.example".to_owned(),
    ] {
        let body = json!({ "email": address, "password": "wrong password entirely" });
        let answer = post(&app.anonymous(), "/auth/sign-in", body).await;
        let mut problem = answer.problem(401, "invalid_credentials");
        problem["request_id"] = Value::Null;
        said.push(problem);
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn a_code_is_taken_once_and_of_the_neighbouring_steps_at_most() {
    let app = TestApp::new().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    app.clock.advance(Duration::seconds(120));
    let early = code(&app, &secret, -60);
    totp(&waiting(&app, Role::Rep).await, &early)
        .await
        .problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    let late = code(&app, &secret, 60);
    totp(&waiting(&app, Role::Rep).await, &late)
        .await
        .problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    let previous = code(&app, &secret, -30);
    totp(&waiting(&app, Role::Rep).await, &previous).await.ok();
    totp(&waiting(&app, Role::Rep).await, &previous)
        .await
        .problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    let next = code(&app, &secret, 30);
    totp(&waiting(&app, Role::Rep).await, &next).await.ok();
    // the present one is older than what was taken
    let present = code(&app, &secret, 0);
    totp(&waiting(&app, Role::Rep).await, &present)
        .await
        .problem(401, "wrong_code");
}

#[tokio::test]
async fn two_at_once_do_not_both_take_a_code() {
    let app = TestApp::new().await;
    let enrolled = enrol(&app, &app.sign_in(Role::Rep).await).await;
    let right = code(&app, &enrolled.secret, 0);
    for (method, right) in [("totp", &right), ("recovery_code", &enrolled.codes[3])] {
        let mut browsers = Vec::new();
        for _ in 0..2 {
            browsers.push(waiting(&app, Role::Rep).await);
        }
        let (one, other) = tokio::join!(
            show(&browsers[0], method, right),
            show(&browsers[1], method, right)
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "{method}");
        app.clock.advance(Duration::seconds(30));
    }
    let left: i64 = sqlx::query_scalar("select count(*) from recovery_codes where used_at is null")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(left, 9);
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_is_told() {
    let (app, smtp) = TestApp::with_mail().await;
    let codes = enrol(&app, &app.sign_in(Role::Rep).await).await.codes;
    app.work().await;
    smtp.take();
    show(&waiting(&app, Role::Rep).await, "recovery_code", &codes[0])
        .await
        .ok();
    show(&waiting(&app, Role::Rep).await, "recovery_code", &codes[0])
        .await
        .problem(401, "wrong_code");
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("Subject"), "A recovery code was used");
    assert!(mails[0].text.contains("Codes left: 9"));
    let used = audited(&app, "recovery_code_used").await;
    assert_eq!(used, [("user".to_owned(), json!({ "left": 9 }))]);
}

#[tokio::test]
async fn a_waiting_sign_in_ends_with_its_time_its_use_and_five_codes() {
    let (app, smtp) = TestApp::with_mail().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    app.work().await;
    smtp.take();
    let now = |app: &TestApp| code(app, &secret, 0);
    let late = waiting(&app, Role::Rep).await;
    app.clock.advance(Duration::minutes(5));
    totp(&late, &now(&app))
        .await
        .problem(401, "challenge_ended");

    let used = waiting(&app, Role::Rep).await;
    let copy = used.fork();
    totp(&used, &now(&app)).await.ok();
    app.clock.advance(Duration::seconds(30));
    totp(&copy, &now(&app))
        .await
        .problem(401, "challenge_ended");
    totp(&app.anonymous(), &now(&app))
        .await
        .problem(401, "challenge_ended");

    let tried = waiting(&app, Role::Rep).await;
    for _ in 0..5 {
        app.clock.advance(Duration::seconds(12));
        totp(&tried, "000000").await.problem(401, "wrong_code");
    }
    app.clock.advance(Duration::seconds(12));
    totp(&tried, &now(&app))
        .await
        .problem(401, "challenge_ended");
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("Subject"), "Somebody knows your password");
    let guessed = audited(&app, "second_factor_guessed").await;
    assert_eq!(guessed, [("user".to_owned(), json!({ "attempts": 5 }))]);
}

#[tokio::test]
async fn a_code_of_somebody_else_is_wrong() {
    let app = TestApp::new().await;
    enrol(&app, &app.sign_in(Role::Rep).await).await;
    let other = enrol(&app, &app.sign_in(Role::Viewer).await).await;
    let browser = waiting(&app, Role::Rep).await;
    totp(&browser, &code(&app, &other.secret, 0))
        .await
        .problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    show(&browser, "recovery_code", &other.codes[0])
        .await
        .problem(401, "wrong_code");
    let left: i64 = sqlx::query_scalar("select count(*) from recovery_codes where used_at is null")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(left, 20, "and stays theirs");
}

#[tokio::test]
async fn another_site_cannot_finish_a_sign_in() {
    let app = TestApp::new().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    let browser = waiting(&app, Role::Rep).await;
    let body = json!({ "method": "totp", "code": code(&app, &secret, 0) });
    let call = browser.post(SHOW).without_csrf().json(body);
    call.send().await.problem(403, "csrf_failed");
}

#[tokio::test]
async fn guessing_gets_slower_and_then_waits() {
    let app = TestApp::configured(|c| c.limits.enabled = true).await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    // the app's first code was the person's first of ten
    let mut browser = waiting(&app, Role::Rep).await;
    totp(&browser, "000000").await.problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(1));
    totp(&browser, "000000").await.problem(401, "wrong_code");
    app.clock.advance(Duration::seconds(1));
    totp(&browser, "000000").await.problem(401, "wrong_code");
    totp(&browser, "000000").await.problem(429, "rate_limited");
    // a pause of three seconds by now, and the refused one counted for the ten
    for n in 0..5 {
        app.clock.advance(Duration::seconds(12));
        if n == 2 {
            browser = waiting(&app, Role::Rep).await;
        }
        totp(&browser, "000000").await.problem(401, "wrong_code");
    }
    app.clock.advance(Duration::seconds(30));
    let right = code(&app, &secret, 0);
    // from another address, too: it is the person who is guarded
    let elsewhere = browser.fork().from_peer("127.0.0.9:1".parse().unwrap());
    totp(&elsewhere, &right).await.problem(429, "rate_limited");
    app.clock.advance(Duration::minutes(15));
    let browser = waiting(&app, Role::Rep).await;
    totp(&browser, &code(&app, &secret, 0)).await.ok();
}

#[tokio::test]
async fn a_new_password_skips_nothing() {
    let (app, smtp) = TestApp::with_mail().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    app.work().await;
    smtp.take();
    let before = waiting(&app, Role::Rep).await;
    let token = reset_token(&app, &smtp, &email(Role::Rep)).await;
    let answer = complete(&app, &token, NEW).await;
    answer.expect(204);
    assert!(answer.headers.get("set-cookie").is_none());
    totp(&before, &code(&app, &secret, 0))
        .await
        .problem(401, "challenge_ended");
    let browser = app.anonymous();
    let body = json!({ "email": email(Role::Rep), "password": NEW });
    post(&browser, "/auth/sign-in", body)
        .await
        .problem(401, "second_factor_required");
    totp(&browser, &code(&app, &secret, 0)).await.ok();
}

#[tokio::test]
async fn who_may_no_longer_work_there_is_not_let_in() {
    let app = TestApp::new().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    let browser = waiting(&app, Role::Rep).await;
    sqlx::query("update memberships set state = 'suspended' where role = 'rep'")
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    totp(&browser, &code(&app, &secret, 0))
        .await
        .problem(401, "challenge_ended");
}

#[tokio::test]
async fn a_secret_sealed_with_the_key_before_still_opens_and_is_sealed_anew() {
    let app = TestApp::new().await;
    let secret = enrol(&app, &app.sign_in(Role::Rep).await).await.secret;
    let pool = app.admin_pool().await;
    let stored = async || -> String {
        sqlx::query_scalar("select secret from authenticators")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let before = stored().await;
    let mut config = app.state.config().clone();
    let fresh = som_server::config::Secrets::random()
        .unwrap()
        .encryption_key;
    let old = std::mem::replace(&mut config.secrets.encryption_key, fresh);
    config.secrets.encryption_key_previous = Some(old);
    let state = crate::harness::cluster::state(config, &app.database, app.clock.clone()).await;
    let origin = app.state.config().server.public_url.as_str().to_owned();
    let browser = Client::new(som_server::app::router(state), &origin);
    let body = json!({ "email": email(Role::Rep), "password": PASSWORD });
    post(&browser, "/auth/sign-in", body)
        .await
        .problem(401, "second_factor_required");
    totp(&browser, &code(&app, &secret, 0)).await.ok();
    let after = stored().await;
    assert_ne!(before.split('|').nth(1), after.split('|').nth(1));
    app.clock.advance(Duration::seconds(30));
    let body = json!({ "email": email(Role::Rep), "password": PASSWORD });
    post(&browser, "/auth/sign-in", body)
        .await
        .problem(401, "second_factor_required");
    totp(&browser, &code(&app, &secret, 0)).await.ok();
}
