//! Invitations: a link in the mailbox lets a colleague in, with what the inviter could give, and tells nobody who has an account.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::config::SignUp;
use som_server::permission::Role;

use crate::accounts::{NEW, post};
use crate::accounts_password::sign_in;
use crate::harness::smtp::Smtp;
use crate::harness::{Client, TestApp, email};

pub fn mary() -> Value {
    json!({ "email": "Mary@fields.example", "name": "Mary Fields", "role": "rep" })
}

/// Invites by this browser; the invitation and the token that arrived.
pub async fn invite(app: &TestApp, smtp: &Smtp, by: &Client, body: Value) -> (Value, String) {
    let made = post(by, "/invitations", body).await.created();
    app.work().await;
    (made, smtp.take().pop().expect("a letter").token())
}

pub async fn accept(app: &TestApp, token: &str) -> crate::harness::Answer {
    let body = json!({ "token": token, "name": "Mary Meadows", "password": NEW });
    post(&app.anonymous(), "/auth/invitations/accept", body).await
}

async fn look(app: &TestApp, token: &str) -> crate::harness::Answer {
    let body = json!({ "token": token });
    post(&app.anonymous(), "/auth/invitations/view", body).await
}

#[tokio::test]
async fn an_invitation_becomes_an_account_and_a_membership() {
    let (app, smtp) = TestApp::with_mail().await;
    let admin = app.sign_in(Role::Admin).await;
    let team = post(&admin, "/teams", json!({ "name": "North" }))
        .await
        .created();
    let mut body = mary();
    body["team_id"] = team["id"].clone();
    body["row_scope"] = json!("team");
    let made = post(&admin, "/invitations", body).await.created();
    assert_eq!(
        (&made["state"], &made["role_name"], &made["sends"]),
        (&json!("open"), &json!("rep"), &json!(1))
    );
    app.work().await;
    let mail = smtp.take().pop().unwrap();
    assert_eq!(mail.to, ["Mary@fields.example"]);
    let token = mail.token();
    assert!(!made.to_string().contains(&token));
    let seen = look(&app, &token).await.ok();
    assert_eq!(seen["organization"], "Test Company");
    assert_eq!(
        (&seen["next"], &seen["name"], &seen["role_name"]),
        (&json!("new_account"), &json!("Mary Fields"), &json!("rep"))
    );
    accept(&app, &token).await.expect(204);
    accept(&app, &token).await.problem(403, "invalid_link");
    look(&app, &token).await.problem(403, "invalid_link");
    let (browser, answer) = sign_in(&app, "mary@fields.example", NEW).await;
    answer.ok();
    let me = browser.get("/me").send().await.ok();
    assert_eq!(me["user"]["name"], "Mary Meadows");
    assert_eq!(
        (
            &me["membership"]["role"],
            &me["membership"]["row_scope"],
            &me["membership"]["team_id"]
        ),
        (&json!("rep"), &json!("team"), &team["id"])
    );
    let list = admin.get("/invitations").send().await.ok();
    assert_eq!(list["data"][0]["state"], "accepted");
    let told: Vec<(String, String, String)> = sqlx::query_as(
        "select entity, action, actor_name from audit_events where entity in ('invitation', 'member') and action <> 'read' order by seq",
    )
    .fetch_all(&app.admin_pool().await)
    .await
    .unwrap();
    let told: Vec<(&str, &str, &str)> = told
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    let who = told[0].2;
    assert_eq!(
        told,
        [
            ("invitation", "created", who),
            ("invitation", "accepted", "Mary Meadows"),
            ("member", "joined", "Mary Meadows")
        ]
    );
    let kept: Vec<u8> =
        sqlx::query_scalar("select token_hash from one_time_tokens union all select ''::bytea")
            .fetch_one(&app.admin_pool().await)
            .await
            .unwrap();
    assert!(kept.is_empty(), "no link is left");
}

#[tokio::test]
async fn the_inviter_does_not_learn_who_has_an_account() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let mut answers = Vec::new();
    for address in ["owner@other.example", "nobody@other.example"] {
        let body = json!({ "email": address, "role": "viewer" });
        let mut made = post(&owner, "/invitations", body).await.created();
        for differs in ["id", "email"] {
            made[differs] = Value::Null;
        }
        answers.push(made);
    }
    assert_eq!(answers[0], answers[1]);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("Subject"), mails[1].header("Subject"));
}

