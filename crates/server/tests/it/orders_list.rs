//! Finding orders: list, export, search, dashboard.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::Client;
use crate::shop::{Shop, act, draft, line, placed, post_order};

async fn numbers(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(format!("/orders?{query}")).send().await.ok();
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| {
            o["number"]
                .as_str()
                .unwrap()
                .rsplit('0')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn lists_filter_sort_page_and_respect_scope() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    draft(&rep).await;
    let second = post_order(&rep, json!({ "place": true, "customer_po": "PO_50%", "lines": [line("SRV-1", "3")], "external_refs": { "shop": "R-77" } })).await.created();
    placed(&rep).await;
    assert_eq!(numbers(&rep, "").await, ["3", "2", "1"]);
    assert_eq!(numbers(&rep, "sort=total,-number").await, ["3", "1", "2"]);
    assert_eq!(numbers(&rep, "lifecycle=draft").await, ["1"]);
    assert_eq!(
        numbers(&rep, "lifecycle=confirmed&total.gt=100").await,
        ["2"]
    );
    assert_eq!(numbers(&rep, "sku=srv-1").await, ["2"]);
    assert_eq!(numbers(&rep, "external_ref=R-77").await, ["2"]);
    assert_eq!(
        numbers(&rep, "customer_name.contains=acme&on_hold=false&q=po_50%25").await,
        ["2"]
    );
    assert_eq!(numbers(&rep, "q=%25%25%25").await, Vec::<String>::new());
    assert_eq!(
        numbers(
            &rep,
            &format!("number={}", second["number"].as_str().unwrap())
        )
        .await,
        ["2"]
    );
    let page = rep.get("/orders?limit=2&count=exact").send().await.ok();
    assert_eq!(
        page["page"]["count"],
        json!({ "value": 3, "relation": "eq" })
    );
    let next = page["page"]["next"].as_str().unwrap();
    let rest = rep
        .get(format!("/orders?limit=2&cursor={next}"))
        .send()
        .await
        .ok();
    assert_eq!(rest["data"].as_array().unwrap().len(), 1);
    rep.get(format!("/orders?limit=2&cursor={next}&lifecycle=draft"))
        .send()
        .await
        .problem(400, "cursor_mismatch");
    rep.get(format!("/orders?cursor={next}x"))
        .send()
        .await
        .expect(400);
    rep.get("/orders?sort=margin").send().await.expect(400);
    rep.get("/orders?colour=red").send().await.expect(400);
    rep.get(format!("/orders?q={}", "x".repeat(10_000)))
        .send()
        .await
        .problem(422, "search_too_long");
    let item = &page["data"][0];
    assert_eq!(
        (
            &item["etag"],
            &item["total"]["currency"],
            &item["owner"]["name"]
        ),
        (&json!("\"1\""), &json!("EUR"), &json!("rep"))
    );
    assert!(item.get("lines").is_none());
    let stranger = shop.app.stranger().await;
    assert!(numbers(&stranger, "").await.is_empty());
    // The manager's scope is a team this rep is not in.
    assert!(
        numbers(&shop.app.sign_in(Role::Manager).await, "")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_export_has_the_rows_in_sight_with_chosen_columns() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    post_order(&rep, json!({ "customer_po": "=1+1" }))
        .await
        .created();
    let file = rep
        .get("/orders/export?format=csv&columns=number,customer_po,total,currency")
        .send()
        .await;
    assert_eq!(file.status, 200, "{}", file.text());
    assert_eq!(
        file.text(),
        "number,customer_po,total,currency\r\nSO-2026-000001,'=1+1,23.8,EUR\r\n"
    );
    let manager = shop.app.sign_in(Role::Manager).await;
    assert_eq!(
        manager
            .get("/orders/export?format=csv&columns=number")
            .send()
            .await
            .text(),
        "number\r\n"
    );
    shop.app
        .sign_in(Role::Viewer)
        .await
        .get("/orders/export?format=csv")
        .send()
        .await
        .problem(403, "missing_permission");
    let sheet = rep.get("/orders/export?format=xlsx").send().await;
    assert_eq!(&sheet.bytes[..2], b"PK");
}

#[tokio::test]
async fn search_finds_orders_customers_and_products_in_sight() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    let order = post_order(&rep, json!({ "customer_po": "PO-4711" }))
        .await
        .created();
    let found = |client: &Client, q: &str| {
        let call = client.get(format!("/search?q={q}"));
        async move { call.send().await.ok() }
    };
    for q in ["4711", "so-2026", "000001", "hx-10", "acme"] {
        assert_eq!(found(&rep, q).await["orders"][0]["id"], order["id"], "{q}");
    }
    let acme = found(&rep, "acm").await;
    assert_eq!(acme["customers"][0]["code"], "ACME");
    assert_eq!(found(&rep, "ac").await["customers"][0]["code"], "ACME");
    assert_eq!(found(&rep, "hx").await["products"][0]["sku"], "HX-10");
    assert_eq!(
        found(&rep, "%25_%25").await,
        json!({ "orders": [], "customers": [], "products": [] })
    );
    assert_eq!(found(&rep, "").await["orders"], json!([]));
    let manager = shop.app.sign_in(Role::Manager).await;
    let hidden = found(&manager, "acme").await;
    assert_eq!(
        (&hidden["orders"], &hidden["customers"]),
        (&json!([]), &json!([]))
    );
    rep.get(format!("/search?q={}", "x".repeat(10_000)))
        .send()
        .await
        .problem(422, "search_too_long");
    rep.get("/search?q=a%00b")
        .send()
        .await
        .problem(422, "control_character");
    rep.get("/search").send().await.problem(400, "required");
    shop.app
        .anonymous()
        .get("/search?q=x")
        .send()
        .await
        .expect(401);
}

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
