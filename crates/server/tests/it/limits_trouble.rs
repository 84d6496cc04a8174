//! What goes wrong with the store that instances count their limits in: restarts, wrong passwords, missing TLS, a database that hangs, floods.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::json;
use som_server::config::{Config, LimitsStore};
use som_server::db::SystemScope;
use som_server::http::limits::{RedisState, redis_state};
use som_server::jobs::{NewJob, enqueue};

use crate::harness::TestApp;
use crate::limits_shared::{Instances, Redis, attempt, config, eventually};

/// Begins every secret of these tests.
const PASSWORD: &str = "quetzal-plume";

fn with(url: &str) -> Config {
    let mut config = config(std::path::Path::new("/nonexistent"));
    config.limits.enabled = true;
    config.limits.store = LimitsStore::Redis;
    config.limits.redis_url = Some(SecretString::from(url.to_owned()));
    config
}

#[tokio::test]
async fn a_redis_that_restarts_empty_grants_one_quota_more_at_most() {
    let mut redis = Redis::start().await;
    let alone = Instances::new(1, LimitsStore::Redis, Some(&redis)).await;
    assert_eq!(alone.let_in(12).await, 10);
    redis.kill();
    redis.run().await;
    // what an instance let in by itself it does not forget
    assert_eq!(alone.let_in(12).await, 0);

    let mut redis = Redis::start().await;
    let two = Instances::new(2, LimitsStore::Redis, Some(&redis)).await;
    assert_eq!(two.let_in(20).await, 10);
    redis.kill();
    redis.run().await;
    let mut again = 0;
    for _ in 0..5 {
        again += two.let_in(20).await;
    }
    assert!(again <= 10, "{again} more");
    assert_eq!(two.let_in(20).await, 0);
}

#[tokio::test]
async fn a_wrong_password_and_missing_tls_are_said_without_the_secret() {
    let redis = Redis::over_tcp(PASSWORD).await;
    let port = redis.port;
    let good = format!("redis://:{PASSWORD}@127.0.0.1:{port}/0");
    assert_eq!(
        redis_state(&with(&good).limits).await.unwrap(),
        RedisState::Answers
    );
    // a server without TLS hangs up on who speaks it, or waits for more
    let unheard = ["Redis: I/O error", "no answer in time"];
    for (url, reasons) in [
        (
            format!("redis://:{PASSWORD}-not@127.0.0.1:{port}/0"),
            ["Redis: authentication failed"; 2],
        ),
        (format!("rediss://:{PASSWORD}@127.0.0.1:{port}/0"), unheard),
    ] {
        let state = redis_state(&with(&url).limits).await.unwrap();
        let is_one = |why: &&str| state == RedisState::Fails((*why).to_owned());
        assert!(reasons.iter().any(is_one), "{state:?}");
        // the server works, with its own counts, and says so where it is asked
        let app = TestApp::configured(|c| c.limits = with(&url).limits).await;
        let client = app.anonymous();
        let answer = client.get("/readiness").send().await;
        assert_eq!(answer.ok(), json!({ "status": "degraded" }));
        let mut let_in = 0;
        for n in 0..12 {
            let_in += u32::from(attempt(&client, n).await == 401);
        }
        assert_eq!(let_in, 10, "its share: all of it");
        let (code, said, beside) = app.doctor(&url).await;
        assert_eq!(code, 11, "{said}{beside}");
        let said = format!("{said}{beside}");
        let told = reasons.iter().any(|why| said.contains(why));
        assert!(told && said.contains("degraded"), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
    // what is no URL is refused at the start, and not repeated
    let wrong = format!("redis://:{PASSWORD}@[::1");
    let error = redis_state(&with(&wrong).limits).await.unwrap_err();
    assert_eq!(error.to_string(), "limits.redis_url cannot be read");
}

#[tokio::test]
async fn readiness_tells_when_redis_is_away_and_back() {
    let mut redis = Redis::start().await;
    let instances = Instances::new(1, LimitsStore::Redis, Some(&redis)).await;
    let status = async || {
        let answer = instances.clients[0].get("/readiness").send().await;
        answer.ok()["status"].as_str().unwrap().to_owned()
    };
    eventually("Redis is asked", async || status().await == "ready").await;
    redis.kill();
    assert_eq!(status().await, "degraded");
    redis.run().await;
    eventually("Redis is back", async || status().await == "ready").await;
}

#[tokio::test]
async fn a_database_that_hangs_holds_up_one_sign_in_a_second() {
    let instances = Instances::new(2, LimitsStore::Postgres, None).await;
    let pool = instances.app.admin_pool().await;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("lock table rate_limit_windows in access exclusive mode")
        .execute(&mut *tx)
        .await
        .unwrap();
    let before = Instant::now();
    let mut let_in = 0;
    for client in &instances.clients {
        for n in 0..15 {
            let_in += usize::from(attempt(client, n).await == 401);
        }
    }
    let took = before.elapsed();
    assert_eq!(let_in, 10, "two shares of five");
    assert!(took < Duration::from_secs(10), "{took:?}: each waited");
    let answer = instances.clients[0].get("/readiness").send().await;
    assert_eq!(answer.ok()["status"], "degraded");
    tx.rollback().await.unwrap();
    let counted = async || -> i64 {
        sqlx::query_scalar("select count(*) from rate_limit_windows")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    instances.clock.advance(chrono::Duration::minutes(16));
    eventually("the database counts again", async || {
        attempt(&instances.clients[0], 99).await;
        counted().await > 0
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_keys_is_gone_with_its_windows() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    // a row per client and hour: three batches that ended, and some that did not
    sqlx::query(
        "insert into rate_limit_windows (policy, key, events, let_in, ends_at)
         select 'sign-in', 'client-' || n, array[0], true, case when n <= 5000 then timestamptz '2020-01-01' else timestamptz '2100-01-01' end
           from generate_series(1, 5010) n",
    )
    .execute(&pool)
    .await
    .unwrap();
    let (state, now) = (&app.state, app.clock.now());
    let mut tx = state.db().system(SystemScope::Worker).await.unwrap();
    let job = NewJob::new("cleanup", None, json!({}));
    enqueue(&mut tx, state.ids().next(now), now, job)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.work().await;
    let left: i64 = sqlx::query_scalar("select count(*) from rate_limit_windows")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 10);
    // and no row grows beyond its quota
    let long: i32 = sqlx::query_scalar("select max(cardinality(events)) from rate_limit_windows")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(long, 1);
}
