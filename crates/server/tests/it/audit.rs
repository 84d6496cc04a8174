//! The audit log: sealed behind the writes, looked into by those who may, and every way of tampering is named by the proof.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::audit::{Checkpoint, Finding, Verdict, seal, verify};
use som_server::permission::Role;
use sqlx::{AssertSqlSafe, PgPool};

use crate::harness::{Client, TestApp, cluster};

/// Units made one by one, so that the log has entries, and all of them sealed.
pub async fn sealed(app: &TestApp, owner: &Client, entries: usize) {
    for n in 0..entries {
        let code = format!("g{}-{n}", app.clock.now().timestamp());
        let body = json!({ "code": code, "name": "Group" });
        let made = owner.post("/customer-groups").json(body).send().await;
        made.created();
    }
    seal(&app.state).await.unwrap();
}

async fn prove(app: &TestApp, outside: &[Checkpoint]) -> Verdict {
    let organization = app.caller(Role::Owner).await.organization.id;
    verify(&app.state, organization, outside).await.unwrap()
}

/// As somebody who may do everything in the database: triggers off.
pub async fn tamper(pool: &PgPool, sql: &str) {
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica")
        .execute(&mut *tx)
        .await
        .unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    let rows = sqlx::query(sql).execute(&mut *tx).await.unwrap();
    assert!(rows.rows_affected() > 0);
    tx.commit().await.unwrap();
}

/// A table as it was before anything was written, by the same hand.
async fn empty(pool: &PgPool, table: &str) {
    let sql = format!("with gone as (delete from {table} returning 1) select count(*) from gone");
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica")
        .execute(&mut *tx)
        .await
        .unwrap();
    let _: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// The organization of the tests, in SQL.
pub const MINE: &str =
    "organization_id = (select id from organizations where name = 'Test Company')";

/// The entry at a place.
async fn at(pool: &PgPool, position: i64) -> i64 {
    let sql = format!("select seq from audit_seals where {MINE} and position = {position}");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn writes_are_sealed_and_an_untouched_log_holds() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let before = prove(&app, &[]).await;
    assert_eq!((before.entries, before.finding), (0, None));
    assert!(before.unsealed > 0, "the sign-in");
    sealed(&app, &owner, 3).await;
    let verdict = prove(&app, &[]).await;
    assert_eq!((verdict.unsealed, verdict.finding.clone()), (0, None));
    assert_eq!(verdict.entries, before.unsealed + 3);
    assert_eq!(verdict.checkpoints, 1);
    assert_eq!(seal(&app.state).await.unwrap().entries, 0, "nothing twice");
    // what comes later is signed when its time has come
    app.clock.advance(Duration::minutes(6));
    owner
        .post("/customer-groups")
        .json(json!({ "code": "late", "name": "Late" }))
        .send()
        .await
        .created();
    let verdict = prove(&app, &[]).await;
    assert_eq!((verdict.unsealed, verdict.finding), (1, None));
    assert!(verdict.unsealed_since.is_some());
    seal(&app.state).await.unwrap();
    assert_eq!(prove(&app, &[]).await.checkpoints, 2);
}

#[tokio::test]
async fn entries_of_slow_transactions_are_sealed_too() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    let mut slow = pool.begin().await.unwrap();
    let insert = "insert into audit_events (organization_id, id, at, actor_kind, entity, entity_id, action)
         select id, gen_random_uuid(), now(), 'system', 'order', gen_random_uuid(), 'created' from organizations where name = 'Test Company'";
    sqlx::query(insert).execute(&mut *slow).await.unwrap();
    for _ in 0..3 {
        sealed(&app, &owner, 1).await;
        app.clock.advance(Duration::seconds(30));
    }
    slow.commit().await.unwrap();
    // transactions of other tests count as slow ones, too
    let mut floor: i64 = 0;
    for _ in 0..500 {
        seal(&app.state).await.unwrap();
        let sql = format!("select floor from audit_chains where {MINE}");
        floor = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&pool)
            .await
            .unwrap();
        if floor > 0 {
            break;
        }
        app.clock.advance(Duration::seconds(30));
    }
    let verdict = prove(&app, &[]).await;
    assert_eq!((verdict.unsealed, verdict.finding), (0, None));
    assert!(floor > 0, "old entries are not looked at for ever");
}

