//! Jobs as their organization sees them, and what the server says about itself.

use serde_json::{Value, json};
use som_domain::ids::{JobId, OrganizationId};
use som_server::db::SystemScope;
use som_server::jobs::{NewJob, enqueue};
use som_server::permission::Role;

use crate::harness::TestApp;

async fn put(app: &TestApp, organization: Option<OrganizationId>, set: &'static str) -> String {
    let now = app.clock.now();
    let id = app.state.ids().next(now);
    let mut tx = app.state.db().system(SystemScope::Worker).await.unwrap();
    let job = NewJob::new("import", organization, json!({ "file": "secret" }));
    assert!(enqueue(&mut tx, id, now, job).await.unwrap());
    tx.commit().await.unwrap();
    sqlx::query(set)
        .bind(id)
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    format!("/jobs/{}", JobId::from_uuid(id))
}

#[tokio::test]
async fn a_job_is_followed_by_its_organization_only() {
    let app = TestApp::new().await;
    let (manager, rep, stranger) = (
        app.sign_in(Role::Manager).await,
        app.sign_in(Role::Rep).await,
        app.stranger().await,
    );
    let own = Some(app.caller(Role::Owner).await.organization.id);
    let platform = put(&app, None, "select $1::uuid").await;
    let done = "update jobs set state = 'done', progress_done = 2, progress_total = 2, result = '{\"rows\": 2}', finished_at = now() where id = $1";
    let done = put(&app, own, done).await;
    let failed = "update jobs set state = 'failed', last_error = 'No such column.' where id = $1";
    let failed = put(&app, own, failed).await;
    let dead = "update jobs set state = 'dead', last_error = 'relation x' where id = $1";
    let dead = put(&app, own, dead).await;

    let view = manager.get(&done).send().await;
    assert!(!view.text().contains("secret"));
    let view = view.ok();
    assert_eq!(
        (&view["kind"], &view["state"], &view["result"]),
        (&json!("import"), &json!("done"), &json!({ "rows": 2 }))
    );
    assert_eq!(view["progress"], json!({ "done": 2, "total": 2 }));
    let error = |view: Value| view["error"].as_str().unwrap().to_owned();
    assert_eq!(
        error(manager.get(&failed).send().await.ok()),
        "No such column."
    );
    assert!(!error(manager.get(&dead).send().await.ok()).contains("relation"));

    let list = manager.get("/jobs").send().await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    assert!(list["data"][0].get("result").is_none());
    let filtered = manager.get("/jobs?state=failed").send().await.ok();
    assert_eq!(filtered["data"].as_array().unwrap().len(), 1);
    let wrong = manager.get("/jobs?state=lost").send().await;
    assert_eq!(wrong.status, 400);
    let others = stranger.get("/jobs").send().await.ok();
    assert_eq!(others["data"], json!([]));
    for path in [&done, &platform] {
        stranger.get(path).send().await.problem(404, "not_found");
    }
    manager
        .get(&platform)
        .send()
        .await
        .problem(404, "not_found");
    for path in ["/jobs", done.as_str()] {
        let refused = rep.get(path).send().await;
        refused.problem(403, "missing_permission");
        let refused = app.anonymous().get(path).send().await;
        refused.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn anyone_may_know_version_and_limits() {
    let app = TestApp::new().await;
    let meta = app.anonymous().get("/meta").send().await.ok();
    assert_eq!(meta["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(meta["api_versions"], json!(["v1"]));
    assert_eq!(meta["limits"]["page_size_max"], 200);
    assert_eq!(
        meta["limits"]["body_bytes_max"],
        app.state.config().server.max_body_bytes
    );
}
