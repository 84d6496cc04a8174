//! A process that is killed while it seals anew loses nothing: the next one goes on where it stopped.

use std::time::{Duration, Instant};

use som_domain::ids::OrganizationId;
use som_server::db::Purpose;
use som_server::permission::Role;
use som_server::rotation;
use som_server::security::seal::Place;
use sqlx::PgPool;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::harness::process::Server;

/// Enough for many batches.
const CUSTOMERS: i32 = 12_000;

async fn fill(app: &TestApp, pool: &PgPool, organization: Uuid) {
    let tx = app
        .state
        .db()
        .tenant(OrganizationId::from_uuid(organization));
    let keys = tx.await.unwrap().keys().clone();
    let ids: Vec<Uuid> = (0..CUSTOMERS)
        .map(|_| app.state.ids().next(app.clock.now()))
        .collect();
    let email = |n: usize| format!("c{n}@reader.example");
    let sealed = ids.iter().enumerate().map(|(n, id)| {
        keys.seal(Place::new("customers", "email", *id), &email(n))
            .unwrap()
    });
    let index = |n: usize| {
        keys.index(som_server::personal::CUSTOMER_EMAIL, Some(&email(n)))
            .unwrap()
            .unwrap()
    };
    sqlx::query(
        "insert into customers (organization_id, id, code, name, currency, email, email_index, search, created_at, updated_at)
         select $1, id, 'K-' || (n - 1), 'Kill ' || n, 'EUR', email, email_index, '', now(), now()
           from unnest($2::uuid[], $3::text[], $4::bytea[]) with ordinality x (id, email, email_index, n)",
    )
    .bind(organization)
    .bind(&ids)
    .bind(sealed.collect::<Vec<_>>())
    .bind((0..ids.len()).map(index).collect::<Vec<_>>())
    .execute(pool)
    .await
    .unwrap();
}

async fn brought_over(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from customers where email like 'v1|2|%'")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_killed_process_is_followed_by_one_that_goes_on() {
    let app = TestApp::new().await;
    // the real server has the real time; the new key is in use for it already
    app.clock
        .advance(chrono::Utc::now() - chrono::Duration::minutes(5) - app.clock.now());
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    let organization = app.caller(Role::Owner).await.organization.id;
    fill(&app, &pool, organization.uuid()).await;
    for purpose in [Purpose::Encryption, Purpose::BlindIndex] {
        rotation::begin(&app.state, organization, purpose)
            .await
            .unwrap();
    }
    rotation::enqueue(&app.state, app.clock.now())
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(&app, dir.path()).await;
    let end = Instant::now() + Duration::from_secs(60);
    let killed_at = loop {
        let done = brought_over(&pool).await;
        if done > 0 {
            server.kill();
            break done;
        }
        assert!(Instant::now() < end, "it does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    let halfway = brought_over(&pool).await;
    assert!(
        halfway >= killed_at && halfway < i64::from(CUSTOMERS),
        "killed in the middle: {halfway}"
    );
    assert_eq!(halfway % 500, 0, "whole batches");
    // with both keys in use everything is found, brought over or not
    app.clock
        .advance(chrono::Duration::minutes(5) + chrono::Duration::seconds(40));
    let found = async |n: i32| {
        let list = owner
            .get(format!("/customers?email=c{n}@reader.example"))
            .send()
            .await
            .ok();
        assert_eq!(list["data"][0]["code"], format!("K-{n}"), "{n}");
        assert_eq!(list["data"][0]["email"], format!("c{n}@reader.example"));
    };
    for n in [0, 3000, 6000, 9000, CUSTOMERS - 1] {
        found(n).await;
    }
    let seen: i64 = sqlx::query_scalar(
        "select seen from reseal_progress where part = 'customers' and finished_at is null",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(seen, halfway, "how far it is stands beside what was done");
    // the claim of the dead process ends
    app.clock.advance(chrono::Duration::minutes(2));
    app.work().await;
    assert_eq!(brought_over(&pool).await, i64::from(CUSTOMERS));
    let (resealed, state): (i64, String) = sqlx::query_as(
        "select p.resealed, j.state from reseal_progress p, jobs j where p.part = 'customers' and p.resealed > 0 and j.kind = 'keys.reseal' and j.attempts > 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        (resealed, state.as_str()),
        (i64::from(CUSTOMERS), "done"),
        "no row twice"
    );
    for n in [0, 3000, 6000, 9000, CUSTOMERS - 1] {
        found(n).await;
    }
}
