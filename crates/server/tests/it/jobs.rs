//! The queue, its retries and dead letters, the clean-up, and the buckets kept from order events.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration as StdDuration, Instant};

use chrono::Duration;
use serde_json::{Value, json};
use som_domain::ids::OrganizationId;
use som_server::db::SystemScope;
use som_server::jobs::{JobError, JobKind, NewJob, Registry, Runner, drain, enqueue, run_due};
use som_server::permission::Role;
use sqlx::Row;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::harness::TestApp;

async fn put(app: &TestApp, job: NewJob) -> Option<Uuid> {
    let now = app.clock.now();
    let id = app.state.ids().next(now);
    let mut tx = app.state.db().system(SystemScope::Worker).await.unwrap();
    let is_new = enqueue(&mut tx, id, now, job).await.unwrap();
    tx.commit().await.unwrap();
    is_new.then_some(id)
}

/// State, attempts and last error of a job.
async fn look(app: &TestApp, id: Uuid) -> (String, i32, Option<String>) {
    let row = sqlx::query("select state, attempts, last_error from jobs where id = $1")
        .bind(id)
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

/// A kind that counts its runs and fails the first `failures` times.
fn flaky(failures: usize) -> (Registry, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let kind = JobKind::new("flaky", move |_, job| {
        let run = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            match job.payload["how"].as_str() {
                Some("wrong") => Err(JobError::Permanent("no such file".into())),
                Some("panic") => panic!("boom"),
                _ if run < failures => Err(JobError::Retry("not yet".into())),
                _ => Ok(json!({ "attempt": job.attempt })),
            }
        }
    });
    (Registry::default().with(kind), runs)
}

#[tokio::test]
async fn a_job_runs_once_and_keeps_its_result() {
    let app = TestApp::new().await;
    let (registry, runs) = flaky(0);
    let id = put(&app, NewJob::new("flaky", None, json!({})))
        .await
        .unwrap();
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 1);
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 0);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(look(&app, id).await, ("done".into(), 1, None));
    let result: Value = sqlx::query_scalar("select result from jobs where id = $1")
        .bind(id)
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(result, json!({ "attempt": 1 }));
}

#[tokio::test]
async fn failures_wait_longer_each_time_and_end_as_a_dead_letter() {
    let app = TestApp::new().await;
    let (registry, runs) = flaky(usize::MAX);
    let mut job = NewJob::new("flaky", None, json!({}));
    job.max_attempts = 3;
    let id = put(&app, job).await.unwrap();
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 1);
    assert_eq!(
        look(&app, id).await,
        ("queued".into(), 1, Some("not yet".into()))
    );
    assert_eq!(
        run_due(&app.state, &registry).await.unwrap(),
        0,
        "not before its time"
    );
    app.clock.advance(Duration::seconds(6));
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 1);
    app.clock.advance(Duration::seconds(6));
    assert_eq!(
        run_due(&app.state, &registry).await.unwrap(),
        0,
        "the second pause is longer"
    );
    app.clock.advance(Duration::seconds(7));
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 1);
    assert_eq!(
        look(&app, id).await,
        ("dead".into(), 3, Some("not yet".into()))
    );
    app.clock.advance(Duration::days(1));
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 0);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_cannot_succeed_is_not_tried_again_and_a_panic_is_only_a_failure() {
    let app = TestApp::new().await;
    let (registry, _) = flaky(0);
    let wrong = put(&app, NewJob::new("flaky", None, json!({ "how": "wrong" })))
        .await
        .unwrap();
    let panics = put(&app, NewJob::new("flaky", None, json!({ "how": "panic" })))
        .await
        .unwrap();
    let unknown = put(&app, NewJob::new("unknown", None, json!({})))
        .await
        .unwrap();
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 2);
    assert_eq!(
        look(&app, wrong).await,
        ("failed".into(), 1, Some("no such file".into()))
    );
    assert_eq!(
        look(&app, panics).await,
        ("queued".into(), 1, Some("the handler panicked".into()))
    );
    assert_eq!(
        look(&app, unknown).await.0,
        "queued",
        "left to a process that knows it"
    );
}

#[tokio::test]
async fn the_same_job_waits_once() {
    let app = TestApp::new().await;
    let (registry, _) = flaky(0);
    let job = || {
        let mut job = NewJob::new("flaky", None, json!({}));
        job.dedup_key = Some("k".into());
        job
    };
    assert!(put(&app, job()).await.is_some());
    assert!(put(&app, job()).await.is_none());
    run_due(&app.state, &registry).await.unwrap();
    assert!(
        put(&app, job()).await.is_some(),
        "a finished one is no obstacle"
    );
}

