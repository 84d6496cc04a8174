//! Single sign-on and roles: what the groups of a provider give.

use serde_json::json;
use som_server::permission::Role;

use crate::sso::{FAILED, location, set_up, usual, visit, with_issuer};

#[tokio::test]
async fn groups_give_the_role_at_every_sign_in() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let (browser, _) = visit(&app, &issuer, &made, json!({ "groups": ["sales"] })).await;
    assert_eq!(
        browser.get("/me").send().await.ok()["membership"]["role"],
        "rep"
    );
    let (_, page) = visit(&app, &issuer, &made, json!({ "groups": ["other"] })).await;
    assert_eq!(page, "/orders?q=1");
    // of the session that is there already as well
    assert_eq!(
        browser.get("/me").send().await.ok()["membership"]["role"],
        "viewer"
    );

    // told by the provider's other endpoint only
    issuer.user_info(json!({ "sub": "ada-1", "email": "ada@acme.example", "email_verified": true, "groups": ["sales"] }));
    visit(&app, &issuer, &made, json!({ "email": null })).await;
    assert_eq!(
        browser.get("/me").send().await.ok()["membership"]["role"],
        "rep"
    );
    // of somebody else: nothing is believed
    issuer.user_info(json!({ "sub": "eve", "groups": ["sales"] }));
    let (_, page) = visit(&app, &issuer, &made, json!({ "email": null })).await;
    assert_eq!(page, FAILED);

    // who fits no group does not get in
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/identity-providers/{}", made["id"].as_str().unwrap());
    let only = json!({ "groups": [{ "group": "sales", "role": "rep" }] });
    owner
        .patch(&path)
        .json(only)
        .any_version()
        .send()
        .await
        .ok();
    let (_, page) = visit(&app, &issuer, &made, json!({ "groups": ["other"] })).await;
    assert_eq!(page, FAILED);
    // without groups roles are given here, and nobody new gets in
    owner
        .patch(&path)
        .json(json!({ "groups": [] }))
        .any_version()
        .send()
        .await
        .ok();
    visit(&app, &issuer, &made, json!({ "groups": ["other"] })).await;
    assert_eq!(
        browser.get("/me").send().await.ok()["membership"]["role"],
        "rep"
    );
    let (_, page) = visit(
        &app,
        &issuer,
        &made,
        json!({ "sub": "bob-1", "email": "bob@acme.example" }),
    )
    .await;
    assert_eq!(page, FAILED);
}

#[tokio::test]
async fn an_owner_stays_one_whatever_the_groups_say() {
    let (app, issuer) = with_issuer().await;
    let made = set_up(&app, usual(&issuer)).await;
    let owner = app.sign_in(Role::Owner).await;
    let there = owner
        .post("/auth/sso/link")
        .json(json!({ "provider_id": made["id"] }))
        .send()
        .await
        .ok();
    let there = there["authorization_url"].as_str().unwrap();
    let answer = owner
        .get(issuer.sign_in(there, json!({ "sub": "boss" })))
        .send()
        .await;
    assert_eq!(location(&answer), "/");
    let (browser, _) = visit(
        &app,
        &issuer,
        &made,
        json!({ "sub": "boss", "groups": ["sales"] }),
    )
    .await;
    assert_eq!(
        browser.get("/me").send().await.ok()["membership"]["role"],
        "owner"
    );
}
