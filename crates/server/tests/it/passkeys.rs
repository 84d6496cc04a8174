//! Passkeys: registered, used for signing in and stepping up, refused when anything about them is wrong.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::post;
use crate::harness::authenticator::Authenticator;
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};
use crate::second_factors::{APP, audited, codes, enrol};

pub fn device(app: &TestApp) -> Authenticator {
    Authenticator::new(&app.state.config().server.origin())
}

async fn begin(person: &Client) -> Value {
    post(person, "/passkeys/begin", json!({})).await.ok()
}

async fn finish(person: &Client, begun: &Value, credential: Value) -> Answer {
    let body =
        json!({ "ceremony": begun["ceremony"], "name": "Telephone", "credential": credential });
    post(person, "/passkeys", body).await
}

/// Registers a passkey.
pub async fn register(app: &TestApp, person: &Client) -> (Authenticator, Value) {
    let mut device = device(app);
    let begun = begin(person).await;
    let credential = device.create(&begun["public_key"]);
    let made = finish(person, &begun, credential).await.created();
    (device, made)
}

pub async fn question(browser: &Client) -> Value {
    post(browser, "/auth/passkey-challenge", json!({}))
        .await
        .ok()
}

async fn sign_in(browser: &Client, asked: &Value, credential: Value) -> Answer {
    let body = json!({ "ceremony": asked["ceremony"], "credential": credential });
    post(browser, "/auth/sign-in/passkey", body).await
}

async fn sign_in_with(app: &TestApp, device: &mut Authenticator) -> (Client, Answer) {
    let browser = app.anonymous();
    let asked = question(&browser).await;
    let credential = device.get(&asked["public_key"]);
    let answer = sign_in(&browser, &asked, credential).await;
    (browser, answer)
}

#[tokio::test]
async fn a_passkey_signs_in_by_itself() {
    let (app, smtp) = TestApp::with_mail().await;
    let (here, there) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    let (mut device, made) = register(&app, &here).await;
    assert_eq!(made["passkey"]["name"], "Telephone");
    assert_eq!(codes(&made).len(), 10);
    there.get("/me").send().await.problem(401, "session_ended");
    let (browser, answer) = sign_in_with(&app, &mut device).await;
    let me = answer.ok();
    assert_eq!(me["user"]["email"], "rep@test.example");
    assert_eq!(me["second_factor"]["set_up"], true);
    let shown = browser.get("/second-factors").send().await.ok();
    let passkey = &shown["passkeys"][0];
    assert_eq!(passkey["id"], made["passkey"]["id"]);
    assert_eq!(passkey["last_used_at"], "2026-11-24T12:00:00.000000Z");
    assert_eq!(shown["recovery_codes"]["left"], 10);
    let amr: Vec<String> = sqlx::query_scalar(
        "select amr from sessions where ended_at is null order by created_at desc, id desc limit 1",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(amr, ["pop", "user", "mfa"]);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails[0].header("Subject"), "A passkey was added");
    assert!(mails[0].text.contains("Telephone"));
    let added = audited(&app, "passkey_added").await;
    assert_eq!(added, [("user".to_owned(), json!({ "name": "Telephone" }))]);
}

#[tokio::test]
async fn the_password_alone_no_longer_does() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (_, made) = register(&app, &rep).await;
    let browser = app.anonymous();
    let body = json!({ "email": email(Role::Rep), "password": PASSWORD });
    let answer = post(&browser, "/auth/sign-in", body).await;
    let problem = answer.problem(401, "second_factor_required");
    assert_eq!(problem["methods"], json!(["passkey", "recovery_code"]));
    let body = json!({ "method": "recovery_code", "code": codes(&made)[0] });
    post(&browser, "/auth/sign-in/second-factor", body)
        .await
        .ok();
}

