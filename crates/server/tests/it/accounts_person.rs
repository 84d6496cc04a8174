//! A person changes the address of an account, leaves an organization, and deletes the account.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::{NEW, ada, open, post};
use crate::accounts_password::sign_in;
use crate::harness::smtp::{Mail, Smtp};
use crate::harness::{PASSWORD, TestApp, email};
use crate::invitations::{accept, invite};

const FRESH: &str = "rep@fresh.example";

async fn follow(app: &TestApp, what: &str, token: &str) -> crate::harness::Answer {
    let body = json!({ "token": token });
    post(&app.anonymous(), &format!("/auth/email/{what}"), body).await
}

/// The letters of one address by their subjects.
fn to<'a>(mails: &'a [Mail], address: &str) -> Vec<(String, &'a Mail)> {
    let mine = mails.iter().filter(|mail| mail.to == [address]);
    mine.map(|mail| (mail.header("Subject"), mail)).collect()
}

async fn changed(app: &TestApp, smtp: &Smtp) -> Vec<Mail> {
    let rep = app.sign_in(Role::Rep).await;
    let body = json!({ "email": "Rep@fresh.example" });
    post(&rep, "/auth/email", body).await.expect(202);
    app.work().await;
    let mails = smtp.take();
    let old = email(Role::Rep);
    assert_eq!(
        to(&mails, &old)[0].0,
        "A change of your e-mail address was asked for"
    );
    let (subject, mail) = &to(&mails, "Rep@fresh.example")[0];
    assert_eq!(subject, "Confirm your new e-mail address");
    let token = mail.token();
    rep.get("/me").send().await.ok();
    let (_, early) = sign_in(app, FRESH, PASSWORD).await;
    early.problem(401, "invalid_credentials");
    follow(app, "confirm", &token).await.expect(204);
    follow(app, "confirm", &token)
        .await
        .problem(403, "invalid_link");
    rep.get("/me").send().await.problem(401, "session_ended");
    app.work().await;
    smtp.take()
}

#[tokio::test]
async fn a_new_address_counts_when_its_mailbox_answered_and_both_are_told() {
    let (app, smtp) = TestApp::with_mail().await;
    let mails = changed(&app, &smtp).await;
    for address in ["Rep@fresh.example", &email(Role::Rep)] {
        assert_eq!(to(&mails, address)[0].0, "Your e-mail address was changed");
    }
    let (_, old) = sign_in(&app, &email(Role::Rep), PASSWORD).await;
    old.problem(401, "invalid_credentials");
    let (browser, new) = sign_in(&app, FRESH, PASSWORD).await;
    assert_eq!(new.ok()["user"]["email"], "Rep@fresh.example");
    browser.get("/me").send().await.ok();
    let told: Vec<String> =
        sqlx::query_scalar("select action from audit_events where entity = 'user' order by seq")
            .fetch_all(&app.admin_pool().await)
            .await
            .unwrap();
    assert_eq!(told, ["email_change_requested", "email_changed"]);
}

#[tokio::test]
async fn the_mailbox_before_takes_its_address_back() {
    let (app, smtp) = TestApp::with_mail().await;
    let mails = changed(&app, &smtp).await;
    let undo = to(&mails, &email(Role::Rep))[0].1.token();
    let (thief, answer) = sign_in(&app, FRESH, PASSWORD).await;
    answer.ok();
    app.clock.advance(Duration::days(7));
    follow(&app, "undo", &undo)
        .await
        .problem(403, "invalid_link");
    app.clock.advance(-Duration::seconds(1));
    follow(&app, "confirm", &undo)
        .await
        .problem(403, "invalid_link");
    follow(&app, "undo", &undo).await.expect(204);
    follow(&app, "undo", &undo)
        .await
        .problem(403, "invalid_link");
    assert_eq!(thief.get("/me").send().await.status, 401);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(
        to(&mails, "Rep@fresh.example")[0].0,
        "Your e-mail address was changed"
    );
    let (subject, mail) = &to(&mails, &email(Role::Rep))[0];
    assert_eq!(subject, "Set a new password");
    let body = json!({ "token": mail.token(), "password": NEW });
    post(&app.anonymous(), "/auth/password-reset/complete", body)
        .await
        .expect(204);
    let (_, answer) = sign_in(&app, &email(Role::Rep), NEW).await;
    answer.ok();
}

#[tokio::test]
async fn an_address_somebody_has_is_not_told_to_who_asks() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    let ask = |address: &str| {
        let (rep, body) = (rep.clone(), json!({ "email": address }));
        async move { post(&rep, "/auth/email", body).await }
    };
    let known = ask("owner@other.example").await;
    known.expect(202);
    assert!(known.bytes.is_empty());
    let same = ask("REP@test.example").await;
    same.problem(422, "validation_failed");
    assert_eq!(same.errors(), ["#/email same_address"]);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(
        to(&mails, "owner@other.example")[0].0,
        "Your e-mail address was entered for another account"
    );
    // two want the same: the first mailbox that answers has it
    ask("fresh@test.example").await.expect(202);
    app.work().await;
    let first = to(&smtp.take(), "fresh@test.example")[0].1.token();
    let viewer = app.sign_in(Role::Viewer).await;
    let body = json!({ "email": "fresh@test.example" });
    post(&viewer, "/auth/email", body).await.expect(202);
    app.work().await;
    let second = to(&smtp.take(), "fresh@test.example")[0].1.token();
    follow(&app, "confirm", &second).await.expect(204);
    follow(&app, "confirm", &first)
        .await
        .problem(409, "account_exists");
    app.clock.advance(Duration::minutes(11));
    ask("late@test.example")
        .await
        .problem(403, "reauth_required");
}

