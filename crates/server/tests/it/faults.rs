//! Everything that can be wrong with a request has a test with a stable code, is never a 500 and never half done.
//!
//! | fault | test |
//! |---|---|
//! | malformed JSON, wrong types, unknown fields, nesting, NUL, surrogates, numbers, dates, currencies, units | here, `every_bad_order_is_answered_with_a_code` |
//! | the same against every operation; wrong content types | `faults_sweep::no_operation_breaks_on_a_bad_body` |
//! | HEAD, OPTIONS, 405 | `faults_sweep::every_path_says_what_it_takes` |
//! | cursors, sort keys, filters, searches of 10 kB, `%` and `_` | here, and `faults_sweep::no_list_breaks_on_a_bad_question` |
//! | ids of another organization | here, `what_belongs_to_others_is_unknown`; `tenancy`; each feature's own |
//! | stale and missing ETags | `orders_draft`, `customers::a_change_needs_the_current_version`, … |
//! | idempotency keys repeated, mismatched, at once | `orders::a_key_places_one_order_however_often_it_is_sent` |
//! | two people at once | `orders::two_people_confirm_at_once_and_one_wins`, `orders_reverse::of_two_at_once_one_takes_it_back` |
//! | bodies that are huge, endless or stall | here, and `serve::bodies_are_bounded_in_time_and_size` |
//! | a request given up while its transaction begins | `transactions` |
//! | the database killed in mid-request, a disk that is or runs full | `faults_database` |

use std::fmt::Write;

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::faults_cases::{bad_orders, field, order_with, quantity};
use crate::harness::{Answer, Client, TestApp};
use crate::shop::{Shop, placed};

fn said(answer: &Answer) -> String {
    let body = answer.json();
    if answer.status.is_success() {
        return format!("{} accepted", answer.status.as_u16());
    }
    assert!(answer.status.is_client_error(), "{}", answer.text());
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let mut text = format!(
        "{} {}",
        answer.status.as_u16(),
        body["code"].as_str().unwrap()
    );
    for error in answer.errors().iter().take(3) {
        write!(text, " · {error}").unwrap();
    }
    text.replace('\0', "\\0")
}

/// Rows of every table an order leaves something in.
async fn rows(shop: &Shop) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from orders) + (select count(*) from order_lines) + (select count(*) from audit_events)
              + (select count(*) from outbox_events) + (select count(*) from idempotency_keys)",
    )
    .fetch_one(&shop.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn every_bad_order_is_answered_with_a_code() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let before = rows(&shop).await;
    let mut answers = String::new();
    for (number, (name, body)) in bad_orders().into_iter().enumerate() {
        let call = client
            .post("/orders")
            .key(&format!("bad-{number}"))
            .raw(body);
        writeln!(answers, "{name:<34} {}", said(&call.send().await)).unwrap();
    }
    insta::assert_snapshot!(answers);
    assert_eq!(rows(&shop).await, before, "something was written");
    // Nothing of a line is a draft that cannot be confirmed, and there is no zero below zero.
    let zero = quantity("\"-0\"");
    let draft = client.post("/orders").raw(zero).send().await.created();
    assert_eq!(draft["lines"][0]["quantity"]["value"], "0");
    let path = format!("/orders/{}/confirm", draft["id"].as_str().unwrap());
    let refused = client.post(path).any_version().json(json!({})).send().await;
    refused.problem(422, "invalid_quantity");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read_to_its_end() {
    let app = TestApp::configured(|c| c.server.max_body_bytes = 10_000).await;
    let client = app.sign_in(Role::Owner).await;
    let fits = json!({ "notes": "x".repeat(9_000) }).to_string();
    client
        .post("/orders")
        .raw(fits)
        .send()
        .await
        .problem(422, "validation_failed");
    let huge = json!({ "notes": "x".repeat(10_000) }).to_string();
    client
        .post("/orders")
        .raw(huge)
        .send()
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn an_order_of_wrong_content_is_not_parsed() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
    ] {
        let call = client.post("/orders").body(kind, order_with(|_| ()));
        call.send().await.problem(415, "unsupported_media_type");
    }
    let packed = client
        .post("/orders")
        .header("content-encoding", "gzip")
        .raw(order_with(|_| ()));
    packed.send().await.problem(415, "encoded_body");
    for key in ["", &"k".repeat(256)] {
        let call = client.post("/orders").key(key).raw(order_with(|_| ()));
        assert_eq!(
            said(&call.send().await),
            "400 invalid_header · Idempotency-Key invalid_key",
            "{key:?}"
        );
    }
    let order = placed(&client).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    for tag in ["1", "\"x\"", "W/\"1\"", "\"99999999999999\"", ""] {
        let call = client
            .patch(&path)
            .header("if-match", tag)
            .json(json!({ "notes": "x" }));
        assert_eq!(
            said(&call.send().await),
            "400 invalid_header · If-Match invalid_etag",
            "{tag:?}"
        );
    }
}

