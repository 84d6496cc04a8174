//! Orders through the API: create, edit, read, scope, concurrency.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::shop::{Shop, act, draft, line, post_order};

#[tokio::test]
async fn an_order_is_placed_in_one_request() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let answer = post_order(&client, json!({ "place": true, "customer_po": "PO-1", "lines": [line("HX-10", "2"), line("SRV-1", "1"), { "kind": "text", "description": "Thank you" }] })).await;
    let order = answer.created();
    assert_eq!(order["number"], "SO-2026-000001");
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1/orders/{}", order["id"].as_str().unwrap()).as_str())
    );
    assert_eq!(
        (
            &order["lifecycle"],
            &order["fulfilment_status"],
            &order["invoice_status"]
        ),
        (
            &json!("confirmed"),
            &json!("unfulfilled"),
            &json!("nothing_to_invoice")
        )
    );
    assert_eq!(order["has_backorder"], false);
    assert_eq!(order["lines"][0]["ledger"]["reserved"], "2");
    assert_eq!(
        order["totals"]["total"],
        json!({ "amount": "119.00", "currency": "EUR" })
    );
    assert_eq!(order["customer"]["code"], "ACME");
    assert_eq!(order["owner"]["name"], "rep");
    assert_eq!(order["ship_to"]["lines"], json!(["Hauptstr. 1"]));
    let read = client
        .get(format!("/orders/{}", order["id"].as_str().unwrap()))
        .send()
        .await;
    assert_eq!(read.ok(), order);
    let again = client
        .get(format!("/orders/{}", order["id"].as_str().unwrap()))
        .header("if-none-match", "\"1\"")
        .send()
        .await;
    assert_eq!(again.status, 304);
    let outbox: Vec<(String, Value)> = sqlx::query_as(
        "select type, payload from outbox_events where type like 'order.%' order by seq",
    )
    .fetch_all(&shop.pool)
    .await
    .unwrap();
    assert_eq!(
        outbox.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(),
        ["order.created", "order.confirmed"]
    );
    assert_eq!(outbox[1].1["day"], "2026-11-24");
    assert_eq!(outbox[1].1["total"], "119");
}

#[tokio::test]
async fn orders_are_seen_by_scope_only() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    let order = draft(&rep).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    for role in [Role::Owner, Role::Viewer, Role::Finance, Role::Warehouse] {
        shop.app.sign_in(role).await.get(&path).send().await.ok();
    }
    // The manager's scope is the team's, and this rep is in none.
    let manager = shop.app.sign_in(Role::Manager).await;
    let stranger = shop.app.stranger().await;
    for client in [&manager, &stranger] {
        client.get(&path).send().await.problem(404, "not_found");
        client
            .get(format!("{path}/timeline"))
            .send()
            .await
            .problem(404, "not_found");
        client
            .patch(&path)
            .any_version()
            .json(json!({ "notes": "x" }))
            .send()
            .await
            .problem(404, "not_found");
        act(client, &order, "confirm", json!({}))
            .await
            .problem(404, "not_found");
    }
    let viewer = shop.app.sign_in(Role::Viewer).await;
    let refused = act(&viewer, &order, "confirm", json!({}))
        .await
        .problem(403, "missing_permission");
    assert_eq!(refused["missing_permission"], "orders.confirm");
    // Another organization's customer does not exist here.
    let foreign = post_order(&stranger, json!({})).await;
    foreign.problem(422, "validation_failed");
    assert_eq!(
        foreign.errors(),
        [
            "#/customer_code unknown_customer",
            "#/lines/0/sku unknown_sku"
        ]
    );
    for bad in ["ord_nonsense", "cus_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "1"] {
        rep.get(format!("/orders/{bad}"))
            .send()
            .await
            .problem(404, "not_found");
    }
}

