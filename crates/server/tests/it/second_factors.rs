//! Second factors of one's own: an authenticator app and recovery codes, set up, replaced, removed.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;
use totp_rs::{Builder, Secret};

use crate::accounts::post;
use crate::harness::{Answer, Client, PASSWORD, TestApp, email};

pub const APP: &str = "/second-factors/authenticator";

/// An authenticator app that was set up.
pub struct Enrolled {
    pub secret: String,
    pub codes: Vec<String>,
}

/// The code an app shows so many seconds from now.
pub fn code(app: &TestApp, secret: &str, shift: i64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("x");
    let at = app.clock.now().timestamp() + shift;
    let token = totp.build().unwrap().generate(u64::try_from(at).unwrap());
    token.to_string()
}

pub async fn begin(person: &Client) -> String {
    let begun = post(person, APP, json!({})).await.ok();
    begun["secret"].as_str().unwrap().to_owned()
}

pub async fn confirm(person: &Client, code: &str) -> Answer {
    let path = format!("{APP}/confirm");
    post(person, &path, json!({ "code": code })).await
}

pub fn codes(answer: &Value) -> Vec<String> {
    let codes = answer["recovery_codes"].as_array().unwrap();
    let text = |code: &Value| code.as_str().unwrap().to_owned();
    codes.iter().map(text).collect()
}

/// Sets up an app and waits for its next code: that of now is taken.
pub async fn enrol(app: &TestApp, person: &Client) -> Enrolled {
    let secret = begin(person).await;
    let answer = confirm(person, &code(app, &secret, 0)).await.ok();
    app.clock.advance(Duration::seconds(30));
    Enrolled {
        secret,
        codes: codes(&answer),
    }
}

/// What happened to accounts, by the audit of the caller's organization.
pub async fn audited(app: &TestApp, action: &str) -> Vec<(String, Value)> {
    let sql = "select e.actor_kind, e.diff from audit_events e join organizations o on o.id = e.organization_id
                where e.entity = 'user' and e.action = $1 and o.name = 'Test Company' order by e.at, e.id";
    let rows = sqlx::query_as(sql).bind(action);
    rows.fetch_all(&app.admin_pool().await).await.unwrap()
}

async fn step_up(person: &Client, body: Value) -> Answer {
    post(person, "/auth/step-up", body).await
}

#[tokio::test]
async fn an_app_counts_from_its_first_code_on() {
    let (app, smtp) = TestApp::with_mail().await;
    let (here, there) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    let none = here.get("/second-factors").send().await.ok();
    assert_eq!(none["authenticator"], Value::Null);
    assert_eq!(none["recovery_codes"]["left"], 0);
    let begun = post(&here, APP, json!({})).await.ok();
    let address = begun["address"].as_str().unwrap();
    assert!(address.contains("rep%40test.example"), "{address}");
    assert!(begun["qr_code"]["path"].as_str().unwrap().starts_with('M'));
    let secret = begun["secret"].as_str().unwrap();
    // begun and not confirmed, it changes nothing
    assert_eq!(
        here.get("/me").send().await.ok()["second_factor"]["set_up"],
        false
    );
    app.sign_in(Role::Rep).await;
    confirm(&here, "000000").await.problem(403, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    let fresh = confirm(&here, &code(&app, secret, 0)).await.ok();
    assert_eq!(codes(&fresh).len(), 10);
    let shown = here.get("/second-factors").send().await.ok();
    assert_eq!(
        shown["authenticator"]["added_at"],
        "2026-11-24T12:00:05.000000Z"
    );
    assert_eq!(shown["recovery_codes"]["left"], 10);
    assert!(!shown.to_string().contains(secret));
    assert_eq!(
        here.get("/me").send().await.ok()["second_factor"]["set_up"],
        true
    );
    there.get("/me").send().await.problem(401, "session_ended");
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        mails[0].header("Subject"),
        "An authenticator app was set up"
    );
    assert_eq!(audited(&app, "authenticator_added").await.len(), 1);
    let members = app
        .sign_in(Role::Owner)
        .await
        .get("/members")
        .send()
        .await
        .ok();
    let members = members["data"].as_array().unwrap();
    let having = members
        .iter()
        .filter(|m| !m["second_factor_since"].is_null());
    assert_eq!(having.map(|m| &m["role"]).collect::<Vec<_>>(), ["rep"]);
}

