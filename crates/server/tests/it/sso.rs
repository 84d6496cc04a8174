//! Single sign-on: the way to an identity provider and back into a session.

use serde_json::{Value, json};
use som_server::permission::Role;
use url::Url;

use crate::harness::issuer::{Issuer, SECRET};
use crate::harness::{Answer, Client, TestApp, email};

pub const FAILED: &str = "/sign-in?problem=sso_failed";

/// An application that may ask a provider, and the provider.
pub async fn with_issuer() -> (TestApp, Issuer) {
    let clock = som_server::clock::Clock::manual(crate::harness::start());
    let issuer = Issuer::start(&clock).await;
    let app = with_issuers(&clock, &[&issuer]).await;
    (app, issuer)
}

/// The same with several, on the clock they were made with.
pub async fn with_issuers(clock: &som_server::clock::Clock, issuers: &[&Issuer]) -> TestApp {
    let origins = issuers
        .iter()
        .map(|issuer| issuer.url.parse().unwrap())
        .collect();
    TestApp::on_clock(clock.clone(), |config| {
        config.outbound.internal_origins = origins;
        config.outbound.timeout = std::time::Duration::from_millis(800);
    })
    .await
}

/// What is usually set up: salespeople are reps, everybody else looks.
pub fn usual(issuer: &Issuer) -> Value {
    json!({
        "name": "Company sign-in", "issuer": issuer.url, "client_id": "som", "client_secret": SECRET, "group_claim": "groups",
        "groups": [{ "group": "sales", "role": "rep" }, { "group": "*", "role": "viewer" }], "email_domains": ["acme.example"], "enabled": true,
    })
}

/// Sets a provider up; its domains count as proved.
pub async fn set_up(app: &TestApp, body: Value) -> Value {
    let owner = app.sign_in(Role::Owner).await;
    let made = owner
        .post("/identity-providers")
        .json(body)
        .send()
        .await
        .created();
    sqlx::query("update identity_provider_domains set verified_at = $1")
        .bind(app.clock.now())
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    made
}

/// Begins to sign in; where the browser is sent.
pub async fn start(browser: &Client, body: Value) -> String {
    let answer = browser.post("/auth/sso/start").json(body).send().await.ok();
    answer["authorization_url"].as_str().unwrap().to_owned()
}

pub fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

/// A browser that signs in with a provider, and where it ends.
pub async fn visit(
    app: &TestApp,
    issuer: &Issuer,
    provider: &Value,
    claims: Value,
) -> (Client, String) {
    let browser = app.anonymous();
    let there = start(
        &browser,
        json!({ "provider_id": provider["id"], "return_to": "/orders?q=1" }),
    )
    .await;
    let back = browser.get(issuer.sign_in(&there, claims)).send().await;
    (browser, location(&back))
}

#[tokio::test]
async fn a_person_of_a_proved_domain_gets_in_by_coming() {
    let (app, issuer) = with_issuer().await;
    set_up(&app, usual(&issuer)).await;
    let browser = app.anonymous();
    let body =
        json!({ "email": "ada@ACME.example", "return_to": "/orders?q=1#top", "remember": true });
    let answer = browser.post("/auth/sso/start").json(body).send().await;
    assert_eq!(answer.ok()["expires_at"], "2026-11-24T12:10:00.000000Z");
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.ends_with("; Path=/; SameSite=Lax; HttpOnly; Max-Age=600"),
        "{cookie}"
    );
    let there = answer.json()["authorization_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = Url::parse(&there).unwrap();
    let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["scope"], "openid email profile");
    assert_eq!(query["login_hint"], "ada@acme.example");
    assert_eq!(
        query["redirect_uri"],
        app.state.config().server.link("/auth/sso/callback")
    );
    assert!(
        !there.contains("secret") && !query.contains_key("max_age"),
        "{there}"
    );

    let back = issuer.sign_in(&there, json!({ "groups": ["sales", "berlin"] }));
    let answer = browser.get(&back).send().await;
    assert_eq!(location(&answer), "/orders?q=1#top");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(browser.cookie("som_oidc").is_none(), "it is taken back");
    let me = browser.get("/me").send().await.ok();
    assert_eq!(
        (&me["user"]["name"], &me["user"]["email"]),
        (&json!("Ada Byron"), &json!("ada@acme.example"))
    );
    assert_eq!(me["membership"]["role"], "rep");

    // a confidential client proves itself in the header, the browser by the verifier
    let form = issuer.forms().remove(0);
    assert_eq!(
        (form["grant_type"].as_str(), form["code_verifier"].len()),
        ("authorization_code", 43)
    );
    assert!(issuer.authorizations()[0].starts_with("Basic "));
    let pool = app.admin_pool().await;
    let session: (Vec<String>, bool) = sqlx::query_as("select amr, remember from sessions where ended_at is null order by created_at desc, id desc limit 1")
        .fetch_one(&pool).await.unwrap();
    assert_eq!(session, (vec!["sso".to_owned()], true));
    let account: (Option<String>, bool) = sqlx::query_as("select password_hash, email_verified_at is not null from users where email = 'ada@acme.example'")
        .fetch_one(&pool).await.unwrap();
    assert_eq!(account, (None, true));
    let audited: Vec<String> = sqlx::query_scalar("select entity || '.' || action || ' ' || actor_kind from audit_events order by seq desc limit 3")
        .fetch_all(&pool).await.unwrap();
    assert_eq!(
        audited,
        [
            "session.started user",
            "user.identity_linked system",
            "member.created system"
        ]
    );

    // the second time it is the same person, whatever the address is by now
    let (again, page) = visit(
        &app,
        &issuer,
        &provider(&app).await,
        json!({ "email": "countess@elsewhere.example", "email_verified": false }),
    )
    .await;
    assert_eq!(page, "/orders?q=1");
    let known = again.get("/me").send().await.ok();
    assert_eq!(
        (&known["user"]["id"], &known["user"]["email"]),
        (&me["user"]["id"], &me["user"]["email"])
    );
}

