//! Orders, previews and explanations find the same price.

use serde_json::{Value, json};

use crate::harness::Client;
use crate::shop::{Shop, line, post_order};

/// The price of one piece in a preview, on an order, and as explained.
async fn prices(client: &Client, sku: &str, quantity: &str) -> [Option<String>; 3] {
    let lines = json!([{ "sku": sku, "quantity": { "value": quantity } }]);
    let body = json!({ "customer_code": "ACME", "lines": lines });
    let preview = client.post("/orders/preview").json(body).send().await.ok();
    let order = post_order(client, json!({ "lines": lines }))
        .await
        .created();
    let customer = order["customer"]["id"].as_str().unwrap();
    let explained = client
        .get(format!(
            "/prices/explain?sku={sku}&quantity={quantity}&customer_id={customer}"
        ))
        .send()
        .await
        .ok();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    [
        text(&preview["lines"][0]["unit_price"]["amount"]),
        text(&order["lines"][0]["unit_price"]["amount"]),
        text(&explained["unit_price"]),
    ]
}

async fn category(client: &Client, code: &str, parent: Option<&str>) {
    let body = json!({ "code": code, "name": code, "parent": parent });
    client.post("/categories").json(body).send().await.created();
}

async fn price(client: &Client, list: &str, body: Value) {
    let path = format!("/price-lists/{list}/prices");
    client.post(path).json(body).send().await.created();
}

#[tokio::test]
async fn a_price_of_a_category_reaches_those_below_and_the_nearest_wins() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    category(&client, "fasteners", None).await;
    category(&client, "bolts", Some("fasteners")).await;
    category(&client, "hex", Some("bolts")).await;
    shop.run("update products set category_id = (select id from categories where organization_id = $1 and code = 'hex') where organization_id = $1 and sku = 'HX-10'").await;
    let list = json!({ "code": "ALL", "name": "All" });
    let list = client
        .post("/price-lists")
        .json(list)
        .send()
        .await
        .created();
    let list = list["id"].as_str().unwrap();
    price(
        &client,
        list,
        json!({ "category": "fasteners", "discount_percent": "10" }),
    )
    .await;
    let same = |price: &str| std::array::from_fn(|_| Some(price.to_owned()));
    assert_eq!(prices(&client, "HX-10", "1").await, same("9.00"));
    price(
        &client,
        list,
        json!({ "category": "bolts", "discount_percent": "5" }),
    )
    .await;
    assert_eq!(prices(&client, "HX-10", "1").await, same("9.50"));
    // Not its category: the product's own price.
    assert_eq!(prices(&client, "BOX-12", "12").await, same("1.50"));
    price(
        &client,
        list,
        json!({ "sku": "HX-10", "min_quantity": "10", "unit_price": "7" }),
    )
    .await;
    assert_eq!(prices(&client, "HX-10", "9").await, same("9.50"));
    assert_eq!(prices(&client, "HX-10", "10").await, same("7.00"));
}

#[tokio::test]
async fn a_price_per_box_goes_before_twelve_times_the_price_per_piece() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let unit = json!({ "code": "box", "name": "Box" });
    client.post("/units").json(unit).send().await.created();
    shop.run("insert into product_units (organization_id, product_id, unit_id, numerator, denominator)
         select $1, p.id, u.id, 12, 1 from products p, units u where p.organization_id = $1 and p.sku = 'HX-10' and u.organization_id = $1 and u.code = 'box'").await;
    let list = json!({ "code": "ALL", "name": "All" });
    let list = client
        .post("/price-lists")
        .json(list)
        .send()
        .await
        .created();
    let list = list["id"].as_str().unwrap();
    price(&client, list, json!({ "sku": "HX-10", "unit_price": "8" })).await;
    let boxes = async || {
        let quantity = json!({ "value": "1", "unit": "box" });
        let lines = json!([{ "sku": "HX-10", "quantity": quantity }]);
        let order = post_order(&client, json!({ "lines": lines }))
            .await
            .created();
        order["lines"][0]["unit_price"]["amount"].clone()
    };
    assert_eq!(boxes().await, "96.00");
    price(
        &client,
        list,
        json!({ "sku": "HX-10", "unit": "box", "unit_price": "90" }),
    )
    .await;
    assert_eq!(boxes().await, "90.00");
}

#[tokio::test]
async fn a_line_finds_its_product_by_id_sku_or_barcode() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    shop.run("update products set barcode = '4006381333931' where organization_id = $1 and sku = 'HX-10'").await;
    shop.run(
        "insert into product_units (organization_id, product_id, unit_id, numerator, denominator, barcode)
         select $1, p.id, (select u.id from units u where u.organization_id = $1 and u.code <> 'pcs' order by u.code limit 1), 12, 1, '4006381333948'
           from products p where p.organization_id = $1 and p.sku = 'HX-10'",
    )
    .await;
    let first = post_order(&client, json!({ "lines": [line("hx-10", "1")] }))
        .await
        .created();
    let id = first["lines"][0]["product_id"].clone();
    let one = json!({ "value": "1" });
    let order = post_order(
        &client,
        json!({ "lines": [
            { "product_id": id, "quantity": one },
            { "sku": "HX-10", "quantity": one },
            { "barcode": "4006381333931", "quantity": one },
            { "barcode": "4006381333948", "quantity": one },
        ] }),
    )
    .await
    .created();
    let lines = order["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 4);
    assert!(
        lines.iter().all(|line| line["product_id"] == id),
        "{lines:?}"
    );
    let unit = |n: usize| &lines[n]["quantity"]["unit"];
    assert_eq!((unit(0), unit(2)), (&json!("pcs"), &json!("pcs")));
    assert_ne!(unit(3), &json!("pcs"), "the unit whose barcode it is");
}