#[tokio::test]
async fn nothing_at_rest_tells_a_secret_or_a_code() {
    let app = TestApp::new().await;
    let enrolled = enrol(&app, &app.sign_in(Role::Rep).await).await;
    let pool = app.admin_pool().await;
    let (row, hashes): (String, String) = sqlx::query_as(
        "select (select row_to_json(a)::text from authenticators a), (select string_agg(c::text, '|') from recovery_codes c)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(row.contains("\"secret\":\"v1|"), "{row}");
    assert!(!row.contains(&enrolled.secret));
    for code in &enrolled.codes {
        assert!(!hashes.contains(code.as_str()));
        assert!(!hashes.contains(&code.replace('-', "")));
    }
    // sealed for its person: copied to another it opens nothing
    sqlx::query("insert into authenticators (user_id, secret, added_at) select u.id, a.secret, a.added_at from users u, authenticators a where u.email = 'viewer@test.example'")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("update users set second_factor_since = now() where email = 'viewer@test.example'")
        .execute(&pool)
        .await
        .unwrap();
    let viewer = app.anonymous();
    let body = json!({ "email": email(Role::Viewer), "password": PASSWORD });
    post(&viewer, "/auth/sign-in", body)
        .await
        .problem(401, "second_factor_required");
    let code = code(&app, &enrolled.secret, 0);
    let body = json!({ "method": "totp", "code": code });
    let answer = post(&viewer, "/auth/sign-in/second-factor", body).await;
    answer.problem(500, "internal");
}

#[tokio::test]
async fn a_new_app_waits_ten_minutes_for_its_person_alone() {
    let app = TestApp::new().await;
    let (rep, viewer) = (
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Viewer).await,
    );
    confirm(&rep, "123456").await.problem(409, "nothing_begun");
    app.clock.advance(Duration::seconds(5));
    let secret = begin(&rep).await;
    confirm(&viewer, &code(&app, &secret, 0))
        .await
        .problem(409, "nothing_begun");
    app.clock.advance(Duration::minutes(10));
    confirm(&rep, &code(&app, &secret, 0))
        .await
        .problem(409, "nothing_begun");
}

#[tokio::test]
async fn changes_need_a_proof_of_a_moment_ago_by_both_factors() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let enrolled = enrol(&app, &rep).await;
    app.clock.advance(Duration::minutes(11));
    let codes_path = "/second-factors/recovery-codes";
    let password =
        json!({ "current_password": PASSWORD, "new_password": "seven lanterns over copper bay" });
    post(&rep, APP, json!({}))
        .await
        .problem(403, "reauth_required");
    rep.delete(APP).send().await.problem(403, "reauth_required");
    post(&rep, codes_path, json!({}))
        .await
        .problem(403, "reauth_required");
    post(&rep, "/auth/password", password.clone())
        .await
        .problem(403, "reauth_required");
    let with = |code: &str| json!({ "password": PASSWORD, "second_factor": { "method": "totp", "code": code } });
    step_up(&rep, json!({ "password": PASSWORD }))
        .await
        .problem(403, "second_factor_required");
    step_up(&rep, with("000000"))
        .await
        .problem(403, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    let right = code(&app, &enrolled.secret, 0);
    let mut wrong = with(&right);
    wrong["password"] = json!("not the present one");
    step_up(&rep, wrong).await.problem(403, "wrong_password");
    app.clock.advance(Duration::seconds(5));
    step_up(&rep, with(&right)).await.expect(204);
    app.clock.advance(Duration::seconds(5));
    step_up(&rep, with(&right)).await.problem(403, "wrong_code");
    let fresh = codes(&post(&rep, codes_path, json!({})).await.ok());
    assert!(fresh.iter().all(|code| !enrolled.codes.contains(code)));
    post(&rep, "/auth/password", password).await.expect(204);
}

