//! Every wrong answer of a provider, and every wrong way back, ends alike: no session, one sentence for the person, the reason in the log only.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::clock::Clock;
use som_server::permission::Role;

use crate::harness::issuer::{Issuer, Signs, Tokens};
use crate::harness::{Client, TestApp};
use crate::sso::{FAILED, location, set_up, start, usual, visit, with_issuer, with_issuers};

/// How many accounts, sessions and identities there are.
async fn counts(app: &TestApp) -> (i64, i64, i64) {
    sqlx::query_as("select (select count(*) from users), (select count(*) from sessions), (select count(*) from user_identities)")
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap()
}

async fn fails(app: &TestApp, issuer: &Issuer, made: &Value, claims: Value, what: &str) {
    let before = counts(app).await;
    let (browser, page) = visit(app, issuer, made, claims).await;
    assert_eq!(page, FAILED, "{what}");
    assert!(
        browser.cookie_names().is_empty(),
        "{what}: {:?}",
        browser.cookie_names()
    );
    assert_eq!(counts(app).await, before, "{what}");
}

#[tokio::test]
async fn a_token_must_be_right_in_every_claim() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let now = app.clock.now().timestamp();
    for wrong in [
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", issuer.url) }),
        json!({ "iss": null }),
        json!({ "aud": "another client" }),
        json!({ "aud": ["som", "another client"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "azp": "another client" }),
        json!({ "nonce": "another journey" }),
        json!({ "nonce": null }),
        json!({ "exp": now - 31 }),
        json!({ "exp": null }),
        json!({ "iat": now + 120 }),
        json!({ "iat": now - 3600 }),
        json!({ "iat": null }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "x".repeat(300) }),
        json!({ "at_hash": "bm90IHRoZSBoYXNoIG9mIGl0" }),
        // new people need an address that was checked, of a domain of ours
        json!({ "email_verified": false }),
        json!({ "email_verified": null }),
        json!({ "email": "ada@other.example" }),
        json!({ "email": "ada@sub.acme.example" }),
        json!({ "email": "ada@acme.example@evil.example" }),
        json!({ "email": "nonsense" }),
    ] {
        fails(&app, &issuer, &made, wrong.clone(), &wrong.to_string()).await;
    }
    let (browser, page) = visit(
        &app,
        &issuer,
        &made,
        json!({ "azp": "som", "aud": ["som"], "exp": now - 20 }),
    )
    .await;
    assert_eq!(page, "/orders?q=1");
    browser.get("/me").send().await.ok();
}

#[tokio::test]
async fn a_token_must_be_signed_by_the_provider() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    for how in [
        Signs::Not,
        Signs::Symmetrically,
        Signs::WithAnotherKey,
        Signs::WithAnUnknownKey,
    ] {
        issuer.signs(how);
        fails(&app, &issuer, &made, json!({}), &format!("{how:?}")).await;
    }
    issuer.signs(Signs::Rightly);
    let (_, page) = visit(&app, &issuer, &made, json!({})).await;
    assert_eq!(page, "/orders?q=1");
}

#[tokio::test]
async fn a_new_key_is_found_and_nobody_makes_us_ask_all_the_time() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    visit(&app, &issuer, &made, json!({})).await;
    assert_eq!(issuer.key_requests(), 1, "kept in memory");
    issuer.signs(Signs::WithAnUnknownKey);
    for _ in 0..3 {
        fails(&app, &issuer, &made, json!({}), "too early to ask again").await;
    }
    assert_eq!(issuer.key_requests(), 1);
    app.clock.advance(Duration::seconds(61));
    for _ in 0..3 {
        fails(&app, &issuer, &made, json!({}), "the key is not published").await;
    }
    assert_eq!(issuer.key_requests(), 2, "asked once more in a minute");
    issuer.publish_both_keys();
    app.clock.advance(Duration::seconds(61));
    let (_, page) = visit(&app, &issuer, &made, json!({})).await;
    assert_eq!(page, "/orders?q=1");
    assert_eq!(issuer.key_requests(), 3);
}

