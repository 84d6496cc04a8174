//! Changes of drafts, versions and the timeline.

use serde_json::json;

use crate::shop::{Shop, draft, line, placed, post_order};

#[tokio::test]
async fn a_draft_is_edited_by_header_and_line() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let order = draft(&client).await;
    let id = order["id"].as_str().unwrap();
    let path = format!("/orders/{id}");
    client
        .patch(&path)
        .json(json!({ "notes": "x" }))
        .send()
        .await
        .problem(428, "precondition_required");
    let patched = client.patch(&path).if_match(1).json(json!({ "notes": "x", "discount": { "amount": "5.00" }, "requested_date": "2026-12-01" })).send().await.ok();
    assert_eq!(
        (&patched["version"], &patched["totals"]["net"]["amount"]),
        (&json!(2), &json!("15.00"))
    );
    assert_eq!(patched["lines"][0]["order_discount_share"], "5.00");
    let stale = client
        .patch(&path)
        .if_match(1)
        .json(json!({ "notes": "y" }))
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(stale["current_etag"], "\"2\"");
    assert!(
        stale["changed"]
            .as_array()
            .unwrap()
            .contains(&json!("/notes")),
        "{stale}"
    );
    let added = client.post(format!("{path}/lines")).if_match(2).json(json!({ "lines": [line("BOX-12", "12"), { "description": "Freight", "kind": "charge", "quantity": { "value": "1" }, "unit_price": { "amount": "9" } }] })).send().await.ok();
    assert_eq!(added["lines"].as_array().unwrap().len(), 3);
    assert_eq!(added["totals"]["net"]["amount"], "42.00");
    let first = added["lines"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(first, order["lines"][0]["id"]);
    let changed = client
        .patch(format!("{path}/lines/{first}"))
        .if_match(3)
        .json(json!({ "quantity": { "value": "5" }, "position": 3 }))
        .send()
        .await
        .ok();
    assert_eq!(changed["lines"][2]["id"], first);
    assert_eq!(changed["lines"][2]["quantity"]["value"], "5");
    client
        .patch(format!("{path}/lines/{first}"))
        .if_match(4)
        .json(json!({ "quantity": { "value": "0.5" } }))
        .send()
        .await
        .problem(422, "validation_failed");
    let removed = client
        .delete(format!("{path}/lines/{first}"))
        .if_match(4)
        .send()
        .await
        .ok();
    assert_eq!(removed["lines"].as_array().unwrap().len(), 2);
    client
        .delete(format!("{path}/lines/{first}"))
        .if_match(5)
        .send()
        .await
        .problem(404, "not_found");
    let replaced = client
        .put(format!("{path}/lines"))
        .if_match(5)
        .json(json!({ "lines": [line("HX-10", "1")] }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&replaced["version"], &replaced["totals"]["net"]["amount"]),
        (&json!(6), &json!("5.00"))
    );
    let diff = client
        .get(format!("{path}/diff?from=1&to=2"))
        .send()
        .await
        .ok();
    let paths: Vec<&str> = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["path"].as_str())
        .collect();
    assert!(
        paths.contains(&"notes")
            && paths.contains(&"requested_date")
            && paths.contains(&"totals/net"),
        "{paths:?}"
    );
    let versions = client.get(format!("{path}/versions")).send().await.ok();
    assert_eq!(versions["data"].as_array().unwrap().len(), 6);
    let second = client.get(format!("{path}/versions/2")).send().await.ok();
    assert_eq!(second["content"]["notes"], "x");
    assert_eq!(second["content"]["ship_to"]["city"], "Berlin");
    client
        .get(format!("{path}/versions/7"))
        .send()
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn prices_follow_the_quantity_unless_set_by_hand() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let order = post_order(&client, json!({ "lines": [{ "sku": "HX-10", "quantity": { "value": "1" }, "unit_price": { "amount": "7" } }] })).await.created();
    let line = order["lines"][0]["id"].as_str().unwrap();
    let path = format!("/orders/{}/lines/{line}", order["id"].as_str().unwrap());
    let more = client
        .patch(&path)
        .if_match(1)
        .json(json!({ "quantity": { "value": "3" } }))
        .send()
        .await
        .ok();
    assert_eq!(more["lines"][0]["unit_price"]["amount"], "7.00");
    let back = client
        .patch(&path)
        .if_match(2)
        .json(json!({ "unit_price": null }))
        .send()
        .await
        .ok();
    assert_eq!(
        (
            &back["lines"][0]["unit_price"]["amount"],
            &back["lines"][0]["price_locked"]
        ),
        (&json!("10.00"), &json!(false))
    );
}