async fn others_things(stranger: &Client) -> Value {
    let customer = json!({ "code": "THEIRS", "name": "Theirs" });
    let customer = stranger
        .post("/customers")
        .json(customer)
        .send()
        .await
        .created();
    let product = json!({ "sku": "THEIRS-1", "name": "Theirs", "barcode": "4006381333931", "list_price": "1.00" });
    let product = stranger
        .post("/products")
        .json(product)
        .send()
        .await
        .created();
    let list = stranger
        .post("/price-lists")
        .json(json!({ "code": "THEIRS", "name": "Theirs" }))
        .send()
        .await
        .created();
    json!({ "customer": customer["id"], "product": product["id"], "list": list["id"], "owner": stranger.get("/me").send().await.ok()["user"]["id"] })
}

#[tokio::test]
async fn what_belongs_to_others_is_unknown() {
    let shop = Shop::new().await;
    let (client, stranger) = (shop.owner().await, shop.app.stranger().await);
    let theirs = others_things(&stranger).await;
    let line = |key: &str, value: &Value| {
        order_with(|body| body["lines"][0] = json!({ key: value, "quantity": { "value": "1" } }))
    };
    let mut answers = String::new();
    for (name, body) in [
        (
            "customer",
            order_with(|body| {
                body["customer_code"].take();
                body["customer_id"] = theirs["customer"].clone();
            }),
        ),
        ("customer's code", field("customer_code", json!("THEIRS"))),
        ("product", line("product_id", &theirs["product"])),
        ("SKU", line("sku", &json!("THEIRS-1"))),
        ("barcode", line("barcode", &json!("4006381333931"))),
        ("price list", field("price_list_id", theirs["list"].clone())),
        ("member", field("owner_id", theirs["owner"].clone())),
    ] {
        writeln!(
            answers,
            "{name:<16} {}",
            said(&client.post("/orders").raw(body).send().await)
        )
        .unwrap();
    }
    insta::assert_snapshot!(answers);
    let ours = placed(&client).await;
    let path = format!("/orders/{}", ours["id"].as_str().unwrap());
    for action in [
        "confirm",
        "submit",
        "approve",
        "reject",
        "cancel",
        "short-close",
        "reopen",
        "duplicate",
        "deliveries",
        "holds",
    ] {
        let call = stranger
            .post(format!("{path}/{action}"))
            .any_version()
            .json(json!({ "reason": "x", "type": "manual" }));
        let answer = call.send().await;
        assert!(
            answer.status == 404 || answer.status == 422,
            "{action}: {}",
            answer.text()
        );
    }
    let listed = stranger.get("/orders?q=HX-10").send().await.ok();
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn a_cursor_is_ours_whole_and_of_this_list() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    for _ in 0..3 {
        placed(&client).await;
    }
    let page = client.get("/orders?limit=1").send().await.ok();
    let cursor = page["page"]["next"].as_str().unwrap();
    client
        .get(format!("/orders?limit=1&cursor={cursor}"))
        .send()
        .await
        .ok();
    let mut answers = String::new();
    let flipped: String = cursor
        .chars()
        .enumerate()
        .map(|(n, c)| {
            if n == cursor.len() / 2 {
                if c == 'A' { 'B' } else { 'A' }
            } else {
                c
            }
        })
        .collect();
    for (name, query) in [
        ("changed", format!("limit=1&cursor={flipped}")),
        (
            "cut",
            format!("limit=1&cursor={}", &cursor[..cursor.len() - 3]),
        ),
        ("empty", "cursor=".to_owned()),
        ("nonsense", "cursor=c_%00%ff".to_owned()),
        (
            "of another order",
            format!("limit=1&sort=number&cursor={cursor}"),
        ),
        (
            "of another filter",
            format!("limit=1&lifecycle=draft&cursor={cursor}"),
        ),
        ("unknown sort", "sort=colour".to_owned()),
        (
            "sort by SQL",
            "sort=number;drop%20table%20orders".to_owned(),
        ),
        ("unknown filter", "colour=red".to_owned()),
        ("limit 0", "limit=0".to_owned()),
        ("limit 201", "limit=201".to_owned()),
        ("limit in words", "limit=many".to_owned()),
        ("10 kB", format!("q={}", "x".repeat(10_000))),
        ("NUL", "q=a%00b".to_owned()),
        ("not UTF-8", "q=%ff%fe".to_owned()),
        ("parentheses", format!("filter={}", "(".repeat(5_000))),
    ] {
        writeln!(
            answers,
            "{name:<18} {}",
            said(&client.get(format!("/orders?{query}")).send().await)
        )
        .unwrap();
    }
    insta::assert_snapshot!(answers);
    // `%` and `_` stand for themselves.
    shop.product("P%_1", "goods", "1.00", None, None).await;
    for (query, found) in [
        ("P%25_1", 1),
        ("P%251", 0),
        ("HX_10", 0),
        ("HX%25", 0),
        ("%25%25%25", 0),
        ("___", 0),
    ] {
        let listed = client.get(format!("/products?q={query}")).send().await.ok();
        assert_eq!(listed["data"].as_array().unwrap().len(), found, "{query}");
    }
}