#[tokio::test]
async fn an_answer_counts_once_and_in_time() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (mut device, _) = register(&app, &rep).await;
    let browser = app.anonymous();
    let asked = question(&browser).await;
    let credential = device.get(&asked["public_key"]);
    sign_in(&browser, &asked, credential.clone()).await.ok();
    sign_in(&app.anonymous(), &asked, credential)
        .await
        .problem(401, "passkey_refused");
    let asked = question(&browser).await;
    let other = question(&browser).await;
    let credential = device.get(&asked["public_key"]);
    sign_in(&browser, &other, credential.clone())
        .await
        .problem(401, "passkey_refused");
    app.clock.advance(Duration::minutes(5));
    sign_in(&browser, &asked, credential)
        .await
        .problem(401, "passkey_refused");
}

#[tokio::test]
async fn what_is_wrong_about_an_answer_is_refused_alike() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (mut device, _) = register(&app, &rep).await;
    let mut said = Vec::new();
    let mut refuse = |answer: Answer| {
        let mut problem = answer.problem(401, "passkey_refused");
        problem["request_id"] = Value::Null;
        said.push(problem);
    };
    device.verifies = false;
    refuse(sign_in_with(&app, &mut device).await.1);
    device.verifies = true;
    let ours = std::mem::replace(&mut device.origin, "https://evil.example".to_owned());
    refuse(sign_in_with(&app, &mut device).await.1);
    device.origin = ours;
    // a passkey that nobody registered
    let mut unknown = crate::passkeys::device(&app);
    let begun = begin(&rep).await;
    unknown.create(&begun["public_key"]);
    refuse(sign_in_with(&app, &mut unknown).await.1);
    // signed by another key, for the passkey's id
    let browser = app.anonymous();
    let asked = question(&browser).await;
    let mut forged = device.get(&asked["public_key"]);
    forged["response"]["signature"] =
        unknown.get(&asked["public_key"])["response"]["signature"].clone();
    refuse(sign_in(&browser, &asked, forged).await);
    // in another person's name
    let asked = question(&browser).await;
    let mut other = device.get(&asked["public_key"]);
    let viewer = app.caller(Role::Viewer).await.user_id.uuid();
    use base64::Engine;
    let handle = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(viewer.as_bytes());
    other["response"]["userHandle"] = json!(handle);
    refuse(sign_in(&browser, &asked, other).await);
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    sign_in_with(&app, &mut device).await.1.ok();
}

#[tokio::test]
async fn a_counter_that_goes_back_betrays_a_copy() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    let (mut device, _) = register(&app, &rep).await;
    device.counter = 10;
    sign_in_with(&app, &mut device).await.1.ok();
    app.work().await;
    smtp.take();
    device.counter = 10;
    let refused = sign_in_with(&app, &mut device).await.1;
    refused.problem(401, "passkey_refused");
    app.work().await;
    assert_eq!(
        smtp.take()[0].header("Subject"),
        "A passkey may have been copied"
    );
    let copied = audited(&app, "passkey_copied").await;
    assert_eq!(copied.len(), 1);
    device.counter = 11;
    sign_in_with(&app, &mut device).await.1.ok();
}

