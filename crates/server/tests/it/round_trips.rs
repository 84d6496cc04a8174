//! How much requests say to the database. Every round trip is a part of a millisecond that a lock may be held for, and every statement is CPU:
//! these figures change on purpose only.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::Client;
use crate::harness::wire::Wire;
use crate::shop::{Shop, line, placed};

/// Tries until the connection has every statement prepared and no other connection joins in.
const TRIES: usize = 30;

/// The least that is said for a request: round trips and statements.
pub async fn said(
    client: &Client,
    wire: &Wire,
    method: Method,
    path: &str,
    body: Value,
) -> (usize, usize) {
    let mut least = None;
    for number in 0..TRIES {
        let mut call = client.call(method.clone(), path);
        if method == Method::POST {
            call = call.json(body.clone()).key(&format!("key-{number}"));
        }
        wire.take();
        assert!(call.send().await.status.is_success(), "{path}");
        let seen = wire.take();
        least = match (least, seen) {
            (Some(known), Some(seen)) => Some(std::cmp::min(known, seen)),
            (known, seen) => known.or(seen),
        };
    }
    least.expect("always something to prepare")
}

fn five_lines() -> Value {
    let lines: Vec<Value> = (1..=5).map(|n| line("HX-10", &n.to_string())).collect();
    json!({ "customer_code": "ACME", "lines": lines, "place": true })
}

#[tokio::test]
async fn requests_ask_the_database_as_little_as_they_can() {
    let shop = Shop::new().await;
    let (client, wire) = shop.app.counted().await;
    let order = placed(&client).await;
    let detail = format!("/orders/{}", order["id"].as_str().unwrap());
    // begin with the organization · the key · one read · one write of everything · commit
    let create = said(&client, &wire, Method::POST, "/orders", five_lines()).await;
    assert_eq!(create, (5, 6), "create and confirm");
    let read = said(&client, &wire, Method::GET, &detail, Value::Null).await;
    assert_eq!(read, (3, 4), "one order");
    let delivered = format!("{detail}/deliveries");
    let deliveries = said(&client, &wire, Method::GET, &delivered, Value::Null).await;
    assert_eq!(deliveries, (2, 3), "the deliveries of an order");
    let list = said(
        &client,
        &wire,
        Method::GET,
        "/orders?lifecycle=confirmed",
        Value::Null,
    )
    .await;
    // with a filter it is planned anew: the statement is sent first
    assert_eq!(list, (3, 3), "a page of the filtered list");
    let preview = said(
        &client,
        &wire,
        Method::POST,
        "/orders/preview",
        five_lines(),
    )
    .await;
    assert_eq!(preview, (2, 3), "preview");
    let dashboard = said(&client, &wire, Method::GET, "/dashboard", Value::Null).await;
    assert_eq!(dashboard, (3, 4), "dashboard");
}

#[tokio::test]
async fn a_credit_limit_costs_no_round_trip() {
    let shop = Shop::new().await;
    shop.run("update customers set credit_limit = 1000000 where organization_id = $1")
        .await;
    let (client, wire) = shop.app.counted().await;
    let create = said(&client, &wire, Method::POST, "/orders", five_lines()).await;
    assert_eq!(create, (5, 6));
}
