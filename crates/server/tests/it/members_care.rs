//! What administrators do for members: end their sessions, and let them in again who lost their second factor.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::accounts::post;
use crate::accounts_password::sign_in;
use crate::harness::{Client, PASSWORD, TestApp, email};
use crate::invitations::invite;
use crate::second_factors::enrol;

async fn path(by: &Client, role: Role, action: &str) -> String {
    let listed = by.get("/members").send().await.ok();
    let mut members = listed["data"].as_array().unwrap().iter();
    let one = members.find(|one| one["email"] == email(role)).unwrap();
    format!("/members/{}/{action}", one["id"].as_str().unwrap())
}

async fn act(by: &Client, path: &str) -> crate::harness::Answer {
    by.post(path).any_version().send().await
}

#[tokio::test]
async fn a_lost_second_factor_is_removed_and_its_person_hears_of_it() {
    let (app, smtp) = TestApp::with_mail().await;
    let rep = app.sign_in(Role::Rep).await;
    enrol(&app, &rep).await;
    app.work().await;
    smtp.take();
    let admin = app.sign_in(Role::Admin).await;
    let path = path(&admin, Role::Rep, "reset-second-factors").await;
    let view = act(&admin, &path).await.ok();
    assert_eq!(view["second_factor_since"], Value::Null);
    assert_eq!(rep.get("/me").send().await.status, 401);
    act(&admin, &path).await.problem(409, "no_second_factor");
    app.work().await;
    let mail = smtp.take().pop().unwrap();
    assert_eq!(mail.to, [email(Role::Rep)]);
    assert_eq!(mail.header("Subject"), "Your second factors were removed");
    let (_, answer) = sign_in(&app, &email(Role::Rep), PASSWORD).await;
    answer.ok();
    let told: (String, String) = sqlx::query_as(
        "select entity, actor_kind from audit_events where action = 'second_factors_reset'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(told, ("member".to_owned(), "user".to_owned()));
}

#[tokio::test]
async fn nobody_removes_the_factor_of_somebody_above_or_of_another_organization() {
    let (app, smtp) = TestApp::with_mail().await;
    let owner = app.sign_in(Role::Owner).await;
    let admin = app.sign_in(Role::Admin).await;
    let action = "reset-second-factors";
    act(&admin, &path(&admin, Role::Owner, action).await)
        .await
        .problem(403, "only_owners");
    act(&owner, &path(&owner, Role::Owner, action).await)
        .await
        .problem(409, "not_yourself");
    act(&admin, &path(&admin, Role::Owner, "end-sessions").await)
        .await
        .problem(403, "only_owners");
    // one who manages members and has little else
    let own = json!({ "name": "Office", "base": "viewer", "permissions": ["members.read", "members.write"] });
    let own = post(&owner, "/roles", own).await.created();
    let viewer = path(&owner, Role::Viewer, "").await;
    let viewer = owner.patch(viewer.trim_end_matches('/')).any_version();
    viewer
        .json(json!({ "role_id": own["id"] }))
        .send()
        .await
        .ok();
    let office = app.sign_in(Role::Viewer).await;
    for action in [action, "end-sessions"] {
        act(&office, &path(&office, Role::Rep, action).await)
            .await
            .problem(403, "role_beyond_yours");
    }
    // whose factor protects another organization, too
    let body = json!({ "email": "owner@other.example", "role": "rep" });
    let (_, token) = invite(&app, &smtp, &owner, body).await;
    let stranger = app.stranger().await;
    let body = json!({ "token": token });
    post(&stranger, "/auth/invitations/join", body).await.ok();
    enrol(&app, &stranger).await;
    let listed = owner.get("/members").send().await.ok();
    let mut members = listed["data"].as_array().unwrap().iter();
    let one = members.find(|one| one["email"] == "owner@other.example");
    let id = one.unwrap()["id"].as_str().unwrap();
    act(&owner, &format!("/members/{id}/reset-second-factors"))
        .await
        .problem(409, "works_elsewhere");
    app.clock.advance(Duration::minutes(11));
    for action in [action, "end-sessions"] {
        act(&owner, &path(&owner, Role::Rep, action).await)
            .await
            .problem(403, "reauth_required");
    }
}

#[tokio::test]
async fn sessions_of_a_member_end_at_once() {
    let app = TestApp::new().await;
    let (one, two) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    let viewer = app.sign_in(Role::Viewer).await;
    let admin = app.sign_in(Role::Admin).await;
    let path = path(&admin, Role::Rep, "end-sessions").await;
    act(&admin, &path).await.ok();
    for browser in [&one, &two] {
        browser
            .get("/me")
            .send()
            .await
            .problem(401, "session_ended");
    }
    viewer.get("/me").send().await.ok();
    app.sign_in(Role::Rep).await.get("/me").send().await.ok();
    let facts: Value = sqlx::query_scalar(
        "select diff from audit_events where entity = 'member' and action = 'sessions_ended'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(facts, json!({ "sessions": 2 }));
}
