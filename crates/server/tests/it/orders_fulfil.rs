//! Deliveries, cancelled quantities, closing and holds through the API, and what the derived statuses say.

use serde_json::{Value, json};

use crate::shop::{Shop, act, draft, line, placed, post_order};

fn statuses(order: &Value) -> [&str; 3] {
    ["lifecycle", "fulfilment_status", "invoice_status"].map(|name| order[name].as_str().unwrap())
}

#[tokio::test]
async fn deliveries_move_the_ledger_and_the_statuses() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = post_order(
        &client,
        json!({ "place": true, "lines": [line("HX-10", "10"), line("SRV-1", "1")] }),
    )
    .await
    .created();
    let first = order["lines"][0]["id"].as_str().unwrap().to_owned();
    let part = act(&client, &order, "deliveries", json!({ "lines": [{ "line_id": first, "quantity": { "value": "4" } }], "note": "first part" })).await.ok();
    assert_eq!(statuses(&part), ["confirmed", "partial", "to_invoice"]);
    let ledger = &part["lines"][0]["ledger"];
    assert_eq!(
        (
            &ledger["shipped"],
            &ledger["delivered"],
            &ledger["open"],
            &ledger["reserved"]
        ),
        (&json!("4"), &json!("4"), &json!("6"), &json!("6"))
    );
    let too_much = act(
        &client,
        &part,
        "deliveries",
        json!({ "lines": [{ "line_id": first, "quantity": { "value": "7" } }] }),
    )
    .await;
    assert_eq!(
        too_much.problem(409, "over_delivery")["errors"][0]["params"]["possible"],
        "6"
    );
    for (body, code) in [
        (
            json!({ "lines": [{ "line_id": first, "quantity": { "value": "0" } }] }),
            "quantity_zero",
        ),
        (
            json!({ "lines": [{ "line_id": "oln_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "quantity": { "value": "1" } }] }),
            "unknown_line",
        ),
        (json!({ "delivered_date": "2026-12-24" }), "date_in_future"),
    ] {
        let problem = act(&client, &part, "deliveries", body)
            .await
            .problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], code);
    }
    let rest = act(&client, &part, "deliveries", json!({})).await.ok();
    assert_eq!(statuses(&rest), ["confirmed", "delivered", "to_invoice"]);
    act(&client, &rest, "deliveries", json!({}))
        .await
        .problem(409, "nothing_open");
    act(&client, &rest, "cancel", json!({ "reason": "too late" }))
        .await
        .problem(409, "already_shipped");
    let timeline = client
        .get(format!(
            "/orders/{}/timeline",
            order["id"].as_str().unwrap()
        ))
        .send()
        .await
        .ok();
    let kinds: Vec<&str> = timeline["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["delivery", "delivery", "status", "status"]);
    assert_eq!(timeline["data"][1]["detail"], "first part");
}

#[tokio::test]
async fn an_order_completes_by_itself_when_nothing_is_left() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = post_order(
        &client,
        json!({ "place": true, "lines": [line("HX-10", "2")] }),
    )
    .await
    .created();
    let id = order["lines"][0]["id"].as_str().unwrap();
    let path = format!("lines/{id}/cancel-quantity");
    let one = act(
        &client,
        &order,
        &path,
        json!({ "quantity": { "value": "1" }, "reason": "lost" }),
    )
    .await
    .ok();
    assert_eq!(one["lines"][0]["ledger"]["cancelled"], "1");
    assert_eq!(
        act(
            &client,
            &one,
            &path,
            json!({ "quantity": { "value": "2" }, "reason": "lost" })
        )
        .await
        .problem(409, "cancel_exceeds_open")["errors"][0]["pointer"],
        "#/quantity"
    );
    let none = act(
        &client,
        &one,
        &path,
        json!({ "quantity": { "value": "1" }, "reason": "lost" }),
    )
    .await
    .ok();
    assert_eq!(none["lifecycle"], "completed");
    assert!(none["completed_at"].is_string());
    act(&client, &none, "reopen", json!({}))
        .await
        .problem(409, "settled");
    act(&client, &none, "cancel", json!({ "reason": "x" }))
        .await
        .problem(409, "invalid_transition");
}

#[tokio::test]
async fn cancel_and_short_close_each_have_their_time() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = placed(&client).await;
    act(&client, &order, "short-close", json!({ "reason": "x" }))
        .await
        .problem(409, "nothing_fulfilled");
    act(&client, &order, "cancel", json!({}))
        .await
        .problem(422, "validation_failed");
    let cancelled = act(
        &client,
        &order,
        "cancel",
        json!({ "reason": "ordered twice" }),
    )
    .await
    .ok();
    assert_eq!(
        (
            &cancelled["lifecycle"],
            &cancelled["cancel_reason"],
            &cancelled["lines"][0]["ledger"]["open"]
        ),
        (&json!("cancelled"), &json!("ordered twice"), &json!("0"))
    );
    let payload: Value =
        sqlx::query_scalar("select payload from outbox_events where type = 'order.cancelled'")
            .fetch_one(&shop.pool)
            .await
            .unwrap();
    assert_eq!(payload["day"], "2026-11-24");
    let order = placed(&client).await;
    let id = order["lines"][0]["id"].as_str().unwrap();
    let part = act(
        &client,
        &order,
        "deliveries",
        json!({ "lines": [{ "line_id": id, "quantity": { "value": "1" } }] }),
    )
    .await
    .ok();
    let closed = act(
        &client,
        &part,
        "short-close",
        json!({ "reason": "sold out" }),
    )
    .await
    .ok();
    assert_eq!(statuses(&closed), ["closed", "delivered", "to_invoice"]);
    // A draft that is cancelled was never booked.
    let order = draft(&client).await;
    act(&client, &order, "cancel", json!({ "reason": "no" }))
        .await
        .ok();
    let day: Value = sqlx::query_scalar("select payload -> 'day' from outbox_events where type = 'order.cancelled' order by seq desc limit 1").fetch_one(&shop.pool).await.unwrap();
    assert_eq!(day, Value::Null);
}

