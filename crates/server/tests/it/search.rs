//! The search over orders, customers and products.

use crate::harness::Client;
use crate::shop::{Shop, post_order};
use serde_json::json;
use som_server::permission::Role;

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