#[tokio::test]
async fn after_confirmation_editing_says_what_to_do_instead() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let order = placed(&client).await;
    let id = order["id"].as_str().unwrap();
    for answer in [
        client
            .patch(format!("/orders/{id}"))
            .if_match(1)
            .json(json!({ "notes": "x" }))
            .send()
            .await,
        client
            .put(format!("/orders/{id}/lines"))
            .if_match(1)
            .json(json!({ "lines": [] }))
            .send()
            .await,
    ] {
        let problem = answer.problem(409, "immutable_after_confirm");
        assert!(problem["detail"].as_str().unwrap().contains("duplicate"));
        assert!(
            problem["allowed"]
                .as_array()
                .unwrap()
                .contains(&json!("cancel"))
        );
    }
    let copy = client
        .post(format!("/orders/{id}/duplicate"))
        .json(json!({}))
        .send()
        .await
        .created();
    assert_eq!(
        (&copy["lifecycle"], &copy["number"]),
        (&json!("draft"), &json!("SO-2026-000002"))
    );
    assert_eq!(copy["totals"], order["totals"]);
}

#[tokio::test]
async fn references_of_other_systems_are_unique() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let order = post_order(&client, json!({ "external_refs": { "shopify": "98123" } }))
        .await
        .created();
    assert_eq!(order["external_refs"]["shopify"], "98123");
    post_order(&client, json!({ "external_refs": { "shopify": "98123" } }))
        .await
        .problem(409, "duplicate_external_ref");
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let moved = client
        .patch(&path)
        .if_match(1)
        .json(json!({ "external_refs": { "shopify": null, "erp": "7" } }))
        .send()
        .await
        .ok();
    assert_eq!(moved["external_refs"], json!({ "erp": "7" }));
}

#[tokio::test]
async fn the_timeline_tells_everything_newest_first() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let order = draft(&client).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    client
        .patch(&path)
        .if_match(1)
        .json(json!({ "notes": "n" }))
        .send()
        .await
        .ok();
    client
        .post(format!("{path}/comments"))
        .json(json!({ "body": "Call first" }))
        .send()
        .await
        .created();
    client
        .post(format!("{path}/comments"))
        .json(json!({ "body": "  " }))
        .send()
        .await
        .problem(422, "validation_failed");
    let page = client
        .get(format!("{path}/timeline?limit=2"))
        .send()
        .await
        .ok();
    let kinds: Vec<&str> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["comment", "edit"]);
    assert_eq!(page["data"][0]["detail"], "Call first");
    assert_eq!(
        page["data"][1]["diff"]["notes"],
        json!({ "from": "", "to": "n" })
    );
    assert_eq!(page["data"][1]["actor"]["name"], "rep");
    let next = page["page"]["next"].as_str().unwrap();
    let rest = client
        .get(format!("{path}/timeline?cursor={next}"))
        .send()
        .await
        .ok();
    assert_eq!(rest["data"][0]["action"], "created");
    client
        .get(format!("{path}/timeline?cursor=x"))
        .send()
        .await
        .problem(400, "invalid_value");
    client
        .get(format!("{path}/timeline?page=2"))
        .send()
        .await
        .problem(400, "unknown_parameter");
}