#[tokio::test]
async fn holds_block_deliveries_until_released() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = placed(&client).await;
    let held = act(
        &client,
        &order,
        "holds",
        json!({ "type": "address", "reason": "which gate?" }),
    )
    .await
    .ok();
    assert_eq!(
        (
            &held["hold_count"],
            &held["holds"][0]["blocks"],
            &held["version"]
        ),
        (&json!(1), &json!("ship"), &json!(2))
    );
    let problem = act(&client, &held, "deliveries", json!({}))
        .await
        .problem(409, "on_hold");
    assert_eq!(problem["holds"][0]["reason"], "which gate?");
    act(
        &client,
        &held,
        "holds",
        json!({ "type": "credit", "blocks": "both", "reason": "x" }),
    )
    .await
    .problem(422, "validation_failed");
    act(
        &client,
        &held,
        "holds",
        json!({ "type": "weather", "reason": "x" }),
    )
    .await
    .problem(422, "validation_failed");
    let hold = held["holds"][0]["id"].as_str().unwrap();
    let rep = shop.rep().await;
    act(
        &rep,
        &held,
        &format!("holds/{hold}/release"),
        json!({ "reason": "ok" }),
    )
    .await
    .problem(403, "missing_permission");
    let released = act(
        &client,
        &held,
        &format!("holds/{hold}/release"),
        json!({ "reason": "gate 2" }),
    )
    .await
    .ok();
    assert_eq!(
        (&released["hold_count"], &released["holds"][0]["active"]),
        (&json!(0), &json!(false))
    );
    act(
        &client,
        &released,
        &format!("holds/{hold}/release"),
        json!({ "reason": "again" }),
    )
    .await
    .problem(409, "already_released");
    // A hold on one line blocks that line only.
    let line = released["lines"][0]["id"].as_str().unwrap();
    let held = act(
        &client,
        &released,
        "holds",
        json!({ "type": "quality", "line_id": line, "reason": "check" }),
    )
    .await
    .ok();
    act(&client, &held, "deliveries", json!({}))
        .await
        .problem(409, "on_hold");
}
