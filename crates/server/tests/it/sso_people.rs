//! Single sign-on and the rest of what a person can show: second factors, proofs of a moment ago, several organizations.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::post;
use crate::harness::issuer::Issuer;
use crate::harness::{Client, PASSWORD, TestApp, email};
use crate::second_factors::{code, enrol};
use crate::sso::{location, set_up, usual, visit, with_issuer};

/// A member whose account is linked to the provider as `subject`.
async fn linked(app: &TestApp, issuer: &Issuer, made: &Value, browser: &Client, subject: &str) {
    let body = json!({ "provider_id": made["id"] });
    let there = browser.post("/auth/sso/link").json(body).send().await.ok();
    let there = there["authorization_url"].as_str().unwrap();
    let back = issuer.sign_in(there, json!({ "sub": subject }));
    assert_eq!(location(&browser.get(back).send().await), "/");
    let _ = app;
}

async fn amr(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(
        "select amr from sessions where ended_at is null order by created_at desc, id desc limit 1",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_second_factor_an_organization_asks_for_may_be_the_providers() {
    let (app, issuer) = with_issuer().await;
    let mut body = usual(&issuer);
    body["second_factor_acr"] = json!(["urn:example:gold"]);
    let made = set_up(&app, body).await;
    let pool = app.admin_pool().await;
    sqlx::query("update organizations set second_factor_roles = '{rep}'")
        .execute(&pool)
        .await
        .unwrap();
    let groups = |more: Value| {
        let mut claims = json!({ "groups": ["sales"] });
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        claims
    };
    for (said, enough) in [
        (json!({}), false),
        (json!({ "amr": ["pwd"] }), false),
        (json!({ "amr": ["pwd", "otp"] }), false),
        (json!({ "acr": "urn:example:silver" }), false),
        (json!({ "amr": ["pwd", "otp", "mfa"] }), true),
        (json!({ "acr": "urn:example:gold" }), true),
    ] {
        let (browser, page) = visit(&app, &issuer, &made, groups(said.clone())).await;
        assert_eq!(page, "/orders?q=1", "{said}");
        let answer = browser.get("/orders").send().await;
        if enough {
            answer.ok();
            assert_eq!(amr(&app).await, ["sso", "sso_mfa"]);
            let me = browser.get("/me").send().await.ok();
            assert_eq!(
                me["second_factor"],
                json!({ "set_up": false, "required": false })
            );
        } else {
            answer.problem(403, "second_factor_missing");
            // and can be set up at once
            browser
                .post("/second-factors/authenticator")
                .json(json!({}))
                .send()
                .await
                .ok();
        }
    }
}

#[tokio::test]
async fn who_has_a_second_factor_here_shows_it_unless_the_provider_asked_for_one() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let rep = app.sign_in(Role::Rep).await;
    linked(&app, &issuer, &made, &rep, "rep-1").await;
    let enrolled = enrol(&app, &rep).await;
    let claims = json!({ "sub": "rep-1", "groups": ["sales"] });
    let (browser, page) = visit(&app, &issuer, &made, claims.clone()).await;
    assert_eq!(
        page,
        "/sign-in?methods=totp%2Crecovery_code&expires_at=2026-11-24T12%3A05%3A30.000000Z&next=%2Forders%3Fq%3D1"
    );
    assert!(browser.cookie("som_at").is_none(), "not signed in yet");
    let shown = json!({ "method": "totp", "code": code(&app, &enrolled.secret, 0) });
    post(&browser, "/auth/sign-in/second-factor", shown)
        .await
        .ok();
    assert_eq!(amr(&app).await, ["sso", "otp", "mfa"]);

    let mut more = claims;
    more["amr"] = json!(["mfa"]);
    let (browser, page) = visit(&app, &issuer, &made, more).await;
    assert_eq!(page, "/orders?q=1");
    browser.get("/orders").send().await.ok();
}

#[tokio::test]
async fn what_needs_a_proof_is_proved_at_the_provider() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let rep = app.sign_in(Role::Rep).await;
    linked(&app, &issuer, &made, &rep, "rep-1").await;
    // signed in there an hour ago: here it is no proof of a moment ago
    let hour = app.clock.now().timestamp() - 3600;
    let claims = |at: i64| json!({ "sub": "rep-1", "groups": ["sales"], "auth_time": at });
    let (browser, _) = visit(&app, &issuer, &made, claims(hour)).await;
    let key = json!({ "name": "Script", "scopes": ["orders.read"] });
    let make = || browser.post("/api-keys").json(key.clone()).send();
    make().await.problem(403, "reauth_required");

    let step = || async {
        let body = json!({ "provider_id": made["id"], "return_to": "/settings" });
        let there = browser
            .post("/auth/step-up/sso")
            .json(body)
            .send()
            .await
            .ok();
        there["authorization_url"].as_str().unwrap().to_owned()
    };
    let there = step().await;
    assert!(
        there.contains("max_age=0") && there.contains("prompt=login"),
        "{there}"
    );
    // the provider did not ask anew, or does not say, or it is somebody else
    for wrong in [
        claims(hour),
        json!({ "sub": "rep-1", "auth_time": null }),
        json!({ "sub": "eve" }),
    ] {
        let back = browser
            .get(issuer.sign_in(&step().await, wrong))
            .send()
            .await;
        assert_eq!(location(&back), "/settings?problem=sso_failed");
        make().await.problem(403, "reauth_required");
    }
    let now = app.clock.now().timestamp();
    let back = browser
        .get(issuer.sign_in(&step().await, claims(now)))
        .send()
        .await;
    assert_eq!(location(&back), "/settings");
    make().await.created();
    // a person who is not known there cannot
    let viewer = app.sign_in(Role::Viewer).await;
    let body = json!({ "provider_id": made["id"] });
    viewer
        .post("/auth/step-up/sso")
        .json(body)
        .send()
        .await
        .problem(409, "sso_unavailable");
}

