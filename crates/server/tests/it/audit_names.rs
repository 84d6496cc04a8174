//! The audit log names objects as people do, to those who may see them, with as many questions for many entries as for one.

use axum::http::Method;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::api_keys::{get, key};
use crate::round_trips::said;
use crate::shop::{Shop, placed};

/// An order of the rep, a product and a price list.
async fn things(shop: &Shop) -> Value {
    let rep = shop.rep().await;
    let order = placed(&rep).await;
    let owner = shop.owner().await;
    let product = json!({ "sku": "=HX-99", "name": "Nut", "list_price": "1.00" });
    owner.post("/products").json(product).send().await.created();
    let list = json!({ "code": "summer", "name": "Summer", "currency": "EUR" });
    let made = owner.post("/price-lists").json(list).send().await;
    made.created();
    let customer = json!({ "name": "Customer of the owner" });
    owner
        .post("/customers")
        .json(customer)
        .send()
        .await
        .created();
    order
}

const ASKED: &str =
    "entity.in=order,product,price_list,customer&action.in=created,confirmed,submitted";

/// The names of the entries, sorted and without repetition; `null` for one without a name.
fn names(list: &Value) -> Vec<String> {
    let rows = list["data"].as_array().unwrap().iter();
    let mut names: Vec<String> = rows
        .map(|row| match row["entity_name"].as_str() {
            Some(name) => format!("{} {name}", row["entity"].as_str().unwrap()),
            None => format!("{} -", row["entity"].as_str().unwrap()),
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[tokio::test]
async fn objects_have_their_names_for_those_who_see_them() {
    let shop = Shop::new().await;
    let order = things(&shop).await;
    let number = order["number"].as_str().unwrap();
    let owner = shop.owner().await;
    let list = owner.get(format!("/audit?{ASKED}")).send().await.ok();
    let all = [
        "customer Customer of the owner".to_owned(),
        format!("order {number}"),
        "price_list summer".to_owned(),
        "product =HX-99".to_owned(),
    ];
    assert_eq!(names(&list), all);
    // a manager sees what the team owns, and of the rest the ids only
    let manager = shop.app.sign_in(Role::Manager).await;
    let list = manager.get(format!("/audit?{ASKED}")).send().await.ok();
    let seen = [
        "customer -",
        "order -",
        "price_list summer",
        "product =HX-99",
    ];
    assert_eq!(names(&list), seen);
    let ids = list["data"].as_array().unwrap().iter();
    for row in ids {
        let id = row["entity_id"].as_str().unwrap();
        assert!(id.contains('_'), "{id}");
    }
    let file = manager.get(format!(
        "/audit/export?{ASKED}&columns=entity,entity_id,entity_name"
    ));
    let text = file.send().await.text();
    assert!(text.contains("price_list,plist_"), "{text}");
    assert!(
        text.contains(",summer") && text.contains(",'=HX-99"),
        "{text}"
    );
    assert!(
        !text.contains(number) && !text.contains("Customer of"),
        "{text}"
    );
}

#[tokio::test]
async fn an_export_has_prefixed_ids_and_names() {
    let shop = Shop::new().await;
    let order = things(&shop).await;
    let owner = shop.owner().await;
    let path = "/audit/export?entity=order&columns=entity_name,entity_id,action";
    let text = owner.get(path).send().await.text();
    let id = order["id"].as_str().unwrap();
    let expected = format!("{},{id},", order["number"].as_str().unwrap());
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert!(!rows.is_empty(), "{text}");
    for row in rows {
        assert!(row.starts_with(&expected), "{row}");
    }
    let sheet = owner.get("/audit/export?format=xlsx").send().await;
    assert_eq!(sheet.status.as_u16(), 200);
}

#[tokio::test]
async fn a_key_sees_the_names_its_scopes_allow() {
    let shop = Shop::new().await;
    things(&shop).await;
    let owner = shop.owner().await;
    let scopes = json!({ "scopes": ["audit.read", "exports.run", "products.read"] });
    let (key, _) = key(&owner, scopes).await;
    let list = get(&shop.app, &format!("/audit?{ASKED}"), &key).await.ok();
    let seen = ["customer -", "order -", "price_list -", "product =HX-99"];
    assert_eq!(names(&list), seen);
    // what cannot be read cannot be exported either
    get(&shop.app, "/orders/export", &key)
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn names_cost_one_question() {
    let shop = Shop::new().await;
    let (client, wire) = shop.app.counted().await;
    placed(&client).await;
    let one = said(&client, &wire, Method::GET, "/audit?limit=1", Value::Null).await;
    things(&shop).await;
    let many = said(&client, &wire, Method::GET, "/audit?limit=50", Value::Null).await;
    assert_eq!((one, many), ((3, 4), (3, 4)));
}
