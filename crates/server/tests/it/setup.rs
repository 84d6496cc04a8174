//! The first run: one link, one organization, one owner.

use serde_json::{Value, json};
use som_server::features::setup::service::issue_link;

use crate::harness::{Client, TestApp};

fn body(token: &str) -> Value {
    json!({
        "token": token,
        "organization": { "name": "Analytical Engines", "country": "GB", "currency": "GBP", "time_zone": "Europe/London" },
        "administrator": { "name": "Ada Byron", "email": "ada@analytical.example", "password": "copper lantern seventh tide" },
        "demo_data": false,
    })
}

async fn link_token(app: &TestApp) -> String {
    let link = issue_link(&app.state)
        .await
        .unwrap()
        .expect("nothing is set up");
    let (address, token) = link.split_once("#t=").unwrap();
    assert_eq!(address, app.state.config().server.link("/setup"));
    token.to_owned()
}

async fn post(client: &Client, body: Value) -> crate::harness::Answer {
    client.post("/setup").json(body).send().await
}

#[tokio::test]
async fn the_link_makes_an_organization_and_signs_its_owner_in() {
    let app = TestApp::empty().await;
    let browser = app.anonymous();
    assert_eq!(
        browser.get("/setup").send().await.ok(),
        json!({ "needed": true })
    );
    let token = link_token(&app).await;
    let answer = post(&browser, body(&token)).await;
    let me = answer.created();
    assert_eq!(me["user"]["email"], "ada@analytical.example");
    assert_eq!(me["organization"]["currency"], "GBP");
    assert_eq!(me["organization"]["time_zone"], "Europe/London");
    assert_eq!(me["membership"]["role"], "owner");
    assert_eq!(browser.get("/me").send().await.ok(), me);
    assert_eq!(
        browser.get("/setup").send().await.ok(),
        json!({ "needed": false })
    );
    post(&browser, body(&token))
        .await
        .problem(409, "already_set_up");
    assert_eq!(issue_link(&app.state).await.unwrap(), None);
    let again = app.anonymous();
    again
        .post("/auth/sign-in")
        .json(
            json!({ "email": "ADA@Analytical.example", "password": "copper lantern seventh tide" }),
        )
        .send()
        .await
        .ok();
}

#[tokio::test]
async fn an_organization_starts_with_what_orders_need() {
    let app = TestApp::empty().await;
    post(&app.anonymous(), body(&link_token(&app).await))
        .await
        .created();
    let pool = app.admin_pool().await;
    let units: Vec<String> = sqlx::query_scalar("select code from units order by code")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(units, ["h", "kg", "l", "m", "pcs"]);
    let (class, is_default): (String, bool) =
        sqlx::query_as("select code, is_default from tax_classes")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!((class.as_str(), is_default), ("standard", true));
    let template: String = sqlx::query_scalar("select template from number_series")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(template, "SO-{YYYY}-{NNNNNN}");
    let rules: i64 = sqlx::query_scalar("select count(*) from tax_rules where tax_ids = '{}'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(rules, 1);
    let started: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where entity = 'session' and action = 'started'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(started, 1);
}

#[tokio::test]
async fn wrong_and_old_links_are_refused() {
    let app = TestApp::empty().await;
    let browser = app.anonymous();
    post(&browser, body("nonsense"))
        .await
        .problem(403, "invalid_token");
    let token = link_token(&app).await;
    app.clock.advance(chrono::Duration::minutes(30));
    post(&browser, body(&token))
        .await
        .problem(403, "invalid_token");
    let token = link_token(&app).await;
    app.clock.advance(chrono::Duration::minutes(29));
    post(&browser, body(&token)).await.created();
}

#[tokio::test]
async fn every_problem_of_the_form_comes_at_once() {
    let app = TestApp::empty().await;
    let token = link_token(&app).await;
    let browser = app.anonymous();
    let mut wrong = body(&token);
    wrong["organization"]["time_zone"] = "Mars/Olympus".into();
    wrong["administrator"]["password"] = "adabyronadabyron".into();
    let answer = post(&browser, wrong).await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/administrator/password password_too_weak",
            "#/organization/time_zone unknown_time_zone"
        ]
    );
    let mut wrong = body(&token);
    wrong["organization"]["currency"] = "XYZ".into();
    wrong["administrator"]["email"] = "nobody".into();
    wrong["extra"] = 1.into();
    let answer = post(&browser, wrong).await;
    assert_eq!(
        answer.errors(),
        [
            "#/administrator/email invalid_email",
            "#/extra unknown_field",
            "#/organization/currency unknown_currency"
        ]
    );
    // nothing of it used up the link
    post(&browser, body(&token)).await.created();
}

#[tokio::test]
async fn two_at_once_make_one_organization() {
    let app = TestApp::empty().await;
    let token = link_token(&app).await;
    let (one, two) = (app.anonymous(), app.anonymous());
    let (first, second) = tokio::join!(post(&one, body(&token)), post(&two, body(&token)));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn another_site_cannot_set_up() {
    let app = TestApp::empty().await;
    let token = link_token(&app).await;
    app.anonymous()
        .post("/setup")
        .without_csrf()
        .json(body(&token))
        .send()
        .await
        .problem(403, "csrf_failed");
}

#[tokio::test]
async fn demo_data_is_asked_for_as_a_job() {
    let app = TestApp::empty().await;
    let mut wanted = body(&link_token(&app).await);
    wanted["demo_data"] = true.into();
    post(&app.anonymous(), wanted).await.created();
    let jobs: i64 = sqlx::query_scalar(
        "select count(*) from jobs where kind = 'seed_demo' and state = 'queued'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(jobs, 1);
}