/// A browser on its way, and the address it would be sent back to.
async fn under_way(app: &TestApp, issuer: &Issuer, made: &Value) -> (Client, String) {
    let browser = app.anonymous();
    let there = start(&browser, json!({ "provider_id": made["id"] })).await;
    let back = issuer.sign_in(&there, json!({}));
    (browser, back)
}

#[tokio::test]
async fn a_journey_ends_once_in_its_own_browser() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    // another browser, with and without a journey of its own
    let (browser, back) = under_way(&app, &issuer, &made).await;
    let victim = app.anonymous();
    assert_eq!(location(&victim.get(&back).send().await), FAILED);
    let (other, _) = under_way(&app, &issuer, &made).await;
    assert_eq!(location(&other.get(&back).send().await), FAILED);
    let thief = browser.fork();
    assert_eq!(location(&browser.get(&back).send().await), "/");
    browser.get("/me").send().await.ok();
    // the same address again, with the cookie as it was
    assert_eq!(location(&thief.get(&back).send().await), FAILED);
    assert_eq!(issuer.forms().len(), 1, "the code was not shown again");

    // a wrong state uses the journey up
    let (browser, back) = under_way(&app, &issuer, &made).await;
    let again = browser.fork();
    let (head, _) = back.split_once("&state=").unwrap();
    for wrong in ["", "&state=", "&state=wrong", "&state=a&state=b"] {
        let browser = browser.fork();
        assert_eq!(
            location(&browser.get(format!("{head}{wrong}")).send().await),
            FAILED
        );
    }
    assert_eq!(location(&again.get(&back).send().await), FAILED);

    // too late
    let (browser, back) = under_way(&app, &issuer, &made).await;
    app.clock.advance(Duration::seconds(601));
    assert_eq!(location(&browser.get(&back).send().await), FAILED);
    // nothing at all
    for junk in [
        "",
        "?",
        "?code=x",
        "?code=x&state=y&iss=z",
        "?error=access_denied",
        "?%ff=%ff",
        "?code=%00",
    ] {
        let answer = app
            .anonymous()
            .get(format!("/auth/sso/callback{junk}"))
            .send()
            .await;
        assert_eq!(location(&answer), FAILED, "{junk}");
        assert!(answer.text().is_empty());
    }
}

#[tokio::test]
async fn the_way_back_names_its_issuer_and_carries_a_code() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let change = |back: &str, how: &str| {
        let (before, rest) = back.split_once("&iss=").unwrap();
        let rest = rest.split_once('&').unwrap().1;
        match how {
            "without" => format!("{before}&{rest}"),
            "other" => format!("{before}&iss=https%3A%2F%2Fevil.example&{rest}"),
            "twice" => format!("{back}&iss=https%3A%2F%2Fevil.example"),
            "error" => format!("{back}&error=access_denied&error_description=%3Cscript%3E"),
            _ => back.replace("code=", "kode="),
        }
    };
    for how in ["without", "other", "twice", "error", "no code"] {
        let (browser, back) = under_way(&app, &issuer, &made).await;
        assert_eq!(
            location(&browser.get(change(&back, how)).send().await),
            FAILED,
            "{how}"
        );
    }
    assert_eq!(issuer.forms().len(), 0, "no code was shown");
    // a provider that does not promise to name itself
    issuer.discovery(json!({ "authorization_response_iss_parameter_supported": null }));
    app.clock.advance(Duration::hours(2));
    let (browser, back) = under_way(&app, &issuer, &made).await;
    assert_eq!(
        location(&browser.get(change(&back, "without")).send().await),
        "/"
    );
    let (browser, back) = under_way(&app, &issuer, &made).await;
    assert_eq!(
        location(&browser.get(change(&back, "other")).send().await),
        FAILED
    );
}

