//! Every example of the document is carried out, and answered as the document says.

use serde_json::{Value, json};
use som_server::features::setup::service::issue_link;
use som_server::permission::Role;

use super::{Document, Operation, World, schema};
use crate::accounts::{open, post};
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};
use crate::{invitations, passkeys, second_factors, sso};

/// What is not as described about a successful answer.
fn judge(document: &Document, operation: &Operation, answer: &Answer) -> Vec<String> {
    let status = answer.status.as_u16();
    let described = document.answer(operation, status);
    let Some(described) = described.filter(|_| answer.status.is_success()) else {
        return vec![format!("answered {status}: {}", answer.text())];
    };
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    let content = &described["content"];
    match content[kind]["schema"].is_object() {
        true if kind == "application/json" => {
            schema::problems(document, &content[kind]["schema"], &answer.json())
        }
        _ if content[kind].is_object() => Vec::new(),
        _ if content.is_null() && (answer.bytes.is_empty() || status == 202) => Vec::new(),
        _ => vec![format!("{status} with {kind:?} is not described")],
    }
}

/// Who carries it out: what ends sessions is done by somebody nobody else needs.
async fn actor(world: &World, operation: &Operation) -> Client {
    match operation.id.as_str() {
        "refresh_session" | "sign_out" | "revoke_other_sessions" => {
            world.app().sign_in(Role::Viewer).await
        }
        "leave_organization" => world.app().sign_in(Role::Finance).await,
        "delete_account" => world.app().sign_in(Role::Manager).await,
        "change_password" => world.app().sign_in(Role::Warehouse).await,
        "sign_in" => world.app().anonymous(),
        _ => world.owner.clone(),
    }
}

