//! Deliveries that did not happen are taken back, once, and the order opens again.

use serde_json::{Value, json};

use crate::harness::{Answer, Client};
use crate::shop::{Shop, act, line, placed, post_order};

/// The ids of the deliveries of an order, newest first.
async fn deliveries(client: &Client, order: &Value) -> Vec<String> {
    let path = format!("/orders/{}/timeline", order["id"].as_str().unwrap());
    let timeline = client.get(path).send().await.ok();
    let entries = timeline["data"].as_array().unwrap().iter();
    entries
        .filter_map(|entry| entry["diff"]["delivery"].as_str())
        .map(str::to_owned)
        .collect()
}

async fn reverse(client: &Client, order: &Value, delivery: &str) -> Answer {
    let path = format!("deliveries/{delivery}/reverse");
    act(client, order, &path, json!({ "reason": "wrong gate" })).await
}

async fn ledger_sums(shop: &Shop) -> Vec<(String, String)> {
    sqlx::query_as(
        "select coalesce(sum(d.quantity), 0)::float::text, l.delivered::float::text from order_lines l
           left join delivery_lines d on d.organization_id = l.organization_id and d.line_id = l.id
          where l.organization_id = $1 group by l.id, l.delivered order by l.id",
    )
    .bind(shop.organization)
    .fetch_all(&shop.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_delivery_taken_back_is_open_again() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let lines = json!({ "place": true, "lines": [line("HX-10", "10"), line("SRV-1", "1")] });
    let order = post_order(&client, lines).await.created();
    let first = order["lines"][0]["id"].as_str().unwrap().to_owned();
    let four = json!({ "lines": [{ "line_id": first, "quantity": { "value": "4" } }] });
    let part = act(&client, &order, "deliveries", four).await.ok();
    let all = act(&client, &part, "deliveries", json!({})).await.ok();
    let made = deliveries(&client, &order).await;
    let back = reverse(&client, &all, &made[1]).await;
    let order = back.ok();
    assert_eq!(back.header("etag"), Some("\"4\""));
    let ledger = &order["lines"][0]["ledger"];
    let figures = ["shipped", "delivered", "open", "reserved"].map(|name| &ledger[name]);
    assert_eq!(
        figures,
        [&json!("6"), &json!("6"), &json!("4"), &json!("4")]
    );
    assert_eq!(order["fulfilment_status"], "partial");
    assert!(
        ledger_sums(&shop)
            .await
            .iter()
            .all(|(posted, known)| posted == known)
    );
    reverse(&client, &order, &made[1])
        .await
        .problem(409, "already_reversed");
    let reversal = deliveries(&client, &order).await.remove(0);
    reverse(&client, &order, &reversal)
        .await
        .problem(409, "is_a_reversal");
    let timeline = client
        .get(format!(
            "/orders/{}/timeline",
            order["id"].as_str().unwrap()
        ))
        .send()
        .await
        .ok();
    let entry = &timeline["data"][0];
    assert_eq!(
        (&entry["kind"], &entry["action"], &entry["detail"]),
        (
            &json!("delivery"),
            &json!("delivery_reversed"),
            &json!("wrong gate")
        )
    );
    assert_eq!(entry["diff"]["reverses"], json!(made[1]));
    let told: i64 = sqlx::query_scalar(
        "select count(*) from outbox_events where type = 'order.delivery_reversed'",
    )
    .fetch_one(&shop.pool)
    .await
    .unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn a_completed_order_opens_again_by_itself() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = placed(&client).await;
    // There is no invoicing yet: the line counts as invoiced before it is delivered.
    shop.run("update order_lines set invoiced = ordered where organization_id = $1")
        .await;
    let done = act(&client, &order, "deliveries", json!({})).await.ok();
    assert_eq!(done["lifecycle"], "completed");
    let made = deliveries(&client, &done).await;
    let open = reverse(&client, &done, &made[0]).await.ok();
    assert_eq!(
        (&open["lifecycle"], &open["completed_at"]),
        (&json!("confirmed"), &Value::Null)
    );
    assert_eq!(open["invoice_status"], "to_credit");
    let again = act(&client, &open, "deliveries", json!({})).await.ok();
    assert_eq!(again["lifecycle"], "completed");
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_refused() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let order = placed(&client).await;
    let nobody = "dlv_01K9ZC5T3GE8V9M4R2X7Q6P0AB";
    reverse(&client, &order, nobody)
        .await
        .problem(404, "not_found");
    let part =
        json!({ "lines": [{ "line_id": order["lines"][0]["id"], "quantity": { "value": "1" } }] });
    let part = act(&client, &order, "deliveries", part).await.ok();
    let made = deliveries(&client, &part).await.remove(0);
    // of another order, by another organization, without the permission, without a reason, without or with an old version
    let other = placed(&client).await;
    reverse(&client, &other, &made)
        .await
        .problem(404, "not_found");
    reverse(&shop.app.stranger().await, &part, &made)
        .await
        .problem(404, "not_found");
    reverse(
        &shop.app.sign_in(som_server::permission::Role::Viewer).await,
        &part,
        &made,
    )
    .await
    .problem(403, "missing_permission");
    let path = format!(
        "/orders/{}/deliveries/{made}/reverse",
        part["id"].as_str().unwrap()
    );
    let empty = client
        .post(&path)
        .any_version()
        .json(json!({ "reason": "" }))
        .send()
        .await;
    empty.problem(422, "validation_failed");
    let reason = json!({ "reason": "wrong" });
    client
        .post(&path)
        .json(reason.clone())
        .send()
        .await
        .problem(428, "precondition_required");
    client
        .post(&path)
        .if_match(1)
        .json(reason.clone())
        .send()
        .await
        .problem(412, "stale_version");
    // What came back as a return was delivered.
    shop.run("update order_lines set returned = 1 where organization_id = $1 and shipped = 1")
        .await;
    let returned = reverse(&client, &part, &made).await;
    assert_eq!(
        returned.problem(409, "reversal_exceeds_delivered")["errors"][0]["params"]["possible"],
        "0"
    );
    shop.run("update order_lines set returned = 0 where organization_id = $1")
        .await;
    // A closed order stays closed; nothing of a cancelled one was delivered.
    let closed = act(
        &client,
        &part,
        "short-close",
        json!({ "reason": "sold out" }),
    )
    .await
    .ok();
    reverse(&client, &closed, &made)
        .await
        .problem(409, "invalid_transition");
    shop.run("update orders set lifecycle = 'cancelled', closed_at = null, cancelled_at = now(), cancel_reason = 'x' where organization_id = $1")
        .await;
    reverse(&client, &closed, &made)
        .await
        .problem(409, "invalid_transition");
    assert!(
        ledger_sums(&shop)
            .await
            .iter()
            .all(|(posted, known)| posted == known)
    );
}

#[tokio::test]
async fn of_two_at_once_one_takes_it_back() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let done = act(&client, &placed(&client).await, "deliveries", json!({}))
        .await
        .ok();
    let made = deliveries(&client, &done).await.remove(0);
    let path = format!(
        "/orders/{}/deliveries/{made}/reverse",
        done["id"].as_str().unwrap()
    );
    let send = || {
        client
            .post(&path)
            .any_version()
            .json(json!({ "reason": "twice" }))
            .send()
    };
    let (a, b, c) = tokio::join!(send(), send(), send());
    let mut statuses = [a, b, c].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    assert!(
        ledger_sums(&shop)
            .await
            .iter()
            .all(|(posted, known)| posted == "0" && known == "0")
    );
    // The same key answers twice and acts once.
    let again = act(
        &client,
        &client
            .get(format!("/orders/{}", done["id"].as_str().unwrap()))
            .send()
            .await
            .ok(),
        "deliveries",
        json!({}),
    )
    .await
    .ok();
    let made = deliveries(&client, &again).await.remove(0);
    let path = format!(
        "/orders/{}/deliveries/{made}/reverse",
        done["id"].as_str().unwrap()
    );
    let keyed = || {
        client
            .post(&path)
            .any_version()
            .key("back")
            .json(json!({ "reason": "twice" }))
            .send()
    };
    let first = keyed().await.ok();
    let second = keyed().await;
    assert_eq!(
        (second.ok(), second.header("idempotency-replayed")),
        (first, Some("true"))
    );
}