#[tokio::test]
async fn two_people_confirm_at_once_and_one_wins() {
    let shop = Shop::new().await;
    let (rep, owner) = (shop.rep().await, shop.owner().await);
    let order = draft(&rep).await;
    let (a, b) = tokio::join!(
        act(&rep, &order, "confirm", json!({})),
        act(&owner, &order, "confirm", json!({}))
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{} {}", a.text(), b.text());
    let confirmed: i64 =
        sqlx::query_scalar("select count(*) from audit_events where action = 'confirmed'")
            .fetch_one(&shop.pool)
            .await
            .unwrap();
    assert_eq!(confirmed, 1);
    let late = rep
        .post(format!("/orders/{}/confirm", order["id"].as_str().unwrap()))
        .any_version()
        .json(json!({}))
        .send()
        .await;
    assert!(
        late.problem(409, "invalid_transition")["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("cancel"))
    );
}

#[tokio::test]
async fn a_key_places_one_order_however_often_it_is_sent() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let body = json!({ "customer_code": "ACME", "lines": [line("HX-10", "1")], "place": true });
    let first = client
        .post("/orders")
        .key("k1")
        .json(body.clone())
        .send()
        .await;
    let again = client
        .post("/orders")
        .key("k1")
        .json(body.clone())
        .send()
        .await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.created(), again.created());
    client
        .post("/orders")
        .key("k1")
        .json(json!({ "customer_code": "ACME", "lines": [] }))
        .send()
        .await
        .problem(422, "idempotency_mismatch");
    let calls = (0..4).map(|_| client.post("/orders").key("k2").json(body.clone()).send());
    let answers = futures_util::future::join_all(calls).await;
    for answer in &answers {
        assert!(
            [201, 409].contains(&answer.status.as_u16()),
            "{}",
            answer.text()
        );
    }
    let orders: i64 = sqlx::query_scalar("select count(*) from orders")
        .fetch_one(&shop.pool)
        .await
        .unwrap();
    assert_eq!(orders, 2);
    let dry = client.post("/orders?dry_run=true").json(body).send().await;
    dry.created();
    let after: i64 = sqlx::query_scalar("select count(*) from orders")
        .fetch_one(&shop.pool)
        .await
        .unwrap();
    assert_eq!(after, 2);
}

#[tokio::test]
async fn what_an_order_needs_is_said_field_by_field() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let answer = client
        .post("/orders")
        .json(json!({ "lines": [] }))
        .send()
        .await;
    answer.problem(422, "validation_failed");
    assert_eq!(answer.errors(), ["#/customer_id required"]);
    let answer = post_order(&client, json!({ "order_date": "2026-11-24", "requested_date": "2026-11-23", "valid_until": "2026-11-01",
        "payment_term_id": "pyt_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "price_list_id": "plist_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "owner_id": "usr_01K9ZC5T3GE8V9M4R2X7Q6P0AB",
        "ship_to_address_id": "adr_01K9ZC5T3GE8V9M4R2X7Q6P0AB", "custom": { "nope": "1" } })).await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/custom/nope unknown_field",
            "#/owner_id unknown_owner",
            "#/payment_term_id unknown_payment_term",
            "#/price_list_id unknown_price_list",
            "#/requested_date requested_date_before_order",
            "#/ship_to_address_id unknown_address",
            "#/valid_until valid_until_before_order",
        ]
    );
    post_order(&client, json!({ "place": true, "lines": [] }))
        .await
        .problem(422, "order_empty");
    shop.run("update customers set status = 'blocked' where organization_id = $1")
        .await;
    post_order(&client, json!({}))
        .await
        .problem(409, "customer_blocked");
    let lines: Vec<Value> = (0..501).map(|_| line("HX-10", "1")).collect();
    let answer = post_order(&client, json!({ "lines": lines })).await;
    assert_eq!(answer.errors(), ["#/lines too_many_lines"]);
}

#[tokio::test]
async fn a_customer_number_is_noticed_twice_by_policy() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    post_order(&client, json!({ "customer_po": "PO-9" }))
        .await
        .created();
    let again = post_order(&client, json!({ "customer_po": "PO-9" }))
        .await
        .created();
    assert_eq!(again["warnings"][0]["code"], "duplicate_customer_po");
    shop.run("update organizations set customer_po_policy = 'refuse' where id = $1")
        .await;
    let other = shop.rep().await;
    post_order(&other, json!({ "customer_po": "PO-9", "place": true }))
        .await
        .problem(409, "duplicate_customer_po");
}

#[tokio::test]
async fn a_crowd_of_orders_gets_by_with_two_connections() {
    let shop = Shop::new().await;
    let client = shop.app.crowded().await;
    let calls = (0..60).map(|_| post_order(&client, json!({ "place": true })));
    let answers = futures_util::future::join_all(calls).await;
    let numbers: std::collections::BTreeSet<String> = answers
        .iter()
        .map(|answer| answer.created()["number"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(numbers.len(), 60);
}
