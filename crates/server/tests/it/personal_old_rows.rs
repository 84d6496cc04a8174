//! Rows from before personal data was sealed: sealed and made findable in the background, a batch at a time.

use serde_json::{Value, json};
use som_server::db::SystemScope;
use som_server::jobs::{NewJob, enqueue};
use som_server::permission::Role;
use sqlx::PgPool;

use crate::harness::{Client, TestApp};

/// More than one batch.
const CUSTOMERS: i64 = 1203;

async fn seal_in_background(app: &TestApp) -> Value {
    let (state, now) = (&app.state, app.clock.now());
    let mut tx = state.db().system(SystemScope::Worker).await.unwrap();
    let id = state.ids().next(now);
    let job = NewJob::new("keys.reseal", None, json!({}));
    enqueue(&mut tx, id, now, job).await.unwrap();
    tx.commit().await.unwrap();
    app.work().await;
    sqlx::query_scalar("select result from jobs where id = $1")
        .bind(id)
        .fetch_one(&app.admin_pool().await)
        .await
        .unwrap()
}

async fn missing(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as(
        "select (select count(*) from customers where email is not null and email_index is null),
                (select count(*) from customers where email like '0|%' or phone like '0|%' or tax_number like '0|%')
              + (select count(*) from contacts where email like '0|%' or phone like '0|%')
              + (select count(*) from addresses where recipient like '0|%' or lines like '0|%')",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

/// As an earlier release wrote them.
async fn old_rows(app: &TestApp, pool: &PgPool) {
    let organization = app.caller(Role::Owner).await.organization.id.uuid();
    for sql in [
        "insert into customers (organization_id, id, code, name, currency, email, phone, tax_number, search, created_at, updated_at)
         select $1, gen_random_uuid(), 'OLD-' || n, 'Old ' || n, 'EUR', '0|old' || n || '@reader.example', '0|+49 30 ' || n,
                case when n % 2 = 0 then '0|DE' || n end, 'old ' || n, now(), now() from generate_series(1, 1203) n",
        "insert into contacts (organization_id, id, customer_id, name, email, created_at, updated_at)
         select $1, gen_random_uuid(), id, 'Contact', '0|contact@reader.example', now(), now() from customers where organization_id = $1 and code = 'OLD-7'",
        "insert into addresses (organization_id, id, customer_id, recipient, lines, country, created_at, updated_at)
         select $1, gen_random_uuid(), id, '0|Recipient', '0|[\"Old Street 1\"]', 'DE', now(), now() from customers where organization_id = $1 and code = 'OLD-7'",
    ] {
        sqlx::query(sql)
            .bind(organization)
            .execute(pool)
            .await
            .unwrap();
    }
}

async fn found(owner: &Client, query: &str) -> Vec<String> {
    let list = owner.get(format!("/customers?{query}")).send().await.ok();
    let rows = list["data"].as_array().unwrap().iter();
    rows.map(|row| row["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn old_rows_are_sealed_and_found() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    old_rows(&app, &pool).await;
    assert_eq!(missing(&pool).await, (CUSTOMERS, CUSTOMERS + 2));
    assert!(found(&owner, "email=old7@reader.example").await.is_empty());
    // one that does not open holds up no other
    sqlx::query("update customers set email = 'v1|1|AAAA|AAAA|AAAA' where code = 'OLD-9'")
        .execute(&pool)
        .await
        .unwrap();
    let versions = "select sum(version)::bigint from customers";
    let before: i64 = sqlx::query_scalar(versions).fetch_one(&pool).await.unwrap();

    let report = seal_in_background(&app).await;
    assert_eq!(report["resealed"], CUSTOMERS - 1 + 1 + 1);
    assert_eq!(report["unreadable"], 1);
    assert_eq!(missing(&pool).await, (1, 1), "the one that does not open");
    for (query, code) in [
        ("email=old7@reader.example", "OLD-7"),
        ("email=OLD1203@reader.example", "OLD-1203"),
        ("tax_number=de%201202", "OLD-1202"),
        ("phone=004930500", "OLD-500"),
    ] {
        assert_eq!(found(&owner, query).await, [code], "{query}");
    }
    let after: i64 = sqlx::query_scalar(versions).fetch_one(&pool).await.unwrap();
    assert_eq!(before, after, "nobody's change");
    let again = seal_in_background(&app).await;
    assert_eq!(again["resealed"], 0);
    // it is looked at again a day later, when somebody may have put it right
    sqlx::query("update customers set email = '0|old9@reader.example' where code = 'OLD-9'")
        .execute(&pool)
        .await
        .unwrap();
    app.clock.advance(chrono::Duration::hours(21));
    let later = seal_in_background(&app).await;
    assert_eq!(later["resealed"], 1);
    assert_eq!(missing(&pool).await, (0, 0));
}

#[tokio::test]
async fn a_row_that_somebody_changes_is_left_to_them() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let pool = app.admin_pool().await;
    old_rows(&app, &pool).await;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("select from customers where code = 'OLD-7' for update")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    let report = seal_in_background(&app).await;
    assert_eq!(report["resealed"], CUSTOMERS - 1 + 1 + 1);
    tx.rollback().await.unwrap();
    // what was not done in one run is done in the next
    let report = seal_in_background(&app).await;
    assert_eq!(report["resealed"], 1);
    assert_eq!(missing(&pool).await, (0, 0));
    assert_eq!(found(&owner, "email=old7@reader.example").await, ["OLD-7"]);
}
