//! That a visitor is a person: the same question of every provider, against a stand-in of its check, and the server's own proof of work.

use std::time::Instant;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use som_server::config::{CaptchaProvider, SignUp};
use som_server::permission::Role;

use crate::accounts::{NEW, ada, post};
use crate::harness::web::{Then, Web};
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};

const RESET: &str = "/auth/password-reset";

/// A server whose visitors are checked by a stand-in that does this.
async fn checked(provider: CaptchaProvider, then: Then) -> (TestApp, Web) {
    let web = Web::start(None, then).await;
    let origin = format!("http://localhost:{}", web.port);
    let app = TestApp::configured(|c| {
        c.captcha.provider = provider;
        c.captcha.site_key = Some("page-key".to_owned());
        c.captcha.secret = Some("server-key".to_owned().into());
        c.captcha.verify_url = Some(format!("{origin}/siteverify").parse().unwrap());
        c.outbound.internal_origins = vec![origin.parse().unwrap()];
        c.outbound.timeout = std::time::Duration::from_millis(500);
    })
    .await;
    (app, web)
}

fn says(body: &Value) -> Then {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Then::Answer(format!("{head}{body}").into_bytes())
}

async fn reset(app: &TestApp, answer: Option<&str>) -> Answer {
    let mut body = json!({ "email": "rep@test.example" });
    if let Some(answer) = answer {
        body["captcha"] = json!(answer);
    }
    post(&app.anonymous(), RESET, body).await
}

/// What comes of a provider's word about an answer for a new password.
async fn judged(provider: CaptchaProvider, said: &Value) -> Answer {
    let (app, _web) = checked(provider, says(said)).await;
    reset(&app, Some("answer")).await
}

const REMOTE: [CaptchaProvider; 4] = [
    CaptchaProvider::RecaptchaV2,
    CaptchaProvider::RecaptchaV3,
    CaptchaProvider::Turnstile,
    CaptchaProvider::Hcaptcha,
];

/// What a provider says of a person.
fn good(provider: CaptchaProvider) -> Value {
    let mut said =
        json!({ "success": true, "hostname": "localhost", "challenge_ts": "2026-11-24T12:00:00Z" });
    if matches!(
        provider,
        CaptchaProvider::RecaptchaV3 | CaptchaProvider::Turnstile
    ) {
        said["action"] = json!("password_reset");
    }
    if provider == CaptchaProvider::RecaptchaV3 {
        said["score"] = json!(0.5);
    }
    said
}

#[tokio::test]
async fn a_person_is_let_through_and_told_of_to_the_provider_only() {
    for provider in REMOTE {
        let (app, web) = checked(provider, says(&good(provider))).await;
        let missing = reset(&app, None).await.problem(403, "captcha_required");
        assert_eq!(missing["captcha"]["provider"], provider.as_str());
        assert_eq!(missing["captcha"]["site_key"], "page-key");
        assert!(!missing.to_string().contains("server-key"));
        assert!(web.requests().is_empty());
        reset(&app, Some("the answer")).await.expect(202);
        let request = web.requests().remove(0);
        assert!(request.starts_with("POST /siteverify "), "{request}");
        assert!(request.contains("secret=server-key&response=the+answer"));
        let shown = app.anonymous().get("/auth/options").send().await.ok();
        assert_eq!(
            shown["captcha"],
            json!({ "provider": provider.as_str(), "site_key": "page-key", "asked_for": ["sign_up", "password_reset"], "after_failures": 3 })
        );
    }
}

#[tokio::test]
async fn doubts_are_refused() {
    for provider in REMOTE {
        let other_host = {
            let mut said = good(provider);
            said["hostname"] = json!("evil.example");
            said
        };
        let mut no_host = good(provider);
        no_host.as_object_mut().unwrap().remove("hostname");
        let refused = json!({ "success": false, "error-codes": ["timeout-or-duplicate"] });
        for said in [other_host, no_host, refused] {
            judged(provider, &said).await.problem(403, "captcha_failed");
        }
    }
    for provider in [CaptchaProvider::RecaptchaV3, CaptchaProvider::Turnstile] {
        for action in [json!("sign_up"), Value::Null] {
            let mut said = good(provider);
            said["action"] = action;
            judged(provider, &said).await.problem(403, "captcha_failed");
        }
    }
    for score in [json!(0.49), Value::Null] {
        let mut said = good(CaptchaProvider::RecaptchaV3);
        said["score"] = score;
        let answer = judged(CaptchaProvider::RecaptchaV3, &said).await;
        answer.problem(403, "captcha_failed");
    }
}

#[tokio::test]
async fn nobody_gets_in_while_the_provider_is_away() {
    let plain = |text: &str| Then::Answer(text.as_bytes().to_vec());
    let provider = CaptchaProvider::Turnstile;
    for then in [
        plain("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"),
        plain("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<html>no!"),
        plain("HTTP/1.1 302 Found\r\nlocation: http://localhost/\r\ncontent-length: 0\r\n\r\n"),
        plain("garbage"),
        says(&json!({ "success": "yes" })),
        says(&json!({ "success": false, "error-codes": ["invalid-input-secret"] })),
        Then::Silence,
        Then::Slowly(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b" ".to_vec()),
        Then::Forever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 65536]),
    ] {
        let (app, _web) = checked(provider, then).await;
        let began = Instant::now();
        let answer = reset(&app, Some("answer")).await;
        answer.problem(503, "captcha_unavailable");
        assert!(answer.header("retry-after").is_some());
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
        let kept: i64 = sqlx::query_scalar("select count(*) from one_time_tokens")
            .fetch_one(&app.admin_pool().await)
            .await
            .unwrap();
        assert_eq!(kept, 0);
    }
}

