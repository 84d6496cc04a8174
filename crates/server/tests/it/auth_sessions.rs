//! What keeps and ends a session: refresh, time, sign-out, and proof that a write is ours.

use chrono::Duration;
use serde_json::json;
use som_server::permission::Role;

use crate::harness::{Answer, Client, PASSWORD, TestApp, email};

async fn refresh(client: &Client) -> Answer {
    client.post("/auth/refresh").send().await
}

#[tokio::test]
async fn writes_need_all_three_proofs() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Admin).await;
    let origin = app.state.config().server.origin();
    let token = browser.cookie("som_csrf").unwrap();
    let own = ("origin", origin.as_str());
    let csrf = ("x-csrf-token", token.as_str());
    let foreign = app.sign_in(Role::Rep).await.cookie("som_csrf").unwrap();
    let cases: Vec<(&str, Vec<(&str, &str)>, u16)> = vec![
        ("nothing", vec![], 403),
        (
            "all",
            vec![own, csrf, ("sec-fetch-site", "same-origin")],
            201,
        ),
        ("an old browser without Sec-Fetch", vec![own, csrf], 201),
        (
            "a referer instead",
            vec![("referer", "http://localhost:8080/orders"), csrf],
            201,
        ),
        (
            "no origin",
            vec![csrf, ("sec-fetch-site", "same-origin")],
            403,
        ),
        (
            "no token",
            vec![own, ("sec-fetch-site", "same-origin")],
            403,
        ),
        (
            "another site",
            vec![own, csrf, ("sec-fetch-site", "cross-site")],
            403,
        ),
        (
            "a sibling site",
            vec![own, csrf, ("sec-fetch-site", "same-site")],
            403,
        ),
        (
            "another origin",
            vec![("origin", "https://evil.example"), csrf],
            403,
        ),
        ("a null origin", vec![("origin", "null"), csrf], 403),
        (
            "another session's token",
            vec![own, ("x-csrf-token", foreign.as_str())],
            403,
        ),
        ("an empty token", vec![own, ("x-csrf-token", "")], 403),
    ];
    for (n, (name, headers, status)) in cases.into_iter().enumerate() {
        let mut call = browser
            .post("/teams")
            .without_csrf()
            .json(json!({ "name": format!("Team {n}") }));
        for (header, value) in headers {
            call = call.header(header, value);
        }
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
        if status == 403 {
            answer.problem(403, "csrf_failed");
        }
    }
    // reads change nothing and need none
    browser
        .get("/me")
        .without_csrf()
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .ok();
}

#[tokio::test]
async fn the_csrf_cookie_must_match_too() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Admin).await;
    let token = browser.cookie("som_csrf").unwrap();
    browser.set_cookie("som_csrf", "planted.planted");
    let origin = app.state.config().server.origin();
    let call = browser
        .post("/teams")
        .without_csrf()
        .json(json!({ "name": "North" }))
        .header("origin", &origin)
        .header("x-csrf-token", &token);
    call.send().await.problem(403, "csrf_failed");
}

#[tokio::test]
async fn sign_in_refresh_and_sign_out_are_ours_only() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    app.anonymous()
        .post("/auth/sign-in")
        .without_csrf()
        .json(json!({ "email": email(Role::Rep), "password": PASSWORD }))
        .send()
        .await
        .problem(403, "csrf_failed");
    browser
        .post("/auth/refresh")
        .without_csrf()
        .send()
        .await
        .problem(403, "csrf_failed");
    browser
        .post("/auth/sign-out")
        .without_csrf()
        .send()
        .await
        .problem(403, "csrf_failed");
    let origin = app.state.config().server.origin();
    for path in ["/auth/refresh", "/auth/sign-out"] {
        browser
            .post(path)
            .without_csrf()
            .header("origin", &origin)
            .send()
            .await
            .problem(403, "csrf_failed");
    }
    browser.get("/me").send().await.ok();
}

#[tokio::test]
async fn refresh_rotates() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let before = browser.cookie("som_rt").unwrap();
    app.clock.advance(Duration::minutes(16));
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "unauthenticated");
    assert_eq!(refresh(&browser).await.status.as_u16(), 204);
    assert_ne!(browser.cookie("som_rt").unwrap(), before);
    browser.get("/me").send().await.ok();
    let stored: i64 = sqlx::query_scalar("select count(*) from refresh_tokens where encode(token_hash, 'escape') like '%' || $1 || '%'").bind(&before).fetch_one(&app.admin_pool().await).await.unwrap();
    assert_eq!(stored, 0, "only hashes are stored");
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_for_both() {
    let app = TestApp::new().await;
    let victim = app.sign_in(Role::Rep).await;
    let thief = victim.fork();
    assert_eq!(refresh(&victim).await.status.as_u16(), 204);
    victim.get("/me").send().await.ok();
    let answer = refresh(&thief).await;
    answer.problem(401, "session_ended");
    assert_eq!(thief.cookie_names(), ["som_dev"], "cookies are cleared");
    victim.get("/me").send().await.problem(401, "session_ended");
    refresh(&victim).await.problem(401, "session_ended");
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where entity = 'session' and action = 'refresh_reuse'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(audited, 1);
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let lost = browser.fork();
    assert_eq!(refresh(&lost).await.status.as_u16(), 204);
    app.clock.advance(Duration::seconds(29));
    assert_eq!(
        refresh(&browser).await.status.as_u16(),
        204,
        "the answer never came: again"
    );
    browser.get("/me").send().await.ok();
    // what was lost is dead, and showing it tells on a thief
    lost.get("/me").send().await.problem(401, "session_ended");
    refresh(&lost).await.problem(401, "session_ended");
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "session_ended");
}