#[tokio::test]
async fn a_journey_of_a_session_that_ended_leads_nowhere() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let rep = app.sign_in(Role::Rep).await;
    let there = rep
        .post("/auth/sso/link")
        .json(json!({ "provider_id": made["id"] }))
        .send()
        .await
        .ok();
    let there = there["authorization_url"].as_str().unwrap();
    rep.post("/auth/sign-out")
        .json(json!({}))
        .send()
        .await
        .expect(204);
    let back = rep
        .get(issuer.sign_in(there, json!({ "sub": "rep-1" })))
        .send()
        .await;
    assert_eq!(location(&back), "/?problem=sso_failed");
    let known: i64 = sqlx::query_scalar("select count(*) from user_identities")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(known, 0);
}

#[tokio::test]
async fn one_organizations_provider_does_not_speak_for_the_others() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let rep = app.sign_in(Role::Rep).await;
    linked(&app, &issuer, &made, &rep, "rep-1").await;
    let claims = json!({ "sub": "rep-1", "groups": ["sales"] });
    let (alone, _) = visit(&app, &issuer, &made, claims.clone()).await;
    alone
        .post("/second-factors/authenticator")
        .json(json!({}))
        .send()
        .await
        .ok();

    // the person works for somebody else as well
    sqlx::query(
        "insert into memberships (organization_id, id, user_id, role, created_at, updated_at)
         select o.id, gen_random_uuid(), u.id, 'admin', now(), now() from organizations o, users u where o.name like 'Other%' and u.email = $1",
    )
    .bind(email(Role::Rep))
    .execute(&app.admin_pool().await)
    .await
    .unwrap();
    app.state.auth().forget_callers();
    let (browser, _) = visit(&app, &issuer, &made, claims).await;
    let me = browser.get("/me").send().await.ok();
    assert_eq!(me["organization"]["name"], "Test Company");
    browser.get("/orders").send().await.ok();
    for path in ["/second-factors/authenticator", "/passkeys/begin"] {
        browser
            .post(path)
            .json(json!({}))
            .send()
            .await
            .problem(403, "own_proof_required");
    }
    let link = json!({ "provider_id": made["id"] });
    browser
        .post("/auth/sso/link")
        .json(link)
        .send()
        .await
        .problem(403, "own_proof_required");
    // with the own password the person speaks for themselves
    browser
        .post("/auth/step-up")
        .json(json!({ "password": PASSWORD }))
        .send()
        .await
        .expect(204);
    browser
        .post("/second-factors/authenticator")
        .json(json!({}))
        .send()
        .await
        .ok();
}

#[tokio::test]
async fn who_may_not_work_here_does_not_get_in() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let (browser, _) = visit(&app, &issuer, &made, json!({})).await;
    let pool = app.admin_pool().await;
    for (off, on) in [
        (
            "update memberships m set state = 'suspended' from users u where u.id = m.user_id and u.email = 'ada@acme.example'",
            "update memberships set state = 'active'",
        ),
        (
            "update users set state = 'disabled' where email = 'ada@acme.example'",
            "update users set state = 'active'",
        ),
    ] {
        sqlx::query(off).execute(&pool).await.unwrap();
        app.state.auth().forget_callers();
        browser
            .get("/me")
            .send()
            .await
            .problem(401, "session_ended");
        let (_, page) = visit(&app, &issuer, &made, json!({})).await;
        assert_eq!(page, crate::sso::FAILED, "{off}");
        sqlx::query(on).execute(&pool).await.unwrap();
    }
    app.clock.advance(Duration::seconds(6));
    let (_, page) = visit(&app, &issuer, &made, json!({})).await;
    assert_eq!(page, "/orders?q=1");
}