#[tokio::test]
async fn who_leaves_is_out_at_once_and_comes_back_by_invitation() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    post(&owner, "/auth/leave", json!({}))
        .await
        .problem(409, "last_owner");
    let rep = app.sign_in(Role::Rep).await;
    let other = app.sign_in(Role::Rep).await;
    let key = json!({ "name": "Shop", "scopes": ["orders.read"] });
    post(&rep, "/api-keys", key).await.created();
    let answer = post(&rep, "/auth/leave", json!({})).await;
    answer.expect(204);
    assert!(rep.cookie("som_at").is_none());
    other.get("/me").send().await.problem(401, "session_ended");
    let (_, answer) = sign_in(&app, &email(Role::Rep), PASSWORD).await;
    answer.problem(401, "invalid_credentials");
    let (living, left): (i64, i64) = sqlx::query_as(
        "select (select count(*) from api_keys where revoked_at is null),
                (select count(*) from audit_events where entity = 'member' and action = 'left' and actor_name is not null)",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!((living, left), (0, 1));
    let listed = owner.get("/members").send().await.ok();
    assert!(!listed.to_string().contains(&email(Role::Rep)));
    let body = json!({ "email": email(Role::Rep), "role": "viewer" });
    let (_, token) = invite(&app, &smtp, &owner, body).await;
    accept(&app, &token).await.expect(204);
    let (_, answer) = sign_in(&app, &email(Role::Rep), NEW).await;
    assert_eq!(answer.ok()["membership"]["role"], "viewer");
}

#[tokio::test]
async fn a_colleagues_switch_lets_nobody_in_who_left() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let listed = owner.get("/members").send().await.ok();
    let mut members = listed["data"].as_array().unwrap().iter();
    let rep = members.find(|one| one["role"] == "rep").unwrap();
    let path = format!("/members/{}", rep["id"].as_str().unwrap());
    let browser = app.sign_in(Role::Rep).await;
    post(&browser, "/auth/leave", json!({})).await.expect(204);
    let patch = owner.patch(&path).any_version();
    patch
        .json(json!({ "state": "active" }))
        .send()
        .await
        .problem(409, "member_left");
    assert_eq!(owner.get(&path).send().await.ok()["state"], "left");
}

#[tokio::test]
async fn a_deleted_account_is_a_former_member() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    crate::second_factors::enrol(&app, &rep).await;
    app.work().await;
    smtp.take();
    rep.delete("/auth/account").send().await.expect(204);
    app.work().await;
    let mails = smtp.take();
    assert_eq!(
        to(&mails, &email(Role::Rep))[0].0,
        "Your account was deleted"
    );
    let (_, answer) = sign_in(&app, &email(Role::Rep), PASSWORD).await;
    answer.problem(401, "invalid_credentials");
    let pool = app.admin_pool().await;
    let (name, address, state, hash): (String, String, String, Option<String>) = sqlx::query_as(
        "select name, email, state, password_hash from users where state = 'deleted'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        (name.as_str(), state.as_str(), hash),
        ("Former member", "deleted", None)
    );
    assert!(address.ends_with("@deleted.invalid"), "{address}");
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from authenticators) + (select count(*) from recovery_codes) + (select count(*) from passkeys)
              + (select count(*) from sessions s join users u on u.id = s.user_id where u.state = 'deleted' and (s.ended_at is null or s.ip is not null or s.user_agent <> ''))",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(left, 0);
    let told: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where action in ('account_deleted', 'left') order by seq",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(told, ["account_deleted", "left"]);
    let owner = app.sign_in(Role::Owner).await;
    owner
        .delete("/auth/account")
        .send()
        .await
        .problem(409, "last_owner");
    app.clock.advance(Duration::minutes(11));
    let late = app.sign_in(Role::Viewer).await;
    app.clock.advance(Duration::minutes(11));
    late.delete("/auth/account")
        .send()
        .await
        .problem(403, "reauth_required");
}

#[tokio::test]
async fn nobody_who_reads_the_table_learns_who_is_signing_up() {
    let (app, _) = open().await;
    let browser = app.anonymous();
    post(&browser, "/auth/sign-up", ada("ada@analytical.example"))
        .await
        .expect(202);
    let kept: Vec<(Option<String>, Value)> =
        sqlx::query_as("select email, payload from one_time_tokens")
            .fetch_all(&app.admin_pool().await)
            .await
            .unwrap();
    assert_eq!(kept.len(), 1);
    let text = format!("{kept:?}").to_lowercase();
    for word in ["ada", "byron", "analytical", "argon2", "london"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}