#[tokio::test]
async fn a_lost_answer_is_not_for_ever() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let lost = browser.fork();
    assert_eq!(refresh(&lost).await.status.as_u16(), 204);
    app.clock.advance(Duration::seconds(31));
    refresh(&browser).await.problem(401, "session_ended");
}

#[tokio::test]
async fn tabs_refreshing_at_once_leave_one_living_pair() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let tabs: Vec<Client> = (0..4).map(|_| browser.fork()).collect();
    let answers = futures_util::future::join_all(tabs.iter().map(refresh)).await;
    assert!(
        answers.iter().all(|a| a.status.as_u16() == 204),
        "{answers:?}"
    );
    let living: i64 = sqlx::query_scalar(
        "select count(*) from refresh_tokens where used_at is null and revoked_at is null",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(living, 1);
}

#[tokio::test]
async fn sessions_end_without_use_and_at_their_end() {
    let app = TestApp::new().await;
    let idle = app.sign_in(Role::Rep).await;
    app.clock.advance(Duration::minutes(31));
    refresh(&idle).await.problem(401, "session_ended");
    let admin = app.sign_in(Role::Admin).await;
    app.clock.advance(Duration::minutes(16));
    refresh(&admin).await.problem(401, "session_ended");
    let busy = app.sign_in(Role::Rep).await;
    for _ in 0..49 {
        app.clock.advance(Duration::minutes(14));
        assert_eq!(refresh(&busy).await.status.as_u16(), 204);
        busy.get("/me").send().await.ok();
    }
    app.clock.advance(Duration::minutes(35));
    refresh(&busy).await.problem(401, "session_ended");
}

#[tokio::test]
async fn use_keeps_a_session_alive() {
    let app =
        TestApp::configured(|c| c.session.access_ttl = std::time::Duration::from_secs(3600)).await;
    let browser = app.sign_in(Role::Rep).await;
    for _ in 0..3 {
        app.clock.advance(Duration::minutes(19));
        browser.get("/me").send().await.ok();
    }
    app.clock.advance(Duration::minutes(2));
    browser.get("/me").send().await.ok();
}

#[tokio::test]
async fn remembered_sessions_survive_a_weekend() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    browser
        .post("/auth/sign-in")
        .json(json!({ "email": email(Role::Admin), "password": PASSWORD, "remember": true }))
        .send()
        .await
        .ok();
    app.clock.advance(Duration::days(3));
    assert_eq!(refresh(&browser).await.status.as_u16(), 204);
    browser.get("/me").send().await.ok();
    app.clock.advance(Duration::days(28));
    refresh(&browser).await.problem(401, "session_ended");
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let copy = browser.fork();
    let answer = browser.post("/auth/sign-out").send().await;
    assert_eq!(answer.status.as_u16(), 204);
    assert_eq!(
        answer.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    assert_eq!(browser.cookie_names(), ["som_dev"]);
    copy.get("/me").send().await.problem(401, "session_ended");
    refresh(&copy).await.problem(401, "session_ended");
    // signing out twice, or without a session, is fine
    assert_eq!(
        copy.post("/auth/sign-out").send().await.status.as_u16(),
        204
    );
    assert_eq!(
        app.anonymous()
            .post("/auth/sign-out")
            .send()
            .await
            .status
            .as_u16(),
        204
    );
}

#[tokio::test]
async fn signing_out_works_after_the_access_token_ran_out() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    let copy = browser.fork();
    app.clock.advance(Duration::minutes(16));
    assert_eq!(
        browser.post("/auth/sign-out").send().await.status.as_u16(),
        204
    );
    refresh(&copy).await.problem(401, "session_ended");
}

#[tokio::test]
async fn the_eleventh_session_ends_the_first() {
    let app = TestApp::configured(|c| c.limits.enabled = false).await;
    let first = app.sign_in(Role::Rep).await;
    first.get("/me").send().await.ok();
    for _ in 0..9 {
        app.clock.advance(Duration::seconds(1));
        app.sign_in(Role::Rep).await;
    }
    first.get("/me").send().await.ok();
    app.clock.advance(Duration::seconds(1));
    app.sign_in(Role::Rep).await;
    first.get("/me").send().await.problem(401, "session_ended");
}