#[tokio::test]
async fn a_job_exists_only_when_its_transaction_was_committed() {
    let app = TestApp::new().await;
    let organization = app.caller(Role::Owner).await.organization.id;
    let mut tx = app.state.db().tenant(organization).await.unwrap();
    let now = app.clock.now();
    let id = app.state.ids().next(now);
    enqueue(
        &mut tx,
        id,
        now,
        NewJob::new("flaky", Some(organization), json!({})),
    )
    .await
    .unwrap();
    tx.rollback().await.unwrap();
    let (registry, runs) = flaky(0);
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 0);
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_job_of_a_dead_process_is_given_back() {
    let app = TestApp::new().await;
    let (registry, _) = flaky(0);
    let id = put(&app, NewJob::new("flaky", None, json!({})))
        .await
        .unwrap();
    sqlx::query("update jobs set state = 'running', attempts = 1, locked_by = 'gone', locked_until = $2 where id = $1")
        .bind(id)
        .bind(app.clock.now() + Duration::seconds(60))
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(
        run_due(&app.state, &registry).await.unwrap(),
        0,
        "its claim holds"
    );
    app.clock.advance(Duration::seconds(61));
    assert_eq!(run_due(&app.state, &registry).await.unwrap(), 1);
    assert_eq!(look(&app, id).await.0, "done");
}

#[tokio::test]
async fn two_runners_share_the_work_and_a_stop_lets_it_finish() {
    let app = TestApp::configured(|c| c.jobs.poll_interval = StdDuration::from_millis(20)).await;
    for _ in 0..20 {
        put(&app, NewJob::new("flaky", None, json!({}))).await;
    }
    let (registry, runs) = flaky(0);
    let registry = Arc::new(registry);
    let stop = CancellationToken::new();
    let runners = ["a", "b"].map(|name| {
        let kinds = flaky_like(&runs);
        tokio::spawn(
            Runner::new(app.state.clone(), kinds, name.into(), stop.clone())
                .run(StdDuration::from_secs(5)),
        )
    });
    drop(registry);
    for _ in 0..200 {
        if runs.load(Ordering::SeqCst) >= 20 {
            break;
        }
        tokio::time::sleep(StdDuration::from_millis(50)).await;
    }
    stop.cancel();
    for runner in runners {
        runner.await.unwrap();
    }
    assert_eq!(runs.load(Ordering::SeqCst), 20, "each ran once");
    let done: i64 = sqlx::query_scalar(
        "select count(*) from jobs where kind = 'flaky' and state = 'done' and attempts = 1",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(done, 20);
}

fn flaky_like(runs: &Arc<AtomicUsize>) -> Registry {
    let counter = Arc::clone(runs);
    Registry::default().with(JobKind::new("flaky", move |_, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        async {
            tokio::time::sleep(StdDuration::from_millis(20)).await;
            Ok(json!({}))
        }
    }))
}

async fn event(app: &TestApp, organization: OrganizationId, kind: &str, payload: Value) {
    sqlx::query("insert into outbox_events (organization_id, id, at, type, entity, entity_id, payload) values ($1, $2, $3, $4, 'order', $2, $5)")
        .bind(organization.uuid())
        .bind(app.state.ids().next(app.clock.now()))
        .bind(app.clock.now())
        .bind(kind)
        .bind(payload)
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
}

#[tokio::test]
async fn order_events_fill_the_day_buckets_once_and_per_organization() {
    let app = TestApp::new().await;
    let ours = app.caller(Role::Rep).await.organization.id;
    let rows = sqlx::query("select id from organizations where id <> $1")
        .bind(ours.uuid())
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    let other = OrganizationId::from_uuid(rows.get(0));
    let order = |total: &str| json!({ "day": "2026-11-20", "owner_id": null, "team_id": null, "currency": "EUR", "total": total });
    event(&app, ours, "order.confirmed", order("10.00")).await;
    event(&app, ours, "order.confirmed", order("2.50")).await;
    event(&app, ours, "order.cancelled", order("2.50")).await;
    event(&app, other, "order.confirmed", order("99")).await;
    event(&app, ours, "order.confirmed", json!({ "day": "never" })).await;
    let report = drain(&app.state).await.unwrap();
    assert_eq!((report.events, report.unreadable), (5, 1));
    event(&app, ours, "order.confirmed", order("1")).await;
    assert_eq!(drain(&app.state).await.unwrap().events, 1);
    assert_eq!(drain(&app.state).await.unwrap().events, 0);
    let row = sqlx::query("select confirmed_count, confirmed_total::text, cancelled_count, cancelled_total::text from order_days where organization_id = $1")
        .bind(ours.uuid())
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    let found: (i32, String, i32, String) = (row.get(0), row.get(1), row.get(2), row.get(3));
    assert_eq!(found, (3, "13.5000".into(), 1, "2.5000".into()));
}

