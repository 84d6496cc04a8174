//! The pure function over HTTP: the money vectors, bad input, product lines.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::TestApp;
use crate::shop::{Shop, line};

/// A vector's input as a request.
fn request(input: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let exponent = input["e"].as_i64().unwrap_or(2);
    let currency = match exponent {
        0 => "JPY",
        3 => "KWD",
        _ => "EUR",
    };
    let lines: Vec<Value> = input["lines"].as_array().unwrap().iter().map(|l| {
        let mut discounts = Vec::new();
        if l["dp"].is_string() {
            discounts.push(json!({ "percent": text(&l["dp"]) }));
        }
        if l["da"].is_string() {
            discounts.push(json!({ "amount": text(&l["da"]) }));
        }
        let taxes: Vec<Value> = l["taxes"].as_array().into_iter().flatten().map(|t| json!({ "code": t[0], "rate": t[1], "compound": t[2] })).collect();
        let mut line = json!({ "quantity": { "value": l["q"] }, "unit_price": { "amount": l["p"] }, "price_includes_tax": l["incl"].as_bool().unwrap_or(false), "discounts": discounts, "taxes": taxes });
        if l["kind"] == "charge" {
            line["kind"] = json!("charge");
        }
        line
    }).collect();
    let mut body = json!({ "currency": currency, "lines": lines });
    match input["order_disc"].as_array().map(Vec::as_slice) {
        Some([kind, value]) if kind == "pct" => body["discount"] = json!({ "percent": value }),
        Some([_, value]) => body["discount"] = json!({ "amount": value }),
        _ => {}
    }
    if input["cash"].is_string() {
        body["cash_rounding"] = input["cash"].clone();
    }
    if input["mode"].is_string() {
        body["tax_mode"] = input["mode"].clone();
    }
    body
}

fn same(found: &Value, expected: &Value, what: &str) {
    let decimal = |v: &Value| {
        v.as_str()
            .unwrap_or_else(|| panic!("{what}: {v}"))
            .parse::<rust_decimal::Decimal>()
            .unwrap()
    };
    assert_eq!(decimal(found), decimal(expected), "{what}");
}

#[tokio::test]
async fn the_money_vectors_hold_over_http() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Owner).await;
    let file: Value =
        serde_json::from_str(include_str!("../../../domain/vectors/money.json")).unwrap();
    let mut seen = 0;
    for (name, vector) in file["vectors"].as_object().unwrap() {
        let (input, out) = (&vector["input"], &vector["out"]);
        if !input["lines"].is_array() || !out["total"].is_string() {
            continue;
        }
        let found = client
            .post("/orders/preview")
            .json(request(input))
            .send()
            .await
            .ok();
        let totals = &found["totals"];
        for (ours, theirs) in [
            ("order_discount", "order_disc"),
            ("net", "net"),
            ("tax", "tax"),
            ("total", "total"),
            ("rounding_adjustment", "rounding"),
            ("payable", "payable"),
        ] {
            same(
                &totals[ours]["amount"],
                &out[theirs],
                &format!("{name} {ours}"),
            );
        }
        for (i, line) in out["lines"].as_array().into_iter().flatten().enumerate() {
            let ours = &found["lines"][i];
            for (a, b) in [
                ("gross", "gross"),
                ("discount", "line_disc"),
                ("order_discount_share", "order_disc_share"),
                ("base", "base"),
                ("tax", "tax"),
            ] {
                same(&ours[a], &line[b], &format!("{name} line {i} {a}"));
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 9);
}

#[tokio::test]
async fn all_problems_come_at_once_on_their_fields() {
    let shop = Shop::new().await;
    let client = shop.rep().await;
    let body = json!({ "currency": "EUR", "discount": { "percent": "101" }, "lines": [
        line("HX-1O", "1"), line("BOX-12", "5"), { "sku": "HX-10", "quantity": { "value": "1", "unit": "box" } }, { "sku": "HX-10", "quantity": { "value": "1.5" } },
        { "description": "x", "quantity": { "value": "1" } },
        { "description": "x", "quantity": { "value": "1" }, "unit_price": { "amount": "1", "currency": "USD" }, "discounts": [{ "amount": "0.001" }, {}] },
    ] });
    let answer = client.post("/orders/preview").json(body).send().await;
    let problem = answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/discount/percent discount_above_100_percent",
            "#/lines/0/sku unknown_sku",
            "#/lines/1/quantity not_a_multiple",
            "#/lines/2/quantity/unit unknown_unit",
            "#/lines/3/quantity not_a_multiple",
            "#/lines/4/unit_price no_price",
            "#/lines/5/discounts/0/amount too_many_decimals",
            "#/lines/5/discounts/1 invalid_discount",
            "#/lines/5/unit_price/currency currency_mismatch",
        ]
    );
    let errors = problem["errors"].as_array().unwrap();
    let find = |code: &str| errors.iter().find(|e| e["code"] == code).unwrap();
    assert_eq!(find("unknown_sku")["suggestions"][0], "HX-10");
    assert_eq!(find("not_a_multiple")["params"]["multiple"], "12");
}

