//! Members, their roles, and teams.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp, email};

fn mary() -> Value {
    json!({ "name": "Mary Fields", "email": "mary@test.example", "password": "violet harbour nine lamps", "role": "rep" })
}

async fn member(client: &Client, email: &str) -> Value {
    let list = client.get("/members").send().await.ok();
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["email"] == email)
        .cloned()
        .unwrap()
}

#[tokio::test]
async fn an_administrator_adds_a_member_who_signs_in() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let answer = admin.post("/members").json(mary()).send().await;
    let view = answer.created();
    assert_eq!(
        (
            view["role"].as_str(),
            view["row_scope"].as_str(),
            view["state"].as_str()
        ),
        (Some("rep"), Some("own"), Some("active"))
    );
    assert!(!answer.text().contains("violet") && !answer.text().contains("argon2"));
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(admin.get(location).send().await.ok(), view);
    let browser = app.anonymous();
    browser
        .post("/auth/sign-in")
        .json(json!({ "email": "mary@test.example", "password": "violet harbour nine lamps" }))
        .send()
        .await
        .ok();
    admin
        .post("/members")
        .json(mary())
        .send()
        .await
        .problem(409, "duplicate_email");
    let audited: Value = sqlx::query_scalar(
        "select diff from audit_events where entity = 'member' and action = 'created'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(audited, json!({ "role": { "from": null, "to": "rep" } }));
}

#[tokio::test]
async fn weak_passwords_and_wrong_words_are_refused() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let with = |field: &str, value: Value| {
        let mut body = mary();
        body[field] = value;
        body
    };
    for (password, code) in [
        ("short", "password_too_short"),
        ("maryfieldsmaryfields", "password_too_weak"),
        ("123456789012345", "password_too_weak"),
    ] {
        let answer = admin
            .post("/members")
            .json(with("password", password.into()))
            .send()
            .await;
        answer.problem(422, "validation_failed");
        assert_eq!(answer.errors(), [format!("#/password {code}")]);
    }
    assert_eq!(
        admin
            .post("/members")
            .json(with("role", "boss".into()))
            .send()
            .await
            .errors(),
        ["#/role unknown_value"]
    );
    assert_eq!(
        admin
            .post("/members")
            .json(with("email", "a b@c".into()))
            .send()
            .await
            .errors(),
        ["#/email invalid_email"]
    );
    let team = "team_01K9ZC5T3GE8V9M4R2X7Q6P0AB";
    assert_eq!(
        admin
            .post("/members")
            .json(with("team_id", team.into()))
            .send()
            .await
            .errors(),
        ["#/team_id unknown_team"]
    );
}

#[tokio::test]
async fn others_may_not_manage_members() {
    let app = TestApp::new().await;
    for role in [Role::Rep, Role::Finance, Role::Warehouse, Role::Viewer] {
        let client = app.sign_in(role).await;
        let problem = client
            .get("/members")
            .send()
            .await
            .problem(403, "missing_permission");
        assert_eq!(problem["missing_permission"], "members.read");
        client
            .post("/members")
            .json(mary())
            .send()
            .await
            .problem(403, "missing_permission");
    }
    let manager = app.sign_in(Role::Manager).await;
    manager.get("/members").send().await.ok();
    manager
        .post("/teams")
        .json(json!({ "name": "North" }))
        .send()
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn a_demotion_counts_from_the_next_request() {
    let app = TestApp::new().await;
    let (owner, manager) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Manager).await,
    );
    manager.get("/members").send().await.ok();
    let view = member(&owner, &email(Role::Manager)).await;
    let path = format!("/members/{}", view["id"].as_str().unwrap());
    owner
        .patch(&path)
        .json(json!({ "role": "viewer" }))
        .send()
        .await
        .problem(428, "precondition_required");
    owner
        .patch(&path)
        .if_match(7)
        .json(json!({ "role": "viewer" }))
        .send()
        .await
        .problem(412, "stale_version");
    let changed = owner
        .patch(&path)
        .if_match(1)
        .json(json!({ "role": "viewer" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (
            changed["role"].as_str(),
            changed["version"].as_i64(),
            changed["row_scope"].as_str()
        ),
        (Some("viewer"), Some(2), Some("organization"))
    );
    manager
        .get("/members")
        .send()
        .await
        .problem(403, "missing_permission");
    assert_eq!(
        manager.get("/me").send().await.ok()["membership"]["role"],
        "viewer"
    );
}

#[tokio::test]
async fn suspension_ends_every_session() {
    let app = TestApp::new().await;
    let (owner, rep) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Rep).await);
    rep.get("/me").send().await.ok();
    let path = format!(
        "/members/{}",
        member(&owner, &email(Role::Rep)).await["id"]
            .as_str()
            .unwrap()
    );
    owner
        .patch(&path)
        .any_version()
        .json(json!({ "state": "suspended" }))
        .send()
        .await
        .ok();
    rep.get("/me").send().await.problem(401, "session_ended");
    rep.post("/auth/refresh")
        .send()
        .await
        .problem(401, "session_ended");
    let again = json!({ "email": email(Role::Rep), "password": crate::harness::PASSWORD });
    app.anonymous()
        .post("/auth/sign-in")
        .json(again)
        .send()
        .await
        .problem(401, "invalid_credentials");
    owner
        .patch(&path)
        .any_version()
        .json(json!({ "state": "active" }))
        .send()
        .await
        .ok();
    rep.get("/me").send().await.problem(401, "unauthenticated");
    app.clock.advance(chrono::Duration::seconds(5));
    app.sign_in(Role::Rep).await.get("/me").send().await.ok();
}