#[tokio::test]
async fn recovery_codes_made_anew_replace_all() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    post(&rep, "/second-factors/recovery-codes", json!({}))
        .await
        .problem(409, "no_second_factor");
    let old = enrol(&app, &rep).await.codes;
    let fresh = codes(
        &post(&rep, "/second-factors/recovery-codes", json!({}))
            .await
            .ok(),
    );
    let with = |code: &str| json!({ "password": PASSWORD, "second_factor": { "method": "recovery_code", "code": code } });
    step_up(&rep, with(&old[0]))
        .await
        .problem(403, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    step_up(&rep, with(&fresh[0].to_uppercase().replace('-', " ")))
        .await
        .expect(204);
    let left = rep.get("/second-factors").send().await.ok();
    assert_eq!(left["recovery_codes"]["left"], 9);
    app.work().await;
    let mut subjects: Vec<_> = smtp.take().iter().map(|m| m.header("Subject")).collect();
    subjects.sort();
    assert_eq!(
        subjects,
        [
            "A recovery code was used",
            "An authenticator app was set up",
            "Your recovery codes were made anew"
        ]
    );
    let used = audited(&app, "recovery_code_used").await;
    assert_eq!(used, [("user".to_owned(), json!({ "left": 9 }))]);
}

#[tokio::test]
async fn another_app_takes_the_place_of_the_first() {
    let app = TestApp::new().await;
    let rep = app.sign_in(Role::Rep).await;
    let first = enrol(&app, &rep).await;
    let second = enrol(&app, &rep).await;
    let with = |code: String| json!({ "password": PASSWORD, "second_factor": { "method": "totp", "code": code } });
    step_up(&rep, with(code(&app, &first.secret, 0)))
        .await
        .problem(403, "wrong_code");
    app.clock.advance(Duration::seconds(5));
    step_up(&rep, with(code(&app, &second.secret, 0)))
        .await
        .expect(204);
    let shown = rep.get("/second-factors").send().await.ok();
    assert_eq!(shown["recovery_codes"]["left"], 10);
}

#[tokio::test]
async fn a_removed_app_no_longer_counts() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    rep.delete(APP).send().await.problem(404, "not_found");
    let enrolled = enrol(&app, &rep).await;
    rep.delete(APP).send().await.expect(204);
    let shown = rep.get("/second-factors").send().await.ok();
    assert_eq!(shown["authenticator"], Value::Null);
    assert_eq!(shown["recovery_codes"]["left"], 0);
    app.sign_in(Role::Rep).await;
    let body = json!({ "password": PASSWORD, "second_factor": { "method": "recovery_code", "code": enrolled.codes[0] } });
    // nothing is asked for, so nothing is looked at
    step_up(&rep, body).await.expect(204);
    app.work().await;
    let subjects: Vec<_> = smtp.take().iter().map(|m| m.header("Subject")).collect();
    assert!(subjects.contains(&"The authenticator app was removed".to_owned()));
    assert_eq!(audited(&app, "authenticator_removed").await.len(), 1);
}

#[tokio::test]
async fn the_command_line_lets_somebody_back_in() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    let (exit, _, said) = app
        .command(&["admin", "reset-mfa", "nobody@test.example"])
        .await;
    assert_eq!(exit, 7, "{said}");
    let (exit, _, said) = app
        .command(&["admin", "reset-mfa", "rep@test.example"])
        .await;
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("no second factor"), "{said}");
    enrol(&app, &rep).await;
    app.work().await;
    smtp.take();
    // the command works at the real time, which is behind or ahead of the test's
    let (exit, _, said) = app
        .command(&["admin", "reset-mfa", "Rep@test.example"])
        .await;
    assert_eq!(exit, 0, "{said}");
    app.clock.advance(Duration::seconds(6));
    rep.get("/me").send().await.problem(401, "session_ended");
    let again = app.sign_in(Role::Rep).await;
    let shown = again.get("/second-factors").send().await.ok();
    assert_eq!(shown["authenticator"], Value::Null);
    let reset = audited(&app, "second_factors_reset").await;
    assert_eq!(
        reset,
        [("system".to_owned(), json!({ "by": "command line" }))]
    );
}
