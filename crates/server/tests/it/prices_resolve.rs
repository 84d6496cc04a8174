//! Products and prices for many texts at once.

use axum::http::Method;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::Client;
use crate::round_trips::said;
use crate::shop::Shop;

const PATH: &str = "/products/resolve";

async fn resolve(client: &Client, entries: Value) -> Vec<Value> {
    let answer = client.post(PATH).json(json!({ "entries": entries })).send();
    answer.await.ok()["data"].as_array().unwrap().clone()
}

fn brief(entry: &Value) -> (&str, &str, &str) {
    (
        entry["product"]["sku"].as_str().unwrap_or("-"),
        entry["price"]["unit_price"].as_str().unwrap_or("-"),
        entry["problem"]["code"].as_str().unwrap_or("-"),
    )
}

/// The shop with a blocked product, one without a price, barcodes, a box of ten, and a reference that two products have.
async fn shop() -> Shop {
    let shop = Shop::new().await;
    shop.product("HX-11", "goods", "11.00", None, None).await;
    shop.product("OLD-1", "goods", "1.00", None, None).await;
    shop.product("FREE-1", "goods", "1.00", None, None).await;
    for sql in [
        "update products set status = 'blocked' where organization_id = $1 and sku = 'OLD-1'",
        "update products set list_price = null where organization_id = $1 and sku = 'FREE-1'",
        "update products set barcode = '4006381333931' where organization_id = $1 and sku = 'SRV-1'",
        "insert into units (organization_id, id, code, name, step, created_at, updated_at) values ($1, gen_random_uuid(), 'box', 'Box', 1, now(), now())",
        "insert into product_units (organization_id, product_id, unit_id, numerator, denominator, barcode)
         select $1, p.id, u.id, 10, 1, 'B10' from products p, units u
          where p.organization_id = $1 and p.sku = 'HX-10' and u.organization_id = $1 and u.code = 'box'",
        "insert into external_refs (organization_id, entity, source, ref, entity_id)
         select $1, 'product', 'shop', 'R-1', id from products where organization_id = $1 and sku = 'HX-10'",
        "insert into external_refs (organization_id, entity, source, ref, entity_id)
         select $1, 'product', 'erp', 'R-1', id from products where organization_id = $1 and sku = 'HX-11'",
    ] {
        shop.run(sql).await;
    }
    shop
}

#[tokio::test]
async fn every_entry_has_its_own_answer() {
    let shop = shop().await;
    let client = shop.rep().await;
    let of = |value: &str| json!({ "value": value });
    let found = resolve(
        &client,
        json!([
            { "text": " hx-10 ", "quantity": of("3") },
            { "text": "BOX" },
            { "text": "BOX-12", "quantity": of("13") },
            { "text": "4006381333931" },
            { "text": "B10", "quantity": of("2") },
            { "text": "HX-10", "quantity": { "value": "1", "unit": "kg" } },
            { "text": "HX" },
            { "text": "R-1" },
            { "text": "NONE-1" },
            { "text": "OLD-1" },
            { "text": "FREE-1" },
            { "text": "%" },
            { "text": "a\u{0}b" },
            { "text": "  " },
            { "text": "x".repeat(10_000) },
            { "text": "HX-10", "quantity": of("1.5") },
        ]),
    )
    .await;
    let seen: Vec<_> = found.iter().map(brief).collect();
    assert_eq!(
        seen,
        [
            ("HX-10", "10.00", "-"),
            ("BOX-12", "1.50", "-"),
            ("BOX-12", "1.50", "not_a_multiple"),
            ("SRV-1", "80.00", "-"),
            ("HX-10", "100.00", "-"),
            ("HX-10", "-", "unknown_unit"),
            ("-", "-", "ambiguous_product"),
            ("-", "-", "ambiguous_product"),
            ("-", "-", "unknown_product"),
            ("OLD-1", "-", "product_blocked"),
            ("FREE-1", "-", "no_price"),
            ("-", "-", "unknown_product"),
            ("-", "-", "control_character"),
            ("-", "-", "empty"),
            ("-", "-", "too_long"),
            ("HX-10", "10.00", "not_a_multiple"),
        ]
    );
    assert_eq!(found[4]["price"]["unit"], "box");
    assert_eq!(found[2]["problem"]["params"]["multiple"], "12");
    assert_eq!(found[2]["problem"]["pointer"], "#/entries/2/quantity");
    assert_eq!(found[6]["candidates"].as_array().unwrap().len(), 2);
    for no_text in &found[12..15] {
        assert_eq!(no_text["candidates"], json!([]), "{}", no_text["problem"]);
    }
    assert_eq!(found[0]["price"]["steps"][0]["source"], "product");
    assert_eq!(found[0]["product"]["cost"], Value::Null);
}

