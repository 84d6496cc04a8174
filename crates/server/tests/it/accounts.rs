//! Accounts by mail: sign-up, confirmation, forgotten and changed passwords, without telling who has an account.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::config::SignUp;

use crate::accounts_password::sign_in;
use crate::harness::smtp::Smtp;
use crate::harness::{Answer, Client, TestApp};

pub const NEW: &str = "seven lanterns over copper bay";

pub async fn open() -> (TestApp, Smtp) {
    TestApp::configured_with_mail(|c| c.accounts.sign_up = SignUp::Open).await
}

pub fn ada(address: &str) -> Value {
    json!({
        "name": "Ada Byron", "email": address, "password": "copper lantern seventh tide",
        "organization": { "name": "Analytical Engines", "country": "GB", "currency": "GBP", "time_zone": "Europe/London" },
    })
}

pub async fn post(client: &Client, path: &str, body: Value) -> Answer {
    client.post(path).json(body).send().await
}

#[tokio::test]
async fn a_sign_up_becomes_an_account_when_the_mailbox_answers() {
    let (app, smtp) = open().await;
    let browser = app.anonymous();
    post(&browser, "/auth/sign-up", ada("Ada@analytical.example"))
        .await
        .expect(202);
    let (_, early) = sign_in(
        &app,
        "ada@analytical.example",
        "copper lantern seventh tide",
    )
    .await;
    early.problem(401, "invalid_credentials");
    app.work().await;
    let mail = smtp.take().remove(0);
    assert_eq!(mail.to, ["Ada@analytical.example"]);
    assert!(
        !mail.text.contains("Analytical Engines") && !mail.text.contains("Byron"),
        "a stranger's words do not go into a stranger's mailbox"
    );
    let follow = || {
        let body = json!({ "token": mail.token() });
        async { post(&app.anonymous(), "/auth/sign-up/confirm", body).await }
    };
    follow().await.expect(204);
    follow().await.problem(403, "invalid_link");
    let (browser, answer) = sign_in(
        &app,
        "ada@analytical.example",
        "copper lantern seventh tide",
    )
    .await;
    answer.ok();
    let me = browser.get("/me").send().await.ok();
    assert_eq!(me["organization"]["name"], "Analytical Engines");
    assert_eq!(me["membership"]["role"], "owner");
    let (verified, audited): (bool, i64) = sqlx::query_as(
        "select email_verified_at is not null, (select count(*) from audit_events where entity = 'user' and action = 'signed_up')
           from users where lower(email) = 'ada@analytical.example'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert!(verified && audited == 1);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let (app, smtp) = open().await;
    let browser = app.anonymous();
    for (path, known, unknown) in [
        (
            "/auth/sign-up",
            ada("rep@test.example"),
            ada("new@test.example"),
        ),
        (
            "/auth/password-reset",
            json!({ "email": "rep@test.example" }),
            json!({ "email": "nobody@test.example" }),
        ),
        (
            "/auth/sign-up/resend",
            json!({ "email": "rep@test.example" }),
            json!({ "email": "nobody@test.example" }),
        ),
    ] {
        let (known, unknown) = (
            post(&browser, path, known).await,
            post(&browser, path, unknown).await,
        );
        assert_eq!(known.status, unknown.status, "{path}");
        assert_eq!(known.bytes, unknown.bytes, "{path}");
        known.expect(202);
    }
    // and the database did the same work for both
    let pool = app.admin_pool().await;
    let kept: Vec<(String, i64)> = sqlx::query_as(
        "select purpose, count(*) from one_time_tokens group by purpose order by purpose",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        kept,
        [("reset_password".to_owned(), 2), ("sign_up".to_owned(), 2)]
    );
    app.work().await;
    let mails = smtp.take();
    let subjects = |address: &str| {
        let mut found: Vec<String> = mails
            .iter()
            .filter(|m| m.to == [address])
            .map(|m| m.header("Subject"))
            .collect();
        found.sort();
        found
    };
    assert_eq!(
        subjects("rep@test.example"),
        ["Set a new password", "You have an account already"]
    );
    assert_eq!(
        subjects("new@test.example"),
        ["Confirm your e-mail address"]
    );
    assert!(subjects("nobody@test.example").is_empty());
    let left: i64 = sqlx::query_scalar("select count(*) from one_time_tokens")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 2, "links that nobody gets are forgotten");
}