/// The only provider there is.
async fn provider(app: &TestApp) -> Value {
    let owner = app.sign_in(Role::Owner).await;
    owner.get("/identity-providers").send().await.ok()["data"][0].clone()
}

#[tokio::test]
async fn an_account_is_linked_by_its_person_and_not_by_its_address() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let claims = json!({ "email": email(Role::Rep), "sub": "rep-at-idp" });
    sqlx::query("update identity_provider_domains set domain = 'test.example'")
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    let (stranger, page) = visit(&app, &issuer, &made, claims.clone()).await;
    assert_eq!(page, FAILED);
    assert!(stranger.cookie("som_at").is_none());

    let rep = app.sign_in(Role::Rep).await;
    app.clock.advance(chrono::Duration::minutes(11));
    let body = json!({ "provider_id": made["id"], "return_to": "/settings" });
    rep.post("/auth/refresh")
        .json(json!({}))
        .send()
        .await
        .expect(204);
    rep.post("/auth/sso/link")
        .json(body.clone())
        .send()
        .await
        .problem(403, "reauth_required");
    rep.post("/auth/step-up")
        .json(json!({ "password": crate::harness::PASSWORD }))
        .send()
        .await
        .expect(204);
    let there = rep
        .post("/auth/sso/link")
        .json(body.clone())
        .send()
        .await
        .ok();
    let there = there["authorization_url"].as_str().unwrap();
    let answer = rep.get(issuer.sign_in(there, claims.clone())).send().await;
    assert_eq!(location(&answer), "/settings");
    let listed = rep.get("/identities").send().await.ok();
    assert_eq!(
        (&listed["data"][0]["subject"], &listed["data"][0]["issuer"]),
        (&json!("rep-at-idp"), &json!(issuer.url))
    );
    let (browser, page) = visit(
        &app,
        &issuer,
        &made,
        json!({ "sub": "rep-at-idp", "email": null, "groups": "sales" }),
    )
    .await;
    assert_eq!(page, "/orders?q=1");
    assert_eq!(
        browser.get("/me").send().await.ok()["user"]["email"],
        email(Role::Rep)
    );

    // somebody else cannot be the same subject, and says nothing about whose it is
    let viewer = app.sign_in(Role::Viewer).await;
    let there = viewer.post("/auth/sso/link").json(body).send().await.ok();
    let answer = viewer
        .get(issuer.sign_in(there["authorization_url"].as_str().unwrap(), claims))
        .send()
        .await;
    assert_eq!(location(&answer), "/settings?problem=sso_failed");
    assert_eq!(
        viewer.get("/identities").send().await.ok()["data"],
        json!([])
    );

    // forgotten again
    let id = listed["data"][0]["id"].as_str().unwrap();
    viewer
        .delete(format!("/identities/{id}"))
        .send()
        .await
        .problem(404, "not_found");
    rep.delete(format!("/identities/{id}"))
        .send()
        .await
        .expect(204);
    let (_, page) = visit(
        &app,
        &issuer,
        &made,
        json!({ "sub": "rep-at-idp", "email": null }),
    )
    .await;
    assert_eq!(page, FAILED);
    let audited: Vec<String> =
        sqlx::query_scalar("select action from audit_events where entity = 'user' order by seq")
            .fetch_all(&app.admin_pool().await)
            .await
            .unwrap();
    assert_eq!(audited, ["identity_linked", "identity_unlinked"]);
}

#[tokio::test]
async fn an_address_or_a_provider_leads_there() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let browser = app.anonymous();
    let ask = |body: Value| browser.post("/auth/sso/start").json(body).send();
    for body in [
        json!({ "email": "ada@other.example" }),
        json!({ "provider_id": "idp_01K9ZC5T3GE8V9M4R2X7Q6P0AB" }),
    ] {
        ask(body).await.problem(409, "sso_unavailable");
    }
    assert_eq!(ask(json!({})).await.errors(), ["#/email required"]);
    for page in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "orders",
    ] {
        let answer = ask(json!({ "email": "ada@acme.example", "return_to": page })).await;
        assert_eq!(answer.errors(), ["#/return_to invalid_return_to"], "{page}");
    }
    // a domain that is not proved leads nowhere, and neither does a provider that is turned off
    let pool = app.admin_pool().await;
    sqlx::query("update identity_provider_domains set verified_at = null")
        .execute(&pool)
        .await
        .unwrap();
    ask(json!({ "email": "ada@acme.example" }))
        .await
        .problem(409, "sso_unavailable");
    start(&browser, json!({ "provider_id": made["id"] })).await;
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/identity-providers/{}", made["id"].as_str().unwrap());
    owner
        .patch(&path)
        .json(json!({ "enabled": false }))
        .any_version()
        .send()
        .await
        .ok();
    ask(json!({ "provider_id": made["id"] }))
        .await
        .problem(409, "sso_unavailable");
}