#[tokio::test]
async fn bad_input_is_refused_with_a_code() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Viewer).await;
    let price = |amount: &str| {
        format!(
            r#"{{"lines":[{{"quantity":{{"value":"1"}},"unit_price":{{"amount":{amount}}}}}]}}"#
        )
    };
    let quantity = |value: &str| {
        format!(r#"{{"lines":[{{"quantity":{{"value":{value}}},"unit_price":{{"amount":"1"}}}}]}}"#)
    };
    for (body, status, code) in [
        (price("1e400"), 400, "malformed_json"),
        (price("1"), 422, "wrong_type"),
        (price("9223372036854775808"), 422, "wrong_type"),
        (price("\"9223372036854775808\""), 422, "too_many_digits"),
        (
            price("\"123456789012345678901234567890\""),
            422,
            "too_many_digits",
        ),
        (
            price("\"0.123456789012345678901234567890\""),
            422,
            "too_many_decimals",
        ),
        (price("\"1e5\""), 422, "invalid_decimal"),
        (price("\"NaN\""), 422, "invalid_decimal"),
        (price("\"-1\""), 422, "negative_not_allowed"),
        (quantity("-0"), 422, "wrong_type"),
        (quantity("\"-5\""), 422, "negative_not_allowed"),
        (quantity("null"), 422, "wrong_type"),
        (
            r#"{"order_date":"2026-02-30"}"#.to_owned(),
            422,
            "invalid_date",
        ),
        (r#"{"currency":"XYZ"}"#.to_owned(), 422, "unknown_currency"),
        (r#"{"currency":"eur"}"#.to_owned(), 422, "unknown_currency"),
        (r#"{"customer_id":"cus_1"}"#.to_owned(), 422, "invalid_id"),
        (
            r#"{"customer_id":"cus_01K9ZC5T3GE8V9M4R2X7Q6P0AB"}"#.to_owned(),
            422,
            "unknown_customer",
        ),
        (
            r#"{"customer_code":"N\u0000L"}"#.to_owned(),
            422,
            "control_character",
        ),
        (
            r#"{"lines":[{"kind":"godos"}]}"#.to_owned(),
            422,
            "unknown_value",
        ),
        (r#"{"lins":[]}"#.to_owned(), 422, "unknown_field"),
        (r#"{"notes":"\ud800"}"#.to_owned(), 400, "malformed_json"),
        ("[".repeat(100_000), 400, "malformed_json"),
        ("{".to_owned(), 400, "malformed_json"),
        (
            r#"{"discount":{"percent":"5","amount":"1"}}"#.to_owned(),
            422,
            "invalid_discount",
        ),
        (
            r#"{"cash_rounding":"0"}"#.to_owned(),
            422,
            "invalid_cash_rounding_step",
        ),
    ] {
        let answer = client
            .post("/orders/preview")
            .raw(body.clone())
            .send()
            .await;
        let found = answer.expect(status);
        let codes: Vec<&str> = found["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| e["code"].as_str())
            .chain(found["code"].as_str())
            .collect();
        assert!(
            codes.contains(&code),
            "{} → {found}",
            &body[..body.len().min(120)]
        );
    }
    // Minus zero is zero, and a document of nothing is nothing.
    let zero = client
        .post("/orders/preview")
        .raw(quantity("\"-0\""))
        .send()
        .await
        .ok();
    assert_eq!(zero["totals"]["total"]["amount"], "0.00");
    assert_eq!(
        client.post("/orders/preview").raw("{}").send().await.ok()["totals"]["payable"]["amount"],
        "0.00"
    );
    let huge = client.post("/orders/preview").json(json!({ "lines": [{ "quantity": { "value": "99999999999" }, "unit_price": { "amount": "999999999" } }] })).send().await;
    huge.problem(422, "validation_failed");
    assert_eq!(huge.errors(), ["#/lines/0 amount_out_of_range"]);
}

#[tokio::test]
async fn products_take_price_and_tax_from_their_lists_and_rules() {
    let shop = Shop::new().await;
    shop.run(
        "with list as (insert into price_lists (organization_id, id, code, name, currency, scope, created_at, updated_at)
            values ($1, gen_random_uuid(), 'EUR', 'Euro', 'EUR', 'organization', now(), now()) returning id)
         insert into prices (organization_id, id, price_list_id, product_id, min_quantity, unit_price, created_at, updated_at)
         select $1, gen_random_uuid(), list.id, p.id, x.q, x.price, now(), now()
           from list, products p, (values (1, 9.5), (10, 8)) x (q, price) where p.organization_id = $1 and p.sku = 'HX-10'",
    )
    .await;
    let client = shop.rep().await;
    let body = json!({ "customer_code": "ACME", "lines": [line("hx-10", "3"), line("HX-10", "10"), line("BOX-12", "24"),
        { "sku": "HX-10", "quantity": { "value": "1" }, "unit_price": { "amount": "7.25" } }] });
    let found = client.post("/orders/preview").json(body).send().await.ok();
    let prices: Vec<&str> = found["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|l| l["unit_price"]["amount"].as_str())
        .collect();
    assert_eq!(prices, ["9.50", "8.00", "1.50", "7.25"]);
    assert_eq!(found["lines"][3]["system_price"]["amount"], "9.50");
    assert_eq!(found["lines"][3]["price_locked"], true);
    assert_eq!(found["lines"][0]["taxes"][0]["code"], "VAT19");
    assert_eq!(found["lines"][0]["taxes"][0]["rate"], "19.00");
    assert_eq!(
        found["lines"][0]["price_source"][0]["source"],
        "organization"
    );
    assert_eq!(
        found["totals"]["net"],
        json!({ "amount": "151.75", "currency": "EUR" })
    );
    // Cost is masked for a rep.
    assert_eq!(found["totals"]["cost"], Value::Null);
    // A foreign currency has no list: the price cannot be found.
    let foreign = client
        .post("/orders/preview")
        .json(json!({ "currency": "USD", "lines": [line("HX-10", "1")] }))
        .send()
        .await;
    foreign.problem(422, "validation_failed");
    assert_eq!(foreign.errors(), ["#/lines/0/unit_price no_price"]);
}

#[tokio::test]
async fn a_preview_writes_nothing_and_tells_credit_and_approvals() {
    let shop = Shop::new().await;
    shop.run("update customers set credit_limit = 100 where organization_id = $1")
        .await;
    shop.run("insert into approval_policies (organization_id, id, name, measure, threshold, created_at, updated_at) values ($1, gen_random_uuid(), 'Deep discount', 'discount_percent', 20, now(), now())").await;
    let client = shop.rep().await;
    let body = json!({ "customer_code": "ACME", "discount": { "percent": "25" }, "lines": [line("HX-10", "20")] });
    let found = client.post("/orders/preview").json(body).send().await.ok();
    assert_eq!(found["credit"]["exceeded"], true);
    assert_eq!(found["credit"]["available"]["amount"], "100.00");
    assert_eq!(
        found["approvals_needed"][0],
        json!({ "policy": "Deep discount", "measure": "discount_percent", "measured": "25", "threshold": "20" })
    );
    let codes: Vec<&str> = found["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|w| w["code"].as_str())
        .collect();
    assert!(
        codes.contains(&"discount_over_limit") && codes.contains(&"credit_exceeded"),
        "{codes:?}"
    );
    let rows: i64 = sqlx::query_scalar("select (select count(*) from orders) + (select count(*) from audit_events where entity = 'order')").fetch_one(&shop.pool).await.unwrap();
    assert_eq!(rows, 0);
}
