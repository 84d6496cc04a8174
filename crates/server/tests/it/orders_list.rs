//! Lists and exports of orders.

use serde_json::json;
use som_server::permission::Role;

use crate::harness::Client;
use crate::shop::{Shop, draft, line, placed, post_order};

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