#[tokio::test]
async fn a_lost_confirmation_is_sent_again_and_the_first_link_dies() {
    let (app, smtp) = open().await;
    let browser = app.anonymous();
    post(&browser, "/auth/sign-up", ada("new@test.example"))
        .await
        .expect(202);
    app.work().await;
    let first = smtp.take().remove(0).token();
    post(
        &browser,
        "/auth/sign-up/resend",
        json!({ "email": "NEW@test.example" }),
    )
    .await
    .expect(202);
    app.work().await;
    let second = smtp.take().remove(0).token();
    let confirm = |token: String| {
        let browser = browser.clone();
        async move { post(&browser, "/auth/sign-up/confirm", json!({ "token": token })).await }
    };
    confirm(first).await.problem(403, "invalid_link");
    app.clock.advance(Duration::hours(24));
    confirm(second.clone()).await.problem(403, "invalid_link");
    app.clock.advance(-Duration::seconds(1));
    confirm(second).await.expect(204);
}

#[tokio::test]
async fn sign_up_can_be_closed_and_bound_to_domains() {
    let app = TestApp::new().await;
    post(&app.anonymous(), "/auth/sign-up", ada("new@test.example"))
        .await
        .problem(403, "sign_up_closed");
    assert_eq!(
        app.anonymous().get("/auth/options").send().await.ok(),
        json!({
            "sign_up": "invitation", "mail": true, "password_min_length": 15, "password_max_length": 256,
            "captcha": { "provider": "off", "site_key": null, "asked_for": [], "after_failures": null },
        })
    );
    let (app, _) = TestApp::configured_with_mail(|c| {
        c.accounts.sign_up = SignUp::Open;
        c.accounts.email_domains = vec!["example.com".to_owned()];
    })
    .await;
    let mut wrong = ada("new@test.example");
    wrong["password"] = "analyticalengines".into();
    wrong["organization"]["time_zone"] = "Mars/Olympus".into();
    let answer = post(&app.anonymous(), "/auth/sign-up", wrong).await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/email email_domain_not_allowed",
            "#/organization/time_zone unknown_time_zone",
            "#/password password_too_weak"
        ]
    );
    post(&app.anonymous(), "/auth/sign-up", ada("new@example.com"))
        .await
        .expect(202);
}

#[tokio::test]
async fn the_limits_hold_per_client_and_per_address() {
    let (app, _) = TestApp::configured_with_mail(|c| {
        c.limits.enabled = true;
        c.accounts.sign_up = SignUp::Open;
    })
    .await;
    let from = |n: usize| {
        app.anonymous()
            .from_peer(format!("192.0.2.{n}:1000").parse().unwrap())
    };
    for (path, quota) in [("/auth/password-reset", 3), ("/auth/sign-up", 5)] {
        let body = |address: String| {
            if path.ends_with("sign-up") {
                ada(&address)
            } else {
                json!({ "email": address })
            }
        };
        // one client, many addresses
        for n in 0..quota {
            post(&from(1), path, body(format!("a{n}@x.example")))
                .await
                .expect(202);
        }
        let refused = post(&from(1), path, body("b@x.example".to_owned())).await;
        refused.problem(429, "rate_limited");
        assert!(refused.header("retry-after").is_some());
        // one address, many clients, an account or not
        for address in ["rep@test.example", "nobody@test.example"] {
            for n in 0..quota {
                post(&from(10 + n), path, body(address.to_owned()))
                    .await
                    .expect(202);
            }
            post(
                &from(50),
                path,
                body(address.to_uppercase().replace("EXAMPLE", "example")),
            )
            .await
            .problem(429, "rate_limited");
            app.clock.advance(Duration::minutes(60));
            post(&from(50), path, body(address.to_owned()))
                .await
                .expect(202);
            app.clock.advance(Duration::minutes(60));
        }
    }
    for n in 0..6 {
        let body = json!({ "token": "nonsense", "password": NEW });
        let answer = post(&from(1), "/auth/password-reset/complete", body).await;
        if n < 5 {
            answer.problem(403, "invalid_link");
        } else {
            answer.problem(429, "rate_limited");
        }
    }
}

#[tokio::test]
async fn other_sites_cannot_ask() {
    let (app, _) = open().await;
    for (path, body) in [
        ("/auth/sign-up", ada("new@test.example")),
        ("/auth/sign-up/resend", json!({ "email": "a@b.example" })),
        ("/auth/sign-up/confirm", json!({ "token": "x" })),
        ("/auth/password-reset", json!({ "email": "a@b.example" })),
        (
            "/auth/password-reset/complete",
            json!({ "token": "x", "password": NEW }),
        ),
    ] {
        app.anonymous()
            .post(path)
            .without_csrf()
            .json(body)
            .send()
            .await
            .problem(403, "csrf_failed");
    }
}