#[tokio::test]
async fn every_way_of_tampering_is_named() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    sealed(&app, &owner, 4).await;
    let all = prove(&app, &[]).await.entries;
    let (second, third) = (at(&pool, 2).await, at(&pool, 3).await);
    let changed = Finding::Changed {
        seq: second,
        position: 2,
    };
    let cases = [
        (
            format!("update audit_events set actor_name = 'Eve' where seq = {second}"),
            changed.clone(),
        ),
        (
            format!("update audit_events set diff = '{{\"x\": 1}}' where seq = {second}"),
            changed.clone(),
        ),
        (
            format!("update audit_seals set hash = sha256('x') where seq = {second}"),
            changed,
        ),
        (
            format!("delete from audit_events where seq = {third}"),
            Finding::Missing {
                seq: third,
                position: 3,
            },
        ),
        (
            format!("delete from audit_seals where seq = {third}"),
            Finding::SealMissing { position: 3 },
        ),
        (
            format!("delete from audit_seals where {MINE} and position > 2"),
            Finding::Cut {
                position: 2,
                was: all,
            },
        ),
        (
            format!("delete from audit_checkpoints where {MINE}"),
            Finding::Unsigned,
        ),
        (
            format!(
                "update audit_checkpoints set signature = decode(repeat('00', 64), 'hex') where {MINE}"
            ),
            Finding::Forged { position: all },
        ),
    ];
    for (sql, expected) in cases {
        let tables = ["audit_events", "audit_seals", "audit_checkpoints"];
        for table in tables {
            let keep = format!("create table keep_{table} as table {table}");
            sqlx::query(AssertSqlSafe(keep))
                .execute(&pool)
                .await
                .unwrap();
        }
        tamper(&pool, &sql).await;
        assert_eq!(prove(&app, &[]).await.finding, Some(expected), "{sql}");
        for table in tables {
            empty(&pool, table).await;
            let overriding = if table == "audit_events" {
                "overriding system value"
            } else {
                ""
            };
            let back = format!("insert into {table} {overriding} select * from keep_{table}");
            tamper(&pool, &back).await;
            let drop = format!("drop table keep_{table}");
            sqlx::query(AssertSqlSafe(drop))
                .execute(&pool)
                .await
                .unwrap();
        }
        assert_eq!(prove(&app, &[]).await.finding, None, "restored");
    }
}

#[tokio::test]
async fn a_log_made_anew_does_not_fit_the_checkpoints_outside() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoints.jsonl");
    let file = path.clone();
    let app = TestApp::configured(move |config| config.audit.checkpoints_file = Some(file)).await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    sealed(&app, &owner, 3).await;
    let outside = Checkpoint::read(&path).unwrap();
    assert!(!outside.is_empty());
    assert_eq!(prove(&app, &outside).await.finding, None);
    // the whole proof is thrown away, an entry is changed, and the server itself seals anew
    for table in ["audit_seals", "audit_checkpoints", "audit_chains"] {
        tamper(&pool, &format!("delete from {table}")).await;
    }
    tamper(&pool, &format!("update audit_events set action = 'harmless' where {MINE} and seq = (select max(seq) from audit_events where {MINE})")).await;
    seal(&app.state).await.unwrap();
    assert_eq!(prove(&app, &[]).await.finding, None, "fits by itself");
    let finding = prove(&app, &outside).await.finding;
    assert!(
        matches!(finding, Some(Finding::Replaced { .. })),
        "{finding:?}"
    );
    // and a log that was cut is shorter than was signed
    for table in [
        "audit_seals",
        "audit_checkpoints",
        "audit_chains",
        "audit_events",
    ] {
        tamper(&pool, &format!("delete from {table}")).await;
    }
    let finding = prove(&app, &outside).await.finding;
    assert!(
        matches!(finding, Some(Finding::Cut { position: 0, .. })),
        "{finding:?}"
    );
}