#[tokio::test]
async fn who_has_an_account_joins_with_it_and_nobody_else_does() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "email": "Owner@Other.example", "role": "finance" });
    let (_, token) = invite(&app, &smtp, &owner, body).await;
    assert_eq!(look(&app, &token).await.ok()["next"], "sign_in");
    accept(&app, &token).await.problem(409, "account_exists");
    let join = |by: &Client| {
        let (by, body) = (by.clone(), json!({ "token": token }));
        async move { post(&by, "/auth/invitations/join", body).await }
    };
    let rep = app.sign_in(Role::Rep).await;
    join(&rep).await.problem(403, "other_address");
    let stranger = app.stranger().await;
    let joined = join(&stranger).await.ok();
    assert_eq!(joined["organization"], "Test Company");
    join(&stranger).await.problem(403, "invalid_link");
    let me = stranger.get("/me").send().await.ok();
    assert_eq!(me["organizations"].as_array().unwrap().len(), 2);
    assert_eq!(me["membership"]["role"], "owner", "here all is as it was");
    let there = app.anonymous();
    let body = json!({ "email": "owner@other.example", "password": crate::harness::PASSWORD, "organization_id": joined["organization_id"] });
    let me = post(&there, "/auth/sign-in", body).await.ok();
    assert_eq!(me["membership"]["role"], "finance");
    let again = json!({ "email": "owner@other.example", "role": "rep" });
    post(&owner, "/invitations", again)
        .await
        .problem(409, "already_member");
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let admin = app.sign_in(Role::Admin).await;
    let as_role = |role: &str| json!({ "email": "a@fields.example", "role": role });
    post(&admin, "/invitations", as_role("owner"))
        .await
        .problem(403, "only_owners");
    let own = json!({ "name": "Office", "base": "viewer", "permissions": ["members.read", "members.write", "orders.read"] });
    let own = post(&owner, "/roles", own).await.created();
    let body = json!({ "email": "office@fields.example", "role_id": own["id"] });
    let (_, token) = invite(&app, &smtp, &owner, body).await;
    accept(&app, &token).await.expect(204);
    let (office, answer) = sign_in(&app, "office@fields.example", NEW).await;
    assert_eq!(answer.ok()["membership"]["role_name"], "Office");
    post(&office, "/invitations", as_role("viewer"))
        .await
        .problem(403, "role_beyond_yours");
    let body = json!({ "email": "b@fields.example", "role_id": own["id"] });
    let (made, token) = invite(&app, &smtp, &office, body).await;
    // who may no longer give it has not given it
    let members = owner.get("/members").send().await.ok();
    let mut members = members["data"].as_array().unwrap().iter();
    let one = members
        .find(|one| one["email"] == "office@fields.example")
        .unwrap();
    let path = format!("/members/{}", one["id"].as_str().unwrap());
    let demoted = owner.patch(path).any_version();
    demoted.json(json!({ "role": "viewer" })).send().await.ok();
    accept(&app, &token).await.problem(403, "invalid_link");
    let path = format!("/invitations/{}/resend", made["id"].as_str().unwrap());
    let resent = owner.post(path).any_version().send().await.ok();
    assert_eq!(resent["sends"], 2);
    app.work().await;
    let token = smtp.take().pop().unwrap().token();
    accept(&app, &token).await.expect(204);
    app.clock.advance(Duration::minutes(11));
    post(&owner, "/invitations", mary())
        .await
        .problem(403, "reauth_required");
    for role in [Role::Manager, Role::Rep, Role::Viewer] {
        let client = app.sign_in(role).await;
        post(&client, "/invitations", mary())
            .await
            .problem(403, "missing_permission");
    }
}