#[tokio::test]
async fn the_clean_up_deletes_what_is_old_and_nothing_else() {
    let app = TestApp::new().await;
    let organization = app.caller(Role::Owner).await.organization.id;
    let signed_in = app.sign_in(Role::Rep).await;
    for (key, hours) in [("old", -1), ("new", 1)] {
        sqlx::query(
            "insert into idempotency_keys (organization_id, credential_id, method, path, key, request_hash, created_at, expires_at)
             values ($1, $1, 'POST', '/orders', $2, '', $3, $3 + make_interval(hours => $4))",
        )
        .bind(organization.uuid())
        .bind(key)
        .bind(app.clock.now())
        .bind(hours)
        .execute(&app.admin_pool().await)
        .await
        .unwrap();
    }
    let put_cleanup = || put(&app, NewJob::new("cleanup", None, json!({})));
    let id = put_cleanup().await.unwrap();
    run_due(&app.state, &Registry::platform()).await.unwrap();
    assert_eq!(look(&app, id).await.0, "done");
    let keys: Vec<String> = sqlx::query_scalar("select key from idempotency_keys")
        .fetch_all(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(keys, ["new"]);
    signed_in.get("/me").send().await.ok();

    app.clock.advance(Duration::days(62));
    put_cleanup().await.unwrap();
    run_due(&app.state, &Registry::platform()).await.unwrap();
    let left: i64 = sqlx::query_scalar("select (select count(*) from sessions) + (select count(*) from refresh_tokens) + (select count(*) from jobs where id = $1)")
        .bind(id)
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap();
    assert_eq!(
        left, 0,
        "sessions, their tokens and the finished job are gone"
    );
}

#[tokio::test]
async fn a_queued_job_starts_at_once() {
    // Nobody would look for it before the test has long given up.
    let app = TestApp::configured(|c| c.jobs.poll_interval = StdDuration::from_secs(600)).await;
    let (sender, mut started) = tokio::sync::mpsc::unbounded_channel();
    let registry = Registry::default().with(JobKind::new("told", move |_, job| {
        let sent = sender.send((job.payload["n"].as_i64(), Instant::now()));
        async move {
            sent.map_err(|error| JobError::Permanent(error.to_string()))?;
            Ok(json!({}))
        }
    }));
    let stop = CancellationToken::new();
    let runner = Runner::new(app.state.clone(), registry, "one".into(), stop.clone());
    let runner = tokio::spawn(runner.run(StdDuration::from_secs(5)));
    let mut delays = Vec::new();
    for n in 0..20 {
        put(&app, NewJob::new("told", None, json!({ "n": n }))).await;
        let queued = Instant::now();
        let patience = StdDuration::from_secs(60);
        let (which, at) = tokio::time::timeout(patience, started.recv())
            .await
            .expect("announced")
            .unwrap();
        assert_eq!(which, Some(n));
        delays.push(at.saturating_duration_since(queued));
    }
    delays.sort_unstable();
    // Far below any pause between two looks, also where tests crowd the machine.
    assert!(delays[10] < StdDuration::from_secs(2), "{delays:?}");
    // A job of the future is found when its time has come, long before the next look.
    let mut later = NewJob::new("told", None, json!({ "n": 99 }));
    later.run_at = Some(app.clock.now() + Duration::milliseconds(200));
    put(&app, later).await;
    app.clock.advance(Duration::seconds(1));
    let patience = StdDuration::from_secs(60);
    let (which, _) = tokio::time::timeout(patience, started.recv())
        .await
        .expect("due")
        .unwrap();
    assert_eq!(which, Some(99));
    stop.cancel();
    runner.await.unwrap();
}