#[tokio::test]
async fn every_example_is_carried_out_and_answered_as_described() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for operation in world.operations() {
        if NEED_MORE.contains(&operation.id.as_str()) {
            continue;
        }
        let mut target = world.target(&operation).await;
        if operation.method == "POST" && target.body.is_some() {
            target.body = world.document.example(&operation);
        }
        let client = actor(&world, &operation).await;
        let answer = world.call(&client, &operation, &target).send().await;
        for problem in judge(&world.document, &operation, &answer) {
            wrong.push(format!("{}: {problem}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// These need a server without an organization, an open sign-up, the link of a letter, a code of an app, an authenticator or another server: see the tests below.
const NEED_MORE: [&str; 22] = [
    "complete_setup",
    "sign_up",
    "resend_sign_up",
    "confirm_sign_up",
    "complete_password_reset",
    "ask_captcha",
    "confirm_email",
    "undo_email",
    "look_at_invitation",
    "accept_invitation",
    "join_organization",
    "confirm_authenticator",
    "show_second_factor",
    "renew_recovery_codes",
    "remove_authenticator",
    "create_passkey",
    "sign_in_with_passkey",
    "step_up_with_passkey",
    "start_sso",
    "link_identity",
    "step_up_with_sso",
    "verify_email_domain",
];

#[tokio::test]
async fn the_examples_of_passkeys_are_carried_out() {
    let app = TestApp::new().await;
    let document = Document::new();
    let find = |id: &str| document.operations().into_iter().find(|one| one.id == id);
    let rep = app.sign_in(Role::Rep).await;
    let mut device = passkeys::device(&app);
    for (id, browser) in [
        ("create_passkey", &rep),
        ("sign_in_with_passkey", &app.anonymous()),
        ("step_up_with_passkey", &rep),
    ] {
        let operation = find(id).unwrap();
        let mut body = document.example(&operation).unwrap();
        let asked = match id {
            "create_passkey" => post(browser, "/passkeys/begin", json!({})).await.ok(),
            _ => passkeys::question(browser).await,
        };
        body["ceremony"] = asked["ceremony"].clone();
        body["credential"] = match id {
            "create_passkey" => device.create(&asked["public_key"]),
            _ => device.get(&asked["public_key"]),
        };
        let path = operation.path.trim_start_matches("/api/v1");
        let answer = post(browser, path, body).await;
        assert_eq!(
            judge(&document, &operation, &answer),
            Vec::<String>::new(),
            "{id}"
        );
    }
}

#[tokio::test]
async fn the_examples_of_single_sign_on_are_carried_out() {
    let (app, issuer) = sso::with_issuer().await;
    let document = Document::new();
    let made = sso::set_up(&app, sso::usual(&issuer)).await;
    let rep = app.sign_in(Role::Rep).await;
    for id in ["start_sso", "link_identity", "step_up_with_sso"] {
        let operation = document.operations().into_iter().find(|one| one.id == id);
        let operation = operation.unwrap();
        let mut body = document.example(&operation).unwrap();
        match id {
            "start_sso" => body["email"] = json!("ada@acme.example"),
            _ => body["provider_id"] = made["id"].clone(),
        }
        let path = operation.path.trim_start_matches("/api/v1");
        let answer = post(&rep, path, body).await;
        assert_eq!(
            judge(&document, &operation, &answer),
            Vec::<String>::new(),
            "{id}"
        );
        if id == "link_identity" {
            let there = answer.json()["authorization_url"].clone();
            rep.get(issuer.sign_in(there.as_str().unwrap(), json!({})))
                .send()
                .await;
        }
    }
}

#[tokio::test]
async fn the_examples_of_second_factors_are_carried_out() {
    let app = TestApp::new().await;
    let document = Document::new();
    let find = |id: &str| document.operations().into_iter().find(|one| one.id == id);
    let rep = app.sign_in(Role::Rep).await;
    let secret = second_factors::begin(&rep).await;
    for (id, browser) in [
        ("confirm_authenticator", &rep),
        ("show_second_factor", &app.anonymous()),
        ("renew_recovery_codes", &rep),
        ("remove_authenticator", &rep),
    ] {
        let operation = find(id).unwrap();
        let mut body = document.example(&operation).unwrap_or(json!({}));
        if body["code"].is_string() {
            app.clock.advance(chrono::Duration::seconds(30));
            body["code"] = json!(second_factors::code(&app, &secret, 0));
        }
        if operation.is_public() {
            let body = json!({ "email": email(Role::Rep), "password": PASSWORD });
            let answer = post(browser, "/auth/sign-in", body).await;
            answer.problem(401, "second_factor_required");
        }
        let call = browser.call(operation.method.clone(), operation.path.clone());
        let answer = call.json(body).send().await;
        assert_eq!(
            judge(&document, &operation, &answer),
            Vec::<String>::new(),
            "{id}"
        );
    }
}

#[tokio::test]
async fn the_examples_of_accounts_are_carried_out() {
    let (app, smtp) = open().await;
    let document = Document::new();
    let find = |id: &str| document.operations().into_iter().find(|one| one.id == id);
    let browser = app.anonymous();
    for id in [
        "sign_up",
        "resend_sign_up",
        "confirm_sign_up",
        "request_password_reset",
        "complete_password_reset",
    ] {
        let operation = find(id).unwrap();
        let mut body = document.example(&operation).unwrap();
        if body["token"].is_string() {
            app.work().await;
            body["token"] = json!(smtp.take().pop().unwrap().token());
        }
        let path = operation.path.trim_start_matches("/api/v1");
        let answer = post(&browser, path, body).await;
        let problems = judge(&document, &operation, &answer);
        assert_eq!(problems, Vec::<String>::new(), "{id}");
    }
}

#[tokio::test]
async fn the_example_of_a_question_is_carried_out() {
    let own = som_server::config::CaptchaProvider::ProofOfWork;
    let app = TestApp::configured(|c| c.captcha.provider = own).await;
    let document = Document::new();
    let mut operations = document.operations().into_iter();
    let ask = operations.find(|one| one.id == "ask_captcha").unwrap();
    let body = document.example(&ask).unwrap();
    let answer = post(&app.anonymous(), "/auth/captcha", body).await;
    assert_eq!(judge(&document, &ask, &answer), Vec::<String>::new());
}

#[tokio::test]
async fn the_examples_of_another_address_are_carried_out() {
    let (app, smtp) = TestApp::with_mail().await;
    let document = Document::new();
    let find = |id: &str| document.operations().into_iter().find(|one| one.id == id);
    let rep = app.sign_in(Role::Rep).await;
    for (id, browser, address) in [
        ("change_email", rep, ""),
        ("confirm_email", app.anonymous(), "ada@new.example"),
        ("undo_email", app.anonymous(), "rep@test.example"),
    ] {
        app.work().await;
        let mails = smtp.take();
        let mail = mails.iter().find(|mail| mail.to == [address]);
        let operation = find(id).unwrap();
        let mut body = document.example(&operation).unwrap();
        if let Some(mail) = mail {
            body["token"] = json!(mail.token());
        }
        let path = operation.path.trim_start_matches("/api/v1");
        let answer = post(&browser, path, body).await;
        let problems = judge(&document, &operation, &answer);
        assert_eq!(problems, Vec::<String>::new(), "{id}");
    }
}

#[tokio::test]
async fn the_examples_of_invitations_are_carried_out() {
    let (app, smtp) = TestApp::with_mail().await;
    let document = Document::new();
    let find = |id: &str| document.operations().into_iter().find(|one| one.id == id);
    let owner = app.sign_in(Role::Owner).await;
    let mut token = String::new();
    for (id, browser, address) in [
        ("look_at_invitation", app.anonymous(), "new@fields.example"),
        ("accept_invitation", app.anonymous(), ""),
        (
            "join_organization",
            app.stranger().await,
            "owner@other.example",
        ),
    ] {
        if !address.is_empty() {
            let body = json!({ "email": address, "role": "rep" });
            (_, token) = invitations::invite(&app, &smtp, &owner, body).await;
        }
        let operation = find(id).unwrap();
        let mut body = document.example(&operation).unwrap();
        body["token"] = json!(token);
        let path = operation.path.trim_start_matches("/api/v1");
        let answer = post(&browser, path, body).await;
        let problems = judge(&document, &operation, &answer);
        assert_eq!(problems, Vec::<String>::new(), "{id}");
    }
}

#[tokio::test]
async fn the_example_of_the_first_run_is_carried_out() {
    let app = TestApp::empty().await;
    let document = Document::new();
    let setup = document
        .operations()
        .into_iter()
        .find(|one| one.id == "complete_setup")
        .unwrap();
    let link = issue_link(&app.state).await.unwrap().unwrap();
    let mut body = document.example(&setup).unwrap();
    body["token"] = json!(link.split_once("#t=").unwrap().1);
    let answer = app.anonymous().post("/setup").json(body).send().await;
    assert_eq!(judge(&document, &setup, &answer), Vec::<String>::new());
}

#[test]
fn every_example_fits_its_schema() {
    let document = Document::new();
    let mut wrong = Vec::new();
    let mut seen = 0;
    let mut open: Vec<(String, &Value)> = vec![("#".to_owned(), &document.0)];
    while let Some((at, value)) = open.pop() {
        let examples = value
            .get("examples")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        if value
            .get("type")
            .is_some_and(|kind| kind.is_string() || kind.is_array())
            || value.get("oneOf").is_some()
        {
            for example in examples.chain(value.get("example")) {
                seen += 1;
                for problem in schema::problems(&document, value, example) {
                    wrong.push(format!("{at}: {problem}"));
                }
            }
        }
        match value {
            Value::Object(members) => {
                let inner = members
                    .iter()
                    .filter(|(name, _)| !name.starts_with("example"));
                open.extend(inner.map(|(name, value)| (format!("{at}/{name}"), value)));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (format!("{at}/*"), item))),
            _ => {}
        }
    }
    assert!(seen > 200, "{seen} examples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_body_has_an_example() {
    let document = Document::new();
    let operations = document.operations();
    let without = operations
        .iter()
        .filter(|one| one.takes_json() && document.example(one).is_none());
    let without: Vec<&str> = without.map(|one| one.id.as_str()).collect();
    assert!(without.is_empty(), "no example: {without:?}");
}