#[tokio::test]
async fn two_servers_that_seal_at_once_make_one_chain() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let (config, clock) = (app.state.config().clone(), app.clock.clone());
    let other = cluster::state(config, &app.database, clock).await;
    for n in 0..15 {
        for m in 0..3 {
            let body = json!({ "code": format!("g{n}-{m}"), "name": "Group" });
            let made = owner.post("/customer-groups").json(body).send().await;
            made.created();
        }
        let both = tokio::join!(
            seal(&app.state),
            seal(&other),
            seal(&app.state),
            seal(&other)
        );
        let done = [both.0, both.1, both.2, both.3].map(Result::unwrap);
        assert!(done.iter().map(|report| report.entries).sum::<usize>() <= 60);
    }
    seal(&other).await.unwrap();
    let verdict = prove(&app, &[]).await;
    assert_eq!((verdict.unsealed, verdict.finding), (0, None));
    let sql = format!(
        "select count(*), count(distinct seq), count(distinct position), max(position) from audit_seals where {MINE}"
    );
    let (seals, entries, positions, last): (i64, i64, i64, i64) =
        sqlx::query_as(AssertSqlSafe(sql))
            .fetch_one(&app.admin_pool().await)
            .await
            .unwrap();
    assert_eq!([entries, positions, last], [seals; 3]);
    assert_eq!(seals, verdict.entries);
    assert!(seals >= 45);
}

#[tokio::test]
async fn the_server_can_neither_change_nor_remove_what_it_wrote() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    sealed(&app, &owner, 1).await;
    for table in ["audit_events", "audit_seals", "audit_checkpoints"] {
        for sql in [
            format!("update {table} set organization_id = organization_id"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            // by trigger for whoever has the right, by right for the server
            for role in ["none", "som_app"] {
                let mut tx = pool.begin().await.unwrap();
                let set = AssertSqlSafe(format!("set local role {role}"));
                sqlx::query(set).execute(&mut *tx).await.unwrap();
                let statement = AssertSqlSafe(sql.clone());
                let refused = sqlx::query(statement).execute(&mut *tx).await;
                let error = refused.unwrap_err();
                let code = error.as_database_error().and_then(|e| e.code());
                let expected = if role == "none" { "23001" } else { "42501" };
                assert_eq!(code.as_deref(), Some(expected), "{role}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn the_log_is_filtered_and_read_by_those_who_may() {
    let app = TestApp::new().await;
    let (owner, rep) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Rep).await);
    rep.get("/audit")
        .send()
        .await
        .problem(403, "missing_permission");
    sealed(&app, &owner, 2).await;
    let list = owner
        .get("/audit?entity=customer_group&action=created")
        .send()
        .await
        .ok();
    let rows = list["data"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows[0]["seq"].as_i64() > rows[1]["seq"].as_i64());
    assert!(rows[0]["position"].as_i64() > Some(0));
    let id = rows[0]["entity_id"].as_str().unwrap();
    assert!(id.starts_with("cgr_"), "{id}");
    let one = owner
        .get(format!("/audit?entity_id={id}"))
        .send()
        .await
        .ok();
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    let actor = rows[0]["actor_id"].as_str().unwrap();
    for (query, expected) in [
        (format!("actor_id={actor}&entity=customer_group"), 2),
        ("actor_kind=system&entity=customer_group".to_owned(), 0),
        ("at.lt=2020-01-01".to_owned(), 0),
    ] {
        let list = owner.get(format!("/audit?{query}")).send().await.ok();
        assert_eq!(list["data"].as_array().unwrap().len(), expected, "{query}");
    }
    let wrong = owner.get("/audit?entity_id=nonsense").send().await;
    assert_eq!(wrong.status.as_u16(), 400);
    let stranger = app.stranger().await;
    let theirs = stranger.get(format!("/audit?entity_id={id}")).send().await;
    assert_eq!(theirs.ok()["data"], json!([]));
}

#[tokio::test]
async fn an_export_is_an_entry_without_what_was_searched_for() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let path = "/customers/export?format=csv&columns=name,email&email=ada@reader.example";
    owner.get(path).send().await.text();
    let file = owner.get("/audit/export?entity=export").send().await;
    assert_eq!(file.status.as_u16(), 200);
    assert!(file.text().contains("started"));
    let list = owner.get("/audit?entity=export&sort=seq").send().await.ok();
    let rows: Vec<&Value> = list["data"].as_array().unwrap().iter().collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["diff"]["list"], "customers");
    assert_eq!(rows[0]["diff"]["columns"], json!(["name", "email"]));
    assert!(!rows[0]["diff"].to_string().contains("ada@"), "{}", rows[0]);
    assert_eq!(rows[1]["diff"]["list"], "audit");
    let rep = app.sign_in(Role::Rep).await;
    let refused = rep.get("/audit/export").send().await;
    refused.problem(403, "missing_permission");
}
