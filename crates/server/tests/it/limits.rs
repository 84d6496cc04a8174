//! Rate limits: the brief's numbers, exactly.

use std::net::SocketAddr;

use chrono::Duration;
use serde_json::json;
use som_server::permission::Role;

use crate::harness::{Answer, Client, PASSWORD, TestApp};

async fn attempt(client: &Client, n: usize) -> Answer {
    client.post("/auth/sign-in").json(json!({ "email": format!("nobody{n}@test.example"), "password": "wrong password entirely" })).send().await
}

fn peer(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

async fn limited() -> TestApp {
    TestApp::configured(|c| c.limits.enabled = true).await
}

#[tokio::test]
async fn the_eleventh_sign_in_is_refused() {
    let app = limited().await;
    let client = app.anonymous();
    for n in 0..10 {
        let answer = attempt(&client, n).await;
        answer.problem(401, "invalid_credentials");
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some("\"anonymous\";q=100;w=60, \"sign-in\";q=10;w=900")
        );
        assert!(
            answer
                .header("ratelimit")
                .unwrap()
                .contains(&format!("\"sign-in\";r={};t=900", 9 - n)),
            "{:?}",
            answer.header("ratelimit")
        );
    }
    let refused = attempt(&client, 10).await;
    let problem = refused.problem(429, "rate_limited");
    assert_eq!(problem["retryable"], true);
    let after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((900..=991).contains(&after), "{after}");
    // the right password does not help, another address does
    client
        .post("/auth/sign-in")
        .json(json!({ "email": "rep@test.example", "password": PASSWORD }))
        .send()
        .await
        .problem(429, "rate_limited");
    attempt(&app.anonymous().from_peer(peer("127.0.0.2:1")), 11)
        .await
        .problem(401, "invalid_credentials");
    app.clock.advance(Duration::seconds(899));
    attempt(&client, 12).await.problem(429, "rate_limited");
    app.clock.advance(Duration::seconds(1));
    attempt(&client, 13)
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn good_sign_ins_count_too() {
    let app = limited().await;
    for _ in 0..10 {
        app.sign_in(Role::Rep).await;
    }
    attempt(&app.anonymous(), 0)
        .await
        .problem(429, "rate_limited");
}

#[tokio::test]
async fn anonymous_requests_are_limited_per_client() {
    let app = limited().await;
    let client = app.anonymous();
    for n in 0..100 {
        let answer = client.get("/setup").send().await;
        answer.ok();
        assert_eq!(
            answer.header("ratelimit"),
            Some(format!("\"anonymous\";r={};t=60", 99 - n).as_str())
        );
    }
    for path in ["/setup", "/me", "/nothing"] {
        client.get(path).send().await.problem(429, "rate_limited");
    }
    // outside the limit: liveness, readiness, the app's files
    for path in ["/health", "/readiness"] {
        let answer = client.get(path).send().await;
        answer.ok();
        assert!(answer.header("ratelimit").is_none());
    }
    assert_ne!(client.get("/").send().await.status.as_u16(), 429);
    app.clock.advance(Duration::seconds(60));
    client.get("/setup").send().await.ok();
}

#[tokio::test]
async fn an_office_behind_one_address_is_not_throttled() {
    let app = limited().await;
    let (rep, admin) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Admin).await);
    for _ in 0..150 {
        assert_eq!(rep.get("/me").send().await.status.as_u16(), 200);
        assert_eq!(admin.get("/me").send().await.status.as_u16(), 200);
    }
    let answer = rep.get("/me").send().await;
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"user\";q=600;w=60")
    );
    assert_eq!(answer.header("ratelimit"), Some("\"user\";r=449;t=60"));
}

#[tokio::test]
async fn a_person_has_a_quota() {
    let app = TestApp::configured(|c| {
        c.limits.enabled = true;
        c.limits.user_per_minute = 5;
    })
    .await;
    let (rep, other) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    for client in [&rep, &other, &rep, &other, &rep] {
        client.get("/me").send().await.ok();
    }
    other.get("/me").send().await.problem(429, "rate_limited");
    app.sign_in(Role::Admin).await.get("/me").send().await.ok();
}

#[tokio::test]
async fn a_forged_token_does_not_escape_the_anonymous_limit() {
    let app = limited().await;
    let client = app.anonymous();
    client.set_cookie("som_at", "a.b.c");
    for _ in 0..100 {
        client
            .get("/me")
            .send()
            .await
            .problem(401, "unauthenticated");
    }
    client.get("/me").send().await.problem(429, "rate_limited");
}

#[tokio::test]
async fn an_address_in_a_header_counts_only_from_a_trusted_proxy() {
    let app = limited().await;
    let spoof = |n: usize| format!("203.0.113.{n}");
    let client = app.anonymous();
    for n in 0..10 {
        client
            .post("/auth/sign-in")
            .header("x-forwarded-for", &spoof(n))
            .json(json!({ "email": format!("n{n}@x.example"), "password": "x" }))
            .send()
            .await
            .problem(401, "invalid_credentials");
    }
    client
        .post("/auth/sign-in")
        .header("x-forwarded-for", &spoof(99))
        .json(json!({ "email": "n@x.example", "password": "x" }))
        .send()
        .await
        .problem(429, "rate_limited");

    let app = TestApp::configured(|c| {
        c.limits.enabled = true;
        c.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let client = app.anonymous();
    for n in 0..20 {
        client
            .post("/auth/sign-in")
            .header("x-forwarded-for", &spoof(n))
            .json(json!({ "email": format!("n{n}@x.example"), "password": "x" }))
            .send()
            .await
            .problem(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn an_ipv6_network_is_one_client() {
    let app = limited().await;
    for n in 0..10 {
        let client = app
            .anonymous()
            .from_peer(peer(&format!("[2001:db8::{n}]:1000")));
        attempt(&client, n)
            .await
            .problem(401, "invalid_credentials");
    }
    attempt(
        &app.anonymous().from_peer(peer("[2001:db8::ffff:1]:1000")),
        10,
    )
    .await
    .problem(429, "rate_limited");
    attempt(
        &app.anonymous().from_peer(peer("[2001:db8:0:1::1]:1000")),
        11,
    )
    .await
    .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn limits_can_be_off_for_load_tests() {
    let app = TestApp::configured(|c| c.limits.enabled = false).await;
    let client = app.anonymous();
    for _ in 0..120 {
        assert_eq!(client.get("/setup").send().await.status.as_u16(), 200);
    }
    assert!(
        client
            .get("/setup")
            .send()
            .await
            .header("ratelimit")
            .is_none()
    );
}