#[tokio::test]
async fn links_end_by_time_by_a_newer_one_and_by_being_taken_back() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let mut body = mary();
    body["expires_in_days"] = json!(8);
    let answer = post(&owner, "/invitations", body.clone()).await;
    answer.problem(422, "validation_failed");
    assert_eq!(answer.errors(), ["#/expires_in_days out_of_range"]);
    body["expires_in_days"] = json!(1);
    let (made, first) = invite(&app, &smtp, &owner, body).await;
    post(&owner, "/invitations", mary())
        .await
        .problem(409, "already_invited");
    let path = format!("/invitations/{}", made["id"].as_str().unwrap());
    app.clock.advance(Duration::days(1));
    look(&app, &first).await.problem(403, "invalid_link");
    let owner = app.sign_in(Role::Owner).await;
    let seen = owner.get(&path).send().await.ok();
    assert_eq!(seen["state"], "expired");
    for sends in 2..=5 {
        let resend = owner.post(format!("{path}/resend")).any_version();
        assert_eq!(resend.send().await.ok()["sends"], sends);
    }
    let resend = owner.post(format!("{path}/resend")).any_version();
    resend.send().await.problem(409, "sent_too_often");
    app.work().await;
    let tokens: Vec<String> = smtp.take().iter().map(|mail| mail.token()).collect();
    assert_eq!(tokens.len(), 3, "an address gets three letters an hour");
    for token in &tokens {
        look(&app, token).await.problem(403, "invalid_link");
    }
    owner.delete(&path).any_version().send().await.expect(204);
    owner
        .delete(&path)
        .any_version()
        .send()
        .await
        .problem(409, "invitation_ended");
    app.clock.advance(Duration::minutes(5));
    let other = json!({ "email": "other@fields.example", "role": "viewer" });
    let (made, token) = invite(&app, &smtp, &owner, other).await;
    let path = format!("/invitations/{}", made["id"].as_str().unwrap());
    owner.delete(&path).any_version().send().await.expect(204);
    accept(&app, &token).await.problem(403, "invalid_link");
    let again = post(&owner, "/invitations", mary()).await;
    again.created();
}

#[tokio::test]
async fn an_accepted_password_is_as_good_as_any() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let (_, token) = invite(&app, &smtp, &owner, mary()).await;
    for (password, code) in [
        ("short", "password_too_short"),
        ("mary meadows mary meadows", "password_too_weak"),
    ] {
        let body = json!({ "token": token, "name": "Mary Meadows", "password": password });
        let answer = post(&app.anonymous(), "/auth/invitations/accept", body).await;
        answer.problem(422, "validation_failed");
        assert_eq!(answer.errors(), [format!("#/password {code}")]);
    }
    for token in ["", "x", &"a".repeat(43), &"a".repeat(200)] {
        let status = look(&app, token).await.status.as_u16();
        assert!(matches!(status, 403 | 422), "{status}");
    }
    let reset = crate::accounts_password::reset_token(&app, &smtp, &email(Role::Rep)).await;
    accept(&app, &reset).await.problem(403, "invalid_link");
    let body = json!({ "token": token, "password": NEW });
    post(&app.anonymous(), "/auth/password-reset/complete", body)
        .await
        .problem(403, "invalid_link");
}

#[tokio::test]
async fn a_server_that_takes_nobody_invites_nobody() {
    let (app, _) = TestApp::configured_with_mail(|c| c.accounts.sign_up = SignUp::Off).await;
    let owner = app.sign_in(Role::Owner).await;
    post(&owner, "/invitations", mary())
        .await
        .problem(403, "invitations_closed");
    let off = som_server::config::MailTransport::Off;
    let app = TestApp::configured(|c| c.mail.transport = off).await;
    let owner = app.sign_in(Role::Owner).await;
    post(&owner, "/invitations", mary())
        .await
        .problem(403, "invitations_closed");
}

#[tokio::test]
async fn invitations_are_limited_per_person() {
    let (app, _) = TestApp::configured_with_mail(|c| {
        c.limits.enabled = true;
        c.limits.invitations_per_hour = 2;
    })
    .await;
    let owner = app.sign_in(Role::Owner).await;
    for number in 0..2 {
        let body = json!({ "email": format!("{number}@fields.example"), "role": "viewer" });
        post(&owner, "/invitations", body).await.created();
    }
    post(&owner, "/invitations", mary())
        .await
        .problem(429, "rate_limited");
    let admin = app.sign_in(Role::Admin).await;
    post(&admin, "/invitations", mary()).await.created();
}