#[tokio::test]
async fn prices_are_those_of_the_explanation() {
    let shop = shop().await;
    let owner = shop.owner().await;
    let customer = som_domain::CustomerId::from_uuid(shop.customer).to_string();
    let list = json!({ "code": "ACME", "name": "For Acme", "customer_id": customer });
    let list = owner.post("/price-lists").json(list).send().await.created();
    let prices = format!("/price-lists/{}/prices", list["id"].as_str().unwrap());
    let tier = json!({ "sku": "HX-10", "min_quantity": "100", "unit_price": "7.5", "valid_to": "2027-06-30" });
    owner.post(&prices).json(tier).send().await.created();
    for (date, currency, quantity) in [
        ("2026-12-01", "EUR", "99"),
        ("2026-12-01", "EUR", "100"),
        ("2027-07-01", "EUR", "100"),
        ("2026-12-01", "USD", "100"),
    ] {
        let body = json!({ "customer_id": customer, "date": date, "currency": currency,
            "entries": [{ "text": "HX-10", "quantity": { "value": quantity } }] });
        let many = owner.post(PATH).json(body).send().await.ok();
        let one = format!(
            "/prices/explain?sku=HX-10&customer_id={customer}&date={date}&currency={currency}&quantity={quantity}"
        );
        assert_eq!(many["data"][0]["price"], owner.get(one).send().await.ok());
        assert_eq!(many["currency"], currency);
    }
}

#[tokio::test]
async fn five_hundred_entries_cost_as_many_statements_as_one() {
    let shop = shop().await;
    for number in 0..250 {
        shop.product(&format!("N-{number}"), "goods", "2.00", None, None)
            .await;
    }
    let (client, wire) = shop.app.counted().await;
    let customer = som_domain::CustomerId::from_uuid(shop.customer).to_string();
    let body = |count: usize| {
        let entries: Vec<Value> = (0..count)
            .map(|number| json!({ "text": format!("n-{number}"), "quantity": { "value": "1" } }))
            .collect();
        json!({ "customer_id": customer, "entries": entries })
    };
    let many = client.post(PATH).json(body(500)).send().await.ok();
    let codes: Vec<&str> = many["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| brief(entry).2)
        .collect();
    assert!(codes[..250].iter().all(|code| *code == "-"), "{codes:?}");
    assert!(
        codes[250..].iter().all(|code| *code == "unknown_product"),
        "{codes:?}"
    );
    // begin with the organization · customer · texts · products · as lists show them · prices
    for count in [1, 500] {
        let said = said(&client, &wire, Method::POST, PATH, body(count)).await;
        assert_eq!(said, (6, 7), "{count} entries");
    }
    let too_many = client.post(PATH).json(body(501)).send().await;
    too_many.problem(422, "validation_failed");
    assert_eq!(too_many.errors(), ["#/entries too_many"]);
    let none = client.post(PATH).json(body(0)).send().await;
    assert_eq!(none.errors(), ["#/entries empty"]);
}

#[tokio::test]
async fn products_of_others_are_unknown_and_strangers_customers_not_found() {
    let shop = shop().await;
    let stranger = shop.app.stranger().await;
    let found = resolve(
        &stranger,
        json!([{ "text": "HX-10" }, { "text": "B10" }, { "text": "R-1" }]),
    )
    .await;
    assert!(
        found
            .iter()
            .all(|entry| brief(entry) == ("-", "-", "unknown_product"))
    );
    let customer = som_domain::CustomerId::from_uuid(shop.customer).to_string();
    let body = json!({ "customer_id": customer, "entries": [{ "text": "HX-10" }] });
    stranger
        .post(PATH)
        .json(body.clone())
        .send()
        .await
        .problem(404, "not_found");
    shop.app
        .anonymous()
        .post(PATH)
        .json(body)
        .send()
        .await
        .problem(401, "unauthenticated");
    shop.app
        .sign_in(Role::Viewer)
        .await
        .post(PATH)
        .json(json!({ "entries": [{ "text": "HX-10" }] }))
        .send()
        .await
        .ok();
    let wrong = json!({ "entries": [{ "text": 7 }, { "txet": "x", "text": "y" }, { "text": "z", "quantity": { "value": "1e400" } }] });
    let wrong = shop.owner().await.post(PATH).json(wrong).send().await;
    assert_eq!(
        wrong.errors(),
        [
            "#/entries/0/text wrong_type",
            "#/entries/1/txet unknown_field",
            "#/entries/2/quantity/value invalid_decimal"
        ]
    );
}