#[tokio::test]
async fn owners_are_made_by_owners_and_one_always_stays() {
    let app = TestApp::new().await;
    let (owner, admin) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Admin).await,
    );
    let mut body = mary();
    body["role"] = "owner".into();
    admin
        .post("/members")
        .json(body)
        .send()
        .await
        .problem(403, "only_owners");
    let path = |view: &Value| format!("/members/{}", view["id"].as_str().unwrap());
    let (first, second) = (
        member(&owner, &email(Role::Owner)).await,
        member(&owner, &email(Role::Admin)).await,
    );
    admin
        .patch(path(&first))
        .any_version()
        .json(json!({ "role": "rep" }))
        .send()
        .await
        .problem(403, "only_owners");
    admin
        .patch(path(&first))
        .any_version()
        .json(json!({ "state": "suspended" }))
        .send()
        .await
        .problem(403, "only_owners");
    admin
        .patch(path(&second))
        .any_version()
        .json(json!({ "role": "owner" }))
        .send()
        .await
        .problem(403, "only_owners");
    owner
        .patch(path(&first))
        .any_version()
        .json(json!({ "role": "rep" }))
        .send()
        .await
        .problem(409, "last_owner");
    owner
        .patch(path(&first))
        .any_version()
        .json(json!({ "state": "suspended" }))
        .send()
        .await
        .problem(409, "last_owner");
    owner
        .patch(path(&second))
        .any_version()
        .json(json!({ "role": "owner" }))
        .send()
        .await
        .ok();
    owner
        .patch(path(&first))
        .any_version()
        .json(json!({ "role": "rep" }))
        .send()
        .await
        .ok();
    admin
        .patch(path(&second))
        .any_version()
        .json(json!({ "role": "rep" }))
        .send()
        .await
        .problem(409, "last_owner");
}

#[tokio::test]
async fn two_owners_cannot_remove_each_other_at_once() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let second = member(&owner, &email(Role::Admin)).await;
    let path = |view: &Value| format!("/members/{}", view["id"].as_str().unwrap());
    owner
        .patch(path(&second))
        .any_version()
        .json(json!({ "role": "owner" }))
        .send()
        .await
        .ok();
    let admin = app.sign_in(Role::Admin).await;
    let first = member(&owner, &email(Role::Owner)).await;
    let step_down = |client: Client, path: String| async move {
        client
            .patch(path)
            .any_version()
            .json(json!({ "role": "rep" }))
            .send()
            .await
            .status
            .as_u16()
    };
    let (one, two) = tokio::join!(
        step_down(owner, path(&first)),
        step_down(admin, path(&second))
    );
    let mut statuses = [one, two];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
