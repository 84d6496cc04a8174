//! What every deployment needs: liveness, readiness, the API's description.

use super::harness::TestApp;

#[tokio::test]
async fn alive_and_ready_are_two_questions() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    assert_eq!(client.get("/health").send().await.ok()["status"], "ok");
    assert_eq!(
        client.get("/readiness").send().await.ok()["status"],
        "ready"
    );
    app.state.db().close().await;
    assert_eq!(client.get("/health").send().await.ok()["status"], "ok");
    let answer = client.get("/readiness").send().await;
    let body = answer.problem(503, "unavailable");
    assert!(
        !body.to_string().contains("pool"),
        "says nothing about the inside: {body}"
    );
}

#[tokio::test]
async fn a_schema_that_is_behind_is_not_ready() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    sqlx::query(
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .execute(&app.admin_pool().await)
    .await
    .unwrap();
    client
        .get("/readiness")
        .send()
        .await
        .problem(503, "unavailable");
}

#[tokio::test]
async fn the_server_describes_its_api() {
    let app = TestApp::new().await;
    let document = app.anonymous().get("/api/openapi.json").send().await.ok();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|v| v.starts_with("3.1"))
    );
    assert!(document["paths"]["/api/v1/auth/sign-in"]["post"].is_object());
}

#[tokio::test]
async fn what_the_server_works_as_may_not_touch_the_migrations() {
    let app = TestApp::new().await;
    let mut tx = app.state.db().worker().await.unwrap();
    let refused = sqlx::query("delete from _sqlx_migrations")
        .execute(&mut *tx)
        .await
        .unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().as_deref(),
        Some("42501")
    );
}
