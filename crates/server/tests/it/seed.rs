//! Demo data and the mass of orders.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use som_server::caller::Caller;
use som_server::features::seed::service::{self, Scale};
use som_server::features::setup::service::issue_link;
use som_server::jobs::run_due;
use som_server::workers;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::harness::{Client, TestApp};

const PASSWORD: &str = "seven copper lanterns at dusk";
const OWNER: &str = "owner@demo.example";

/// A server with the demo company and nothing else.
async fn demo() -> (TestApp, Caller) {
    let app = TestApp::empty().await;
    let (owner, made) = service::demo_organization(&app.state, OWNER, PASSWORD)
        .await
        .unwrap();
    assert_eq!(made.orders, 180);
    assert_eq!(made.sign_ins.len(), 10);
    (app, owner)
}

async fn sign_in(app: &TestApp, email: &str) -> Client {
    let client = app.anonymous();
    let body = json!({ "email": email, "password": PASSWORD });
    client.post("/auth/sign-in").json(body).send().await.ok();
    client
}

/// One number of the database.
async fn number(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_demo_has_every_state_age_and_role() {
    let (app, _) = demo().await;
    let pool = app.admin_pool().await;
    let states: BTreeSet<(String, String)> =
        sqlx::query_as("select distinct lifecycle, fulfilment_status from orders")
            .fetch_all(&pool)
            .await
            .unwrap()
            .into_iter()
            .collect();
    for (lifecycle, fulfilment) in [
        ("draft", "unfulfilled"),
        ("pending_approval", "unfulfilled"),
        ("confirmed", "unfulfilled"),
        ("confirmed", "partial"),
        ("confirmed", "delivered"),
        ("completed", "unfulfilled"),
        ("closed", "delivered"),
        ("cancelled", "unfulfilled"),
    ] {
        let state = (lifecycle.to_owned(), fulfilment.to_owned());
        assert!(states.contains(&state), "{state:?} of {states:?}");
    }
    for (what, sql) in [
        (
            "on hold",
            "select count(*) from orders where hold_count > 0",
        ),
        (
            "credit holds",
            "select count(*) from order_holds where type = 'credit'",
        ),
        (
            "released holds",
            "select count(*) from order_holds where released_at is not null",
        ),
        (
            "late",
            "select count(*) from orders where lifecycle = 'confirmed' and fulfilment_status = 'unfulfilled' and requested_date < '2026-11-24'",
        ),
        (
            "rejected",
            "select count(*) from order_approvals where state = 'rejected'",
        ),
        (
            "approved",
            "select count(*) from order_approvals where state = 'approved'",
        ),
        (
            "several taxes",
            "select count(*) from orders where jsonb_array_length(tax_summary) = 2",
        ),
        (
            "without tax",
            "select count(*) from orders where tax_total = 0 and net_total > 0",
        ),
        (
            "prices of the wholesale list",
            "select count(*) from order_lines where price_source::text like '%\"group\"%'",
        ),
        (
            "blocked customers",
            "select count(*) from customers where status = 'blocked'",
        ),
        (
            "orders in a second currency",
            "select count(*) from orders where currency = 'CHF' and confirmed_at is not null",
        ),
        (
            "comments of sellers",
            "select count(*) from order_comments c join memberships m on m.user_id = c.created_by where m.role = 'rep'",
        ),
        (
            "boxes",
            "select count(*) from order_lines where unit = 'box'",
        ),
        (
            "the customer of the examples",
            "select count(*) from customers where code = 'C-DEMO'",
        ),
    ] {
        assert!(number(&pool, sql).await > 0, "{what}");
    }
    let weeks = "select count(distinct date_trunc('week', created_at)) from orders";
    assert!(number(&pool, weeks).await >= 13);
    let future = "select count(*) from audit_events where at > '2026-11-24T12:00:00Z'";
    assert_eq!(number(&pool, future).await, 0);
    assert_eq!(number(&pool, "select count(*) from customers").await, 40);
    assert_eq!(number(&pool, "select count(*) from products").await, 60);
    assert_eq!(
        number(&pool, "select count(distinct role) from memberships").await,
        7
    );
}

#[tokio::test]
async fn the_demo_adds_up() {
    let (app, _) = demo().await;
    let pool = app.admin_pool().await;
    adds_up(&pool).await;
    let waiting = "select count(*) from outbox_events where processed_at is null";
    assert_eq!(number(&pool, waiting).await, 0);
    let owner = sign_in(&app, OWNER).await;
    let dashboard = owner.get("/dashboard").send().await.ok();
    let weeks = dashboard["weeks"].as_array().unwrap();
    assert_eq!(weeks.len(), 13);
    assert!(
        weeks.iter().all(|week| week["count"].as_i64() > Some(0)),
        "{dashboard}"
    );
    for work in ["drafts", "to_approve", "on_hold", "to_deliver", "late"] {
        assert!(dashboard["work"][work].as_i64() > Some(0), "{work}");
    }
}

/// Headers are the sums of their lines, and the buckets of the dashboard those of the orders.
async fn adds_up(pool: &PgPool) {
    let wrong = "select count(*) from orders o join lateral (
            select coalesce(sum(net), 0) as net, coalesce(sum(discount), 0) as discount, coalesce(sum(base), 0) as base, coalesce(sum(tax), 0) as tax, count(*) as lines
              from order_lines l where l.order_id = o.id) l on true
        where o.subtotal <> l.net or o.line_discount_total <> l.discount or o.net_total <> l.base or o.tax_total <> l.tax
           or o.net_total <> o.subtotal - o.order_discount or o.grand_total <> o.net_total + o.tax_total or o.payable_total <> o.grand_total + o.rounding_adjustment
           or o.line_count > l.lines or (o.grand_total = 0 and l.lines > 0)";
    assert_eq!(number(pool, wrong).await, 0, "orders that do not add up");
    let (confirmed, total, cancelled): (i64, Decimal, i64) = sqlx::query_as(
        "select sum(confirmed_count), sum(confirmed_total), sum(cancelled_count) from order_days",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    let orders: (i64, Decimal, i64) = sqlx::query_as(
        "select count(*), sum(grand_total), count(*) filter (where lifecycle = 'cancelled') from orders where confirmed_at is not null",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!((confirmed, total, cancelled), orders);
}

#[tokio::test]
async fn members_of_the_demo_see_what_their_role_sees() {
    let (app, _) = demo().await;
    let count = async |email: &str| {
        let client = sign_in(&app, email).await;
        let answer = client.get("/orders?limit=1&count=exact").send().await.ok();
        answer["page"]["count"]["value"].as_i64().unwrap()
    };
    assert_eq!(count("viewer@demo.example").await, 180);
    let (rep, team) = (
        count("rep@demo.example").await,
        count("manager.north@demo.example").await,
    );
    assert!(0 < rep && rep < team && team < 180, "{rep} {team}");
    let manager = sign_in(&app, "manager.north@demo.example").await;
    let waiting = manager
        .get("/orders?lifecycle=pending_approval")
        .send()
        .await
        .ok();
    let south = sign_in(&app, "manager.south@demo.example").await;
    let more = south
        .get("/orders?lifecycle=pending_approval")
        .send()
        .await
        .ok();
    let waiting = waiting["data"]
        .as_array()
        .into_iter()
        .chain(more["data"].as_array())
        .flatten();
    let order = waiting.last().expect("an order waits")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let owner = sign_in(&app, OWNER).await;
    let approved = owner
        .post(format!("/orders/{order}/approve"))
        .any_version()
        .json(json!({}))
        .send()
        .await
        .ok();
    assert_eq!(approved["lifecycle"], "confirmed");
}

#[tokio::test]
async fn the_demo_is_the_same_in_every_run() {
    let content = async |app: &TestApp| {
        let pool = app.admin_pool().await;
        let rows: Vec<String> = sqlx::query_scalar(
            "select concat_ws('|', number, customer_code, lifecycle, fulfilment_status, grand_total, created_at, customer_po) from orders order by number",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        rows
    };
    let (one, _) = demo().await;
    let (other, _) = demo().await;
    let rows = content(&one).await;
    assert_eq!(rows.len(), 180);
    assert_eq!(rows, content(&other).await);
}

#[tokio::test]
async fn an_organization_with_data_is_refused() {
    let (app, owner) = demo().await;
    let again = service::demo(&app.state, owner.organization.id, owner.user_id, PASSWORD).await;
    let error = again.unwrap_err();
    assert_eq!(error.problem().unwrap().code, "organization_not_empty");
    let pool = app.admin_pool().await;
    assert_eq!(number(&pool, "select count(*) from orders").await, 180);
}

#[tokio::test]
async fn set_up_makes_demo_data_when_asked() {
    let app = TestApp::empty().await;
    let link = issue_link(&app.state).await.unwrap().unwrap();
    let token = link.split_once("#t=").unwrap().1;
    let client = app.anonymous();
    let body = json!({
        "token": token,
        "organization": { "name": "Lantern Works", "country": "GB", "currency": "GBP", "time_zone": "Europe/London" },
        "administrator": { "name": "Nora Lamp", "email": "nora@lantern.example", "password": "copper lantern seventh tide" },
        "demo_data": true,
    });
    client.post("/setup").json(body).send().await.created();
    run_due(&app.state, &workers::registry()).await.unwrap();
    let pool = app.admin_pool().await;
    let done = "select count(*) from jobs where kind = 'seed_demo' and state = 'done'";
    assert_eq!(number(&pool, done).await, 1);
    let orders = client.get("/orders?count=exact").send().await.ok();
    assert_eq!(orders["page"]["count"]["value"], 180);
    assert_eq!(orders["data"][0]["total"]["currency"], "GBP");
    let guess = json!({ "email": "admin@demo.example", "password": PASSWORD });
    app.anonymous()
        .post("/auth/sign-in")
        .json(guess)
        .send()
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn a_mass_of_orders_is_found_in_the_list() {
    let (app, owner) = demo().await;
    let wanted = Scale {
        orders: 5_000,
        stop: CancellationToken::new(),
    };
    let made = service::scale(&app.state, &owner, &wanted, &|_, _| {})
        .await
        .unwrap();
    assert_eq!(made, 5_000);
    let pool = app.admin_pool().await;
    adds_up(&pool).await;
    let bare = "select count(*) from orders o where not exists (select from order_snapshots s where s.organization_id = o.organization_id and s.order_id = o.id)";
    assert_eq!(number(&pool, bare).await, 0);
    let ledger = "select count(*) from order_lines where delivered <> shipped or ordered < shipped + cancelled + reserved";
    assert_eq!(number(&pool, ledger).await, 0);
    assert_eq!(
        number(
            &pool,
            "select count(*) from customers where code like 'S-%'"
        )
        .await,
        500
    );
    let busiest = "select max(n) from (select count(*) as n from orders where customer_code like 'S-%' group by customer_id) x";
    assert!(
        number(&pool, busiest).await > 100,
        "a few customers buy much"
    );
    let client = sign_in(&app, OWNER).await;
    let count = client.get("/orders?limit=1&count=exact").send().await.ok();
    assert_eq!(count["page"]["count"]["value"], 5_180);
    let number: String = sqlx::query_scalar("select number from orders where customer_code like 'S-%' and lifecycle = 'confirmed' and fulfilment_status = 'unfulfilled' and hold_count = 0 order by number limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    let found = client.get(format!("/orders?q={number}")).send().await.ok();
    let order = found["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|order| order["number"] == number.as_str())
        .unwrap();
    works_like_any_other(&client, order["id"].as_str().unwrap()).await;
}

/// An order of the mass is shown, delivered and traced like one that was keyed.
async fn works_like_any_other(client: &Client, id: &str) {
    let order = client.get(format!("/orders/{id}")).send().await.ok();
    assert!(!order["bill_to"]["lines"].as_array().unwrap().is_empty());
    assert_eq!(order["lines"][0]["taxes"][0]["code"], "VAT19");
    let timeline = client
        .get(format!("/orders/{id}/timeline"))
        .send()
        .await
        .ok();
    let actions: Vec<&Value> = timeline["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["action"])
        .collect();
    assert!(
        actions.contains(&&json!("created")) && actions.contains(&&json!("confirmed")),
        "{timeline}"
    );
    let versions = client
        .get(format!("/orders/{id}/versions"))
        .send()
        .await
        .ok();
    assert_eq!(versions["data"][0]["version"], order["version"]);
    let kept = client
        .get(format!("/orders/{id}/versions/1"))
        .send()
        .await
        .ok();
    assert_eq!(kept["sha256"], versions["data"][0]["sha256"]);
    assert_eq!(kept["content"]["number"], order["number"]);
    assert_eq!(
        kept["content"]["totals"]["total"],
        order["totals"]["total"]["amount"]
    );
    assert_eq!(kept["content"]["bill_to"], order["bill_to"]);
    let done = client
        .post(format!("/orders/{id}/deliveries"))
        .any_version()
        .json(json!({}))
        .send()
        .await
        .ok();
    assert_eq!(done["fulfilment_status"], "delivered");
}

#[tokio::test]
async fn the_mass_comes_in_the_background_and_only_once() {
    let app = TestApp::empty().await;
    let (owner, _) = service::demo_organization(&app.state, OWNER, PASSWORD)
        .await
        .unwrap();
    service::enqueue_scale(&app.state, owner.organization.id, owner.user_id, 300)
        .await
        .unwrap();
    run_due(&app.state, &workers::registry()).await.unwrap();
    let pool = app.admin_pool().await;
    assert_eq!(number(&pool, "select count(*) from orders").await, 480);
    let missing = service::remaining(&app.state, owner.organization.id, 480)
        .await
        .unwrap();
    assert_eq!(missing, 0);
    let done = "select count(*) from jobs where kind = 'seed_scale' and state = 'done'";
    assert_eq!(number(&pool, done).await, 1);
}
