//! The figures of home.

use crate::shop::{Shop, act, draft, placed};
use serde_json::{Value, json};
use som_server::jobs::drain;

#[tokio::test]
async fn the_dashboard_adds_up() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    draft(&rep).await;
    let order = placed(&rep).await;
    act(
        &rep,
        &order,
        "holds",
        json!({ "type": "manual", "reason": "x" }),
    )
    .await
    .ok();
    sqlx::query("insert into order_days (organization_id, day, owner_id, currency, confirmed_count, confirmed_total) select $1, '2026-11-23', owner_id, 'EUR', 3, 100 from orders limit 1")
        .bind(shop.organization)
        .execute(&shop.pool)
        .await
        .unwrap();
    let board = rep.get("/dashboard").send().await.ok();
    assert_eq!(
        board["work"],
        json!({ "drafts": 1, "to_approve": 0, "on_hold": 1, "to_deliver": 1, "late": 0 })
    );
    assert_eq!(
        board["figures"]["bookings_month"],
        json!({ "amount": "100.00", "currency": "EUR" })
    );
    assert_eq!(board["figures"]["average_order"]["amount"], "33.33");
    assert_eq!(board["figures"]["open_value"]["amount"], "23.80");
    let weeks = board["weeks"].as_array().unwrap();
    assert_eq!(
        (weeks.len(), &weeks[12]),
        (
            13,
            &json!({ "week_start_date": "2026-11-23", "count": 3, "total": "100.00" })
        )
    );
    assert_eq!(board["top_customers"][0]["total"]["amount"], "23.80");
    assert_eq!(board["recent"].as_array().unwrap().len(), 2);
    let empty = shop
        .app
        .stranger()
        .await
        .get("/dashboard")
        .send()
        .await
        .ok();
    assert_eq!(
        (&empty["recent"], &empty["figures"]["orders_month"]),
        (&json!([]), &json!(0))
    );
    assert!(
        empty["weeks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|week: &Value| week["count"] == 0)
    );
}

/// What home says is open, and what the orders themselves come to.
async fn open(shop: &Shop, client: &crate::harness::Client) -> (String, String) {
    let board = client.get("/dashboard").send().await.ok();
    let shown = board["figures"]["open_value"]["amount"].as_str().unwrap();
    let summed = sqlx::query_scalar("select round(coalesce(sum(grand_total), 0), 2)::text from orders where lifecycle = 'confirmed' and fulfilment_status in ('unfulfilled', 'partial')")
        .fetch_one(&shop.pool)
        .await
        .unwrap();
    (shown.to_owned(), summed)
}

#[tokio::test]
async fn the_open_value_follows_every_order() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let same = |value: &str| (value.to_owned(), value.to_owned());
    let first = placed(&client).await;
    let second = placed(&client).await;
    assert_eq!(open(&shop, &client).await, same("47.60"));
    drain(&shop.app.state).await.unwrap();
    let waiting: i64 = sqlx::query_scalar("select count(*) from order_open_changes")
        .fetch_one(&shop.pool)
        .await
        .unwrap();
    assert_eq!(waiting, 0, "changes are folded into the sums");
    assert_eq!(open(&shop, &client).await, same("47.60"));

    act(&client, &first, "cancel", json!({ "reason": "changed" }))
        .await
        .ok();
    assert_eq!(open(&shop, &client).await, same("23.80"));
    drain(&shop.app.state).await.unwrap();
    assert_eq!(open(&shop, &client).await, same("23.80"));

    act(&client, &second, "deliveries", json!({})).await.ok();
    assert_eq!(open(&shop, &client).await, same("0.00"));
    drain(&shop.app.state).await.unwrap();
    assert_eq!(open(&shop, &client).await, same("0.00"));
}
