//! Own sessions: seen, and ended at once.

use serde_json::json;
use som_server::permission::Role;

use crate::harness::TestApp;

#[tokio::test]
async fn a_person_sees_own_sessions_only() {
    let app = TestApp::new().await;
    let first = app.sign_in(Role::Rep).await;
    app.clock.advance(chrono::Duration::seconds(1));
    let second = app.anonymous();
    let body = json!({ "email": "rep@test.example", "password": crate::harness::PASSWORD });
    second
        .post("/auth/sign-in")
        .header("user-agent", "Test/1.0")
        .json(body)
        .send()
        .await
        .ok();
    app.sign_in(Role::Admin).await;
    let list = second.get("/sessions").send().await.ok();
    let sessions = list["data"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (
            sessions[0]["current"].as_bool(),
            sessions[1]["current"].as_bool()
        ),
        (Some(true), Some(false))
    );
    assert_eq!(sessions[0]["user_agent"], "Test/1.0");
    assert_eq!(sessions[0]["ip"], "127.0.0.1");
    assert_eq!(list["page"]["has_more"], false);
    first.get("/me").send().await.ok();
}

#[tokio::test]
async fn revoking_one_takes_effect_at_once() {
    let app = TestApp::new().await;
    let (here, there) = (app.sign_in(Role::Rep).await, app.sign_in(Role::Rep).await);
    let id = there.get("/me").send().await.ok()["session"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    there.get("/me").send().await.ok();
    assert_eq!(
        here.delete(format!("/sessions/{id}"))
            .send()
            .await
            .status
            .as_u16(),
        204
    );
    there.get("/me").send().await.problem(401, "session_ended");
    here.get("/me").send().await.ok();
    here.delete(format!("/sessions/{id}"))
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn another_persons_session_does_not_exist() {
    let app = TestApp::new().await;
    let (rep, stranger) = (app.sign_in(Role::Rep).await, app.stranger().await);
    let id = rep.get("/me").send().await.ok()["session"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    stranger
        .delete(format!("/sessions/{id}"))
        .send()
        .await
        .problem(404, "not_found");
    app.sign_in(Role::Owner)
        .await
        .delete(format!("/sessions/{id}"))
        .send()
        .await
        .problem(404, "not_found");
    rep.delete("/sessions/nonsense")
        .send()
        .await
        .problem(404, "not_found");
    rep.get("/me").send().await.ok();
}

#[tokio::test]
async fn all_others_can_be_ended_together() {
    let app = TestApp::new().await;
    let (here, there, elsewhere) = (
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Rep).await,
        app.sign_in(Role::Rep).await,
    );
    there.get("/me").send().await.ok();
    assert_eq!(here.delete("/sessions").send().await.status.as_u16(), 204);
    for gone in [there, elsewhere] {
        gone.get("/me").send().await.problem(401, "session_ended");
    }
    assert_eq!(
        here.get("/sessions").send().await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn what_another_instance_ended_ends_here_within_seconds() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Rep).await;
    browser.get("/me").send().await.ok();
    sqlx::query("update sessions set ended_at = now(), end_reason = 'revoked'")
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    app.clock.advance(chrono::Duration::seconds(6));
    browser
        .get("/me")
        .send()
        .await
        .problem(401, "session_ended");
}