#[tokio::test]
async fn a_provider_that_does_not_answer_as_it_should() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    for how in [
        Tokens::Refuses,
        Tokens::Redirects,
        Tokens::IsHuge,
        Tokens::IsSilent,
        Tokens::SaysNothing,
    ] {
        issuer.tokens(how);
        fails(&app, &issuer, &made, json!({}), &format!("{how:?}")).await;
    }
    issuer.tokens(Tokens::Answers);
    // what it says about itself
    let browser = app.anonymous();
    for wrong in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "issuer": format!("{}/", issuer.url) }),
        json!({ "token_endpoint": null }),
        json!({ "jwks_uri": "http://169.254.169.254/latest" }),
        json!({ "jwks_uri": "https://10.0.0.1/jwks" }),
        json!({ "authorization_endpoint": "http://evil.example/authorize" }),
        json!({ "authorization_endpoint": 7 }),
    ] {
        app.clock.advance(Duration::hours(2));
        issuer.discovery(wrong.clone());
        let answer = browser
            .post("/auth/sso/start")
            .json(json!({ "provider_id": made["id"] }))
            .send()
            .await;
        let problem = answer.problem(503, "identity_provider_unavailable");
        assert!(!problem.to_string().contains("evil"), "{wrong}: {problem}");
        assert!(answer.header("set-cookie").is_none());
    }
    // a token endpoint inside the network gets no code
    app.clock.advance(Duration::hours(2));
    issuer.discovery(json!({ "token_endpoint": "https://169.254.169.254/token" }));
    fails(&app, &issuer, &made, json!({}), "metadata").await;
}

#[tokio::test]
async fn two_providers_are_not_mixed_up() {
    let clock = Clock::manual(crate::harness::start());
    let (honest, evil) = (Issuer::start(&clock).await, Issuer::start(&clock).await);
    let app = with_issuers(&clock, &[&honest, &evil]).await;
    let mut second = usual(&evil);
    second["name"] = json!("Another sign-in");
    second["email_domains"] = json!([]);
    let ours = set_up(&app, usual(&honest)).await;
    let theirs = set_up(&app, second).await;
    let (_, page) = visit(&app, &honest, &ours, json!({})).await;
    assert_eq!(page, "/orders?q=1");
    // the same subject of another issuer is somebody else
    fails(&app, &evil, &theirs, json!({}), "another issuer").await;
    // it sends the browser on to the honest one, and back with the honest one's code
    let browser = app.anonymous();
    let there = start(&browser, json!({ "provider_id": theirs["id"] })).await;
    let back = honest.sign_in(&there, json!({}));
    assert_eq!(location(&browser.get(back).send().await), FAILED);
    assert_eq!(
        evil.forms().len(),
        1,
        "the honest code was not shown to the other"
    );
    // a provider signs for itself only
    fails(
        &app,
        &evil,
        &theirs,
        json!({ "iss": honest.url }),
        "in the name of the other",
    )
    .await;
}

#[tokio::test]
async fn another_organization_has_nothing_of_it() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    visit(&app, &issuer, &made, json!({})).await;
    let stranger = app.stranger().await;
    let mut theirs = usual(&issuer);
    theirs["email_domains"] = json!([]);
    let theirs = stranger
        .post("/identity-providers")
        .json(theirs)
        .send()
        .await
        .created();
    // the same person at the same issuer is nobody there
    fails(&app, &issuer, &theirs, json!({}), "another organization").await;
    let link = json!({ "provider_id": made["id"] });
    stranger
        .post("/auth/sso/link")
        .json(link.clone())
        .send()
        .await
        .problem(404, "not_found");
    stranger
        .post("/auth/step-up/sso")
        .json(link)
        .send()
        .await
        .problem(404, "not_found");
    // switched off or removed on the way
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/identity-providers/{}", made["id"].as_str().unwrap());
    let (browser, back) = under_way(&app, &issuer, &made).await;
    owner
        .patch(&path)
        .json(json!({ "enabled": false }))
        .any_version()
        .send()
        .await
        .ok();
    assert_eq!(location(&browser.get(&back).send().await), FAILED);
    owner
        .patch(&path)
        .json(json!({ "enabled": true }))
        .any_version()
        .send()
        .await
        .ok();
    let (browser, back) = under_way(&app, &issuer, &made).await;
    owner.delete(&path).any_version().send().await.expect(204);
    assert_eq!(location(&browser.get(&back).send().await), FAILED);
}