#[tokio::test]
async fn a_passkey_is_registered_once_by_its_person() {
    let app = TestApp::new().await;
    let (rep, viewer) = (
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Viewer).await,
    );
    let mut device = device(&app);
    let begun = begin(&rep).await;
    let credential = device.create(&begun["public_key"]);
    finish(&viewer, &begun, credential.clone())
        .await
        .problem(403, "passkey_refused");
    finish(&rep, &begun, credential.clone()).await.created();
    finish(&rep, &begun, credential)
        .await
        .problem(403, "passkey_refused");
    // the same authenticator again, which was told not to, and for somebody else
    for (person, status, code) in [
        (&rep, 403, "passkey_refused"),
        (&viewer, 409, "duplicate_passkey"),
    ] {
        let begun = begin(person).await;
        let credential = device.create(&begun["public_key"]);
        finish(person, &begun, credential)
            .await
            .problem(status, code);
    }
    let excluded = begin(&rep).await;
    assert_eq!(
        excluded["public_key"]["excludeCredentials"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut careless = crate::passkeys::device(&app);
    careless.verifies = false;
    let credential = careless.create(&excluded["public_key"]);
    finish(&rep, &excluded, credential)
        .await
        .problem(403, "passkey_refused");
    app.clock.advance(Duration::minutes(11));
    let late = post(&rep, "/passkeys/begin", json!({})).await;
    late.problem(403, "reauth_required");
}

#[tokio::test]
async fn a_passkey_steps_up_its_own_session() {
    let app = TestApp::new().await;
    let (rep, viewer) = (
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Viewer).await,
    );
    let (mut device, _) = register(&app, &rep).await;
    app.clock.advance(Duration::minutes(11));
    post(&rep, APP, json!({}))
        .await
        .problem(403, "reauth_required");
    let path = "/auth/step-up/passkey";
    for (person, status) in [(&viewer, 403), (&rep, 204)] {
        let asked = question(person).await;
        let credential = device.get(&asked["public_key"]);
        let body = json!({ "ceremony": asked["ceremony"], "credential": credential });
        let answer = post(person, path, body).await;
        match status {
            403 => drop(answer.problem(403, "passkey_refused")),
            status => drop(answer.expect(status)),
        }
    }
    post(&rep, APP, json!({})).await.ok();
    post(&viewer, APP, json!({}))
        .await
        .problem(403, "reauth_required");
}

#[tokio::test]
async fn a_removed_passkey_opens_nothing_and_the_last_factor_stays_where_it_is_asked_for() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let (mut device, made) = register(&app, &owner).await;
    let path = format!("/passkeys/{}", made["passkey"]["id"].as_str().unwrap());
    let asked = owner.patch("/organization").any_version();
    let asked = asked.json(json!({ "second_factor_roles": ["owner"] }));
    asked.send().await.ok();
    owner
        .delete(&path)
        .send()
        .await
        .problem(409, "second_factor_needed");
    enrol(&app, &owner).await;
    let rep = app.sign_in(Role::Rep).await;
    rep.delete(&path).send().await.problem(404, "not_found");
    owner.delete(&path).send().await.expect(204);
    owner.delete(&path).send().await.problem(404, "not_found");
    owner
        .delete(APP)
        .send()
        .await
        .problem(409, "second_factor_needed");
    let refused = sign_in_with(&app, &mut device).await.1;
    refused.problem(401, "passkey_refused");
    let shown = owner.get("/second-factors").send().await.ok();
    assert_eq!(shown["recovery_codes"]["left"], 10);
    assert_eq!(shown["passkeys"], json!([]));
    assert_eq!(audited(&app, "passkey_removed").await.len(), 1);
}

#[tokio::test]
async fn who_may_not_work_there_is_not_let_in_by_a_passkey() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let (mut device, _) = register(&app, &rep).await;
    sqlx::query("update users set state = 'disabled' where email = 'rep@test.example'")
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    let refused = sign_in_with(&app, &mut device).await.1;
    refused.problem(401, "passkey_refused");
}

#[tokio::test]
async fn a_server_without_a_host_name_has_no_passkeys() {
    let app = TestApp::configured(|config| {
        config.server.public_url = "http://127.0.0.1:8080".parse().unwrap();
    })
    .await;
    let asked = post(&app.anonymous(), "/auth/passkey-challenge", json!({})).await;
    asked.problem(409, "passkeys_unavailable");
    let rep = app.sign_in(Role::Rep).await;
    let begun = post(&rep, "/passkeys/begin", json!({})).await;
    begun.problem(409, "passkeys_unavailable");
}

#[tokio::test]
async fn an_answer_that_is_none_is_named() {
    let app = TestApp::new().await;
    let browser = app.anonymous();
    let asked = question(&browser).await;
    let answer = sign_in(&browser, &asked, json!({ "id": 1 })).await;
    answer.problem(422, "validation_failed");
    assert_eq!(answer.errors(), ["#/credential invalid_credential"]);
}