async fn working() -> TestApp {
    let (app, _) = TestApp::configured_with_mail(|c| {
        c.accounts.sign_up = SignUp::Open;
        c.captcha.provider = CaptchaProvider::ProofOfWork;
        c.captcha.difficulty = 6;
    })
    .await;
    app
}

fn solve(asked: &Value) -> String {
    let challenge = asked["challenge"].as_str().unwrap();
    let bits = u32::try_from(asked["difficulty"].as_u64().unwrap()).unwrap();
    let solved = |answer: &String| {
        let hash = Sha256::digest(answer.as_bytes());
        let first = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        first.leading_zeros() >= bits
    };
    (0_u64..)
        .map(|number| format!("{challenge}:{number}"))
        .find(solved)
        .unwrap()
}

async fn solution(app: &TestApp, purpose: &str) -> String {
    let body = json!({ "purpose": purpose });
    let asked = post(&app.anonymous(), "/auth/captcha", body).await.ok();
    assert_eq!(
        (&asked["algorithm"], &asked["difficulty"]),
        (&json!("sha-256"), &json!(6))
    );
    solve(&asked)
}

#[tokio::test]
async fn a_proof_of_work_counts_once_for_its_purpose() {
    let app = working().await;
    let answer = solution(&app, "password_reset").await;
    reset(&app, Some(&answer)).await.expect(202);
    let again = reset(&app, Some(&answer)).await;
    again.problem(403, "captcha_failed");
    let other = solution(&app, "sign_up").await;
    reset(&app, Some(&other))
        .await
        .problem(403, "captcha_failed");
    for bad in ["x", "x:1", ":", &format!("{answer}0"), &"9".repeat(8000)] {
        reset(&app, Some(bad)).await.problem(403, "captcha_failed");
    }
    let mut body = ada("new@test.example");
    let browser = app.anonymous();
    post(&browser, "/auth/sign-up", body.clone())
        .await
        .problem(403, "captcha_required");
    body["captcha"] = json!(other);
    post(&browser, "/auth/sign-up", body).await.expect(202);
    let body = json!({ "email": "new@test.example" });
    post(&browser, "/auth/sign-up/resend", body)
        .await
        .problem(403, "captcha_required");
    let late = solution(&app, "password_reset").await;
    app.clock.advance(chrono::Duration::minutes(10));
    reset(&app, Some(&late))
        .await
        .problem(403, "captcha_failed");
}

#[tokio::test]
async fn two_at_once_cannot_use_the_same_proof() {
    let app = working().await;
    let answer = solution(&app, "password_reset").await;
    let (one, two) = tokio::join!(reset(&app, Some(&answer)), reset(&app, Some(&answer)));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 403]);
}

async fn try_in(browser: &Client, address: &str, password: &str, captcha: Option<&str>) -> Answer {
    let mut body = json!({ "email": address, "password": password });
    if let Some(answer) = captcha {
        body["captcha"] = json!(answer);
    }
    post(browser, "/auth/sign-in", body).await
}

#[tokio::test]
async fn signing_in_asks_after_several_failures_whoever_it_is() {
    let app = working().await;
    let browser = app.anonymous();
    for address in [&email(Role::Rep), "nobody@test.example"] {
        for _ in 0..3 {
            let answer = try_in(&browser, address, NEW, None).await;
            answer.problem(401, "invalid_credentials");
            app.clock.advance(chrono::Duration::seconds(5));
        }
        let asked = try_in(&browser, address, NEW, None).await;
        asked.problem(403, "captcha_required");
        let answer = solution(&app, "sign_in").await;
        let wrong = try_in(&browser, address, NEW, Some(&answer)).await;
        wrong.problem(401, "invalid_credentials");
        app.clock.advance(chrono::Duration::seconds(5));
    }
    let answer = solution(&app, "sign_in").await;
    let right = try_in(&browser, &email(Role::Rep), PASSWORD, Some(&answer)).await;
    right.ok();
    // a right password is the end of the matter
    try_in(&browser, &email(Role::Rep), PASSWORD, None)
        .await
        .ok();
}

#[tokio::test]
async fn pages_may_load_what_the_provider_needs_and_no_more() {
    let policy = |provider| async move {
        let (app, _web) = checked(provider, Then::Silence).await;
        let page = app.anonymous().get("/").send().await;
        page.header("content-security-policy").unwrap().to_owned()
    };
    for own in [CaptchaProvider::Off, CaptchaProvider::ProofOfWork] {
        let policy = policy(own).await;
        assert!(!policy.contains("https:"), "{policy}");
        assert!(policy.contains("trusted-types 'none'"), "{policy}");
    }
    for (provider, script) in [
        (
            CaptchaProvider::RecaptchaV3,
            "script-src 'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/;",
        ),
        (
            CaptchaProvider::Turnstile,
            "script-src 'self' https://challenges.cloudflare.com;",
        ),
        (
            CaptchaProvider::Hcaptcha,
            "script-src 'self' https://hcaptcha.com https://*.hcaptcha.com;",
        ),
    ] {
        let policy = policy(provider).await;
        assert!(policy.contains(script), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn without_it_nothing_is_asked() {
    let app = TestApp::new().await;
    reset(&app, None).await.expect(202);
    let body = json!({ "purpose": "sign_up" });
    post(&app.anonymous(), "/auth/captcha", body)
        .await
        .problem(409, "no_challenge");
    let body = json!({ "purpose": "anything" });
    let answer = post(&app.anonymous(), "/auth/captcha", body).await;
    answer.problem(422, "validation_failed");
    assert_eq!(answer.errors(), ["#/purpose unknown_value"]);
}
