//! The deliveries of an order, with what took them back.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::Client;
use crate::shop::{Shop, act, line, placed, post_order};

fn path(order: &Value) -> String {
    format!("/orders/{}/deliveries", order["id"].as_str().unwrap())
}

async fn list(client: &Client, order: &Value, query: &str) -> Value {
    let path = format!("{}{query}", path(order));
    client.get(path).send().await.ok()
}

/// The order after `count` deliveries of one piece each.
async fn delivered(client: &Client, order: Value, count: usize) -> Value {
    let mut order = order;
    for number in 0..count {
        let body = json!({ "note": format!("no. {number}"),
            "lines": [{ "line_id": order["lines"][0]["id"], "quantity": { "value": "1" } }] });
        order = act(client, &order, "deliveries", body).await.ok();
    }
    order
}

#[tokio::test]
async fn deliveries_are_listed_with_what_took_them_back() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let lines = json!({ "place": true, "lines": [line("HX-10", "10"), line("SRV-1", "1")] });
    let order = post_order(&client, lines).await.created();
    assert_eq!(list(&client, &order, "").await["data"], json!([]));
    let body = json!({ "note": "Left at gate 4", "delivered_date": "2026-11-24", "lines": [
        { "line_id": order["lines"][1]["id"], "quantity": { "value": "1" } },
        { "line_id": order["lines"][0]["id"], "quantity": { "value": "2.5" } }] });
    let order = act(&client, &order, "deliveries", body).await.ok();
    let first = list(&client, &order, "").await["data"][0].clone();
    assert_eq!(first["note"], "Left at gate 4");
    assert_eq!(first["delivered_date"], "2026-11-24");
    assert_eq!(
        (&first["reverses"], &first["reversed_by"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!first["created_by"]["name"].as_str().unwrap().is_empty());
    let lines = first["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["line_id"], order["lines"][0]["id"]);
    assert_eq!(lines[0]["sku"], "HX-10");
    assert_eq!(lines[0]["quantity"]["value"], "2.5");
    assert_eq!(
        lines[0]["quantity"]["unit"],
        order["lines"][0]["quantity"]["unit"]
    );
    let back = format!("deliveries/{}/reverse", first["id"].as_str().unwrap());
    act(&client, &order, &back, json!({ "reason": "wrong gate" }))
        .await
        .ok();
    let both = list(&client, &order, "").await;
    let (reversal, first) = (&both["data"][0], &both["data"][1]);
    assert_eq!(reversal["reverses"], first["id"]);
    assert_eq!(first["reversed_by"], reversal["id"]);
    assert_eq!(reversal["note"], "wrong gate");
    assert_eq!(reversal["lines"][0]["quantity"]["value"], "-2.5");
    assert_eq!(both["page"]["has_more"], false);
}

#[tokio::test]
async fn they_come_in_pages_newest_first() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let lines = json!({ "place": true, "lines": [line("HX-10", "10")] });
    let order = post_order(&client, lines).await.created();
    let order = delivered(&client, order, 5).await;
    let mut seen: Vec<String> = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = list(&client, &order, &query).await;
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["note"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["page"]["next"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(seen, ["no. 4", "no. 3", "no. 2", "no. 1", "no. 0"]);
    for (query, code) in [
        ("?limit=0", "invalid_limit"),
        ("?limit=51", "invalid_limit"),
        ("?limit=many", "invalid_value"),
        ("?cursor=c_1", "invalid_value"),
        ("?page=2", "unknown_parameter"),
    ] {
        let refused = client.get(format!("{}{query}", path(&order))).send().await;
        refused.problem(400, code);
    }
}

#[tokio::test]
async fn they_are_seen_by_those_who_see_the_order() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = delivered(&client, placed(&client).await, 1).await;
    let viewer = shop.app.sign_in(Role::Viewer).await;
    assert_eq!(
        list(&viewer, &order, "").await["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for stranger in [
        shop.app.stranger().await,
        shop.app.sign_in(Role::Manager).await,
    ] {
        stranger
            .get(path(&order))
            .send()
            .await
            .problem(404, "not_found");
    }
    let nobody = json!({ "id": "ord_01K9ZC5T3GE8V9M4R2X7Q6P0AB" });
    client
        .get(path(&nobody))
        .send()
        .await
        .problem(404, "not_found");
}
