//! `som audit` as an administrator runs it, and the daily proof as those see it who look at the log.

use chrono::Duration;
use serde_json::Value;
use som_server::audit::seal;
use som_server::jobs::{NewJob, enqueue};
use som_server::permission::Role;

use crate::audit::{MINE, sealed, tamper};
use crate::harness::TestApp;

#[tokio::test]
async fn the_command_ends_with_10_when_the_log_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoints.jsonl");
    let file = path.clone();
    let app = TestApp::configured(move |config| config.audit.checkpoints_file = Some(file)).await;
    let owner = app.sign_in(Role::Owner).await;
    sealed(&app, &owner, 3).await;
    let file = path.display().to_string();
    let verify = ["audit", "verify", "--checkpoints", &file];
    let (code, said, beside) = app.command(&verify).await;
    assert_eq!(code, 0, "{beside}");
    assert!(said.contains("Test Company\tok\n"), "{said}");
    // the tail that is not sealed yet is told, and no fault
    owner
        .post("/customer-groups")
        .json(serde_json::json!({ "code": "late", "name": "Late" }))
        .send()
        .await
        .created();
    let (code, _, beside) = app.command(&verify).await;
    assert_eq!(code, 0);
    assert!(
        beside.contains("1 checkpoints, 1 not sealed yet since "),
        "{beside}"
    );
    // an entry is changed
    let pool = app.admin_pool().await;
    tamper(&pool, &format!("update audit_events set actor_name = 'Eve' where {MINE} and seq = (select seq from audit_seals where {MINE} and position = 2)")).await;
    let (code, said, _) = app.command(&verify).await;
    assert_eq!(code, 10, "{said}");
    let broken = said.lines().find(|line| line.contains("BROKEN")).unwrap();
    assert!(broken.starts_with("Test Company\tBROKEN: entry "), "{said}");
    assert!(broken.ends_with(" (place 2) was changed"), "{said}");
    let (code, said, _) = app.command(&["audit", "verify", "--json"]).await;
    assert_eq!(code, 10);
    let lines = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mine = lines
        .into_iter()
        .find(|line| line["name"] == "Test Company")
        .unwrap();
    assert_eq!(mine["verdict"]["finding"]["kind"], "changed");
    assert_eq!(mine["verdict"]["finding"]["position"], 2);
    // a file of checkpoints that cannot be read proves nothing
    std::fs::write(&path, "nonsense\n").unwrap();
    assert_eq!(app.command(&verify).await.0, 10);
}

#[tokio::test]
async fn the_command_finds_entries() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    sealed(&app, &owner, 2).await;
    let of = ["--organization", "Test Company"];
    let search = |more: &[&'static str]| [&["audit", "search"], more, &of].concat();
    let (code, said, beside) = app
        .command(&search(&["--entity", "customer_group", "--json"]))
        .await;
    assert_eq!(code, 0, "{beside}");
    assert_eq!(said.lines().count(), 2, "{said}");
    let newest: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(newest["action"], "created");
    assert!(newest["ip"].is_string(), "{newest}");
    let (code, said, _) = app.command(&search(&["--until", "2020-01-01"])).await;
    assert_eq!((code, said.as_str()), (0, ""));
    let (code, _, _) = app.command(&search(&["--since", "yesterday"])).await;
    assert_eq!(code, 2);
}

/// What the clock does every hour.
async fn prove_in_background(app: &TestApp) {
    let now = app.clock.now();
    let mut tx = app.state.db().worker().await.unwrap();
    let job = NewJob::new("audit.prove", None, serde_json::json!({}));
    let id = app.state.ids().next(now);
    assert!(enqueue(&mut tx, id, now, job).await.unwrap());
    tx.commit().await.unwrap();
    app.work().await;
}

#[tokio::test]
async fn the_daily_proof_is_shown_with_the_log() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let chain = async || owner.get("/audit/chain").send().await.ok();
    assert_eq!(chain().await["entries"], 0);
    sealed(&app, &owner, 3).await;
    let before = chain().await;
    assert!(before["entries"].as_i64() > Some(3), "{before}");
    assert_eq!(before["unsealed"], 0);
    assert!(before["sealed_at"].is_string() && before["signed_at"].is_string());
    assert_eq!(before["proved_at"], Value::Null);
    prove_in_background(&app).await;
    let proved = chain().await;
    assert_eq!(proved["proved_entries"], before["entries"]);
    assert_eq!(proved["fault"], Value::Null);
    let pool = app.admin_pool().await;
    tamper(&pool, &format!("delete from audit_events where {MINE} and seq = (select seq from audit_seals where {MINE} and position = 2)")).await;
    // not before a day is over
    app.clock.advance(Duration::minutes(10));
    prove_in_background(&app).await;
    assert_eq!(chain().await, proved);
    app.clock.advance(Duration::hours(24));
    let owner = app.sign_in(Role::Owner).await;
    prove_in_background(&app).await;
    let found = owner.get("/audit/chain").send().await.ok();
    assert_eq!(found["proved_entries"], 1);
    let fault = found["fault"].as_str().unwrap();
    assert!(fault.ends_with(" (place 2) is missing"), "{fault}");
    assert_eq!(found["unsealed"], 1, "the second sign-in");
    seal(&app.state).await.unwrap();
    let rep = app.sign_in(Role::Rep).await;
    let refused = rep.get("/audit/chain").send().await;
    refused.problem(403, "missing_permission");
    let stranger = app.stranger().await;
    let theirs = stranger.get("/audit/chain").send().await.ok();
    assert_eq!(theirs["fault"], Value::Null);
}
