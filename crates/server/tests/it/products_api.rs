//! Products, categories and units through the API.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

fn bolt() -> Value {
    json!({ "sku": "HX-1020", "name": "Hex bolt M10", "barcode": "4006381333931", "list_price": "0.0375", "cost": "0.021" })
}

fn path(view: &Value) -> String {
    format!("/products/{}", view["id"].as_str().unwrap())
}

async fn make(client: &Client, body: Value) -> Value {
    client.post("/products").json(body).send().await.created()
}

#[tokio::test]
async fn a_product_is_created_read_changed_and_archived() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let answer = owner.post("/products").json(bolt()).send().await;
    let view = answer.created();
    assert_eq!(
        (answer.header("etag"), &view["unit"]),
        (Some("\"1\""), &json!("pcs"))
    );
    let location = answer.header("location").unwrap().to_owned();
    let read = owner.get(&location).send().await;
    assert_eq!(
        (read.ok(), read.header("etag")),
        (view.clone(), Some("\"1\""))
    );
    owner
        .get(&location)
        .header("if-none-match", "\"1\"")
        .send()
        .await
        .expect(304);
    let patch = json!({ "list_price": "0.0415", "barcode": null });
    let changed = owner
        .patch(&location)
        .if_match(1)
        .json(patch)
        .send()
        .await
        .ok();
    assert_eq!(
        (
            &changed["list_price"],
            &changed["barcode"],
            &changed["version"]
        ),
        (&json!("0.0415"), &Value::Null, &json!(2))
    );
    for (version, verb, status) in [
        (2, "block", "blocked"),
        (3, "archive", "archived"),
        (4, "activate", "active"),
    ] {
        let to = format!("{location}/{verb}");
        owner
            .post(&to)
            .send()
            .await
            .problem(428, "precondition_required");
        owner
            .post(&to)
            .if_match(1)
            .send()
            .await
            .problem(412, "stale_version");
        let moved = owner.post(&to).if_match(version).send().await.ok();
        assert_eq!(
            (&moved["status"], &moved["version"]),
            (&json!(status), &json!(version + 1))
        );
    }
}

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = make(&owner, bolt()).await;
    let anonymous = app.anonymous();
    anonymous
        .get("/products")
        .send()
        .await
        .problem(401, "unauthenticated");
    anonymous
        .get(path(&view))
        .send()
        .await
        .problem(401, "unauthenticated");
    let viewer = app.sign_in(Role::Viewer).await;
    viewer.get(path(&view)).send().await.ok();
    let refused = viewer
        .post("/products")
        .json(bolt())
        .send()
        .await
        .problem(403, "missing_permission");
    assert_eq!(refused["missing_permission"], "products.write");
    for at in [path(&view), "/categories/x".into(), "/units/x".into()] {
        viewer
            .patch(at)
            .any_version()
            .json(json!({}))
            .send()
            .await
            .problem(403, "missing_permission");
    }
    for verb in ["archive", "block", "activate"] {
        let to = format!("{}/{verb}", path(&view));
        viewer
            .post(&to)
            .any_version()
            .send()
            .await
            .problem(403, "missing_permission");
    }
    viewer
        .get("/products/export")
        .send()
        .await
        .problem(403, "missing_permission");
    let stranger = app.stranger().await;
    stranger
        .get(path(&view))
        .send()
        .await
        .problem(404, "not_found");
    stranger
        .patch(path(&view))
        .any_version()
        .json(json!({ "name": "Mine" }))
        .send()
        .await
        .problem(404, "not_found");
    let archive = format!("{}/archive", path(&view));
    stranger
        .post(archive)
        .any_version()
        .send()
        .await
        .problem(404, "not_found");
    assert_eq!(
        stranger.get("/products").send().await.ok()["data"],
        json!([])
    );
    let found = stranger
        .get("/products/resolve?text=HX-1020")
        .send()
        .await
        .ok();
    assert_eq!(found, json!({ "match": null, "candidates": [] }));
    assert!(
        !stranger
            .get("/products/export")
            .send()
            .await
            .text()
            .contains("HX-1020")
    );
}

#[tokio::test]
async fn a_bad_body_is_answered_with_every_pointer() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let answer = owner
        .post("/products")
        .json(json!({ "nmae": "Bolt", "barcode": 7 }))
        .send()
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.errors(),
        [
            "#/barcode wrong_type",
            "#/name required",
            "#/nmae unknown_field",
            "#/sku required"
        ]
    );
    let unknown =
        json!({ "sku": "A", "name": "A", "unit": "ell", "category": "none", "tax_class": "none" });
    let answer = owner.post("/products").json(unknown).send().await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/category unknown_category",
            "#/tax_class unknown_tax_class",
            "#/unit unknown_unit"
        ]
    );
    make(&owner, bolt()).await;
    owner
        .post("/products")
        .json(bolt())
        .send()
        .await
        .problem(409, "duplicate_sku");
}

#[tokio::test]
async fn a_change_needs_the_version_and_a_key_replays() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let first = owner
        .post("/products")
        .key("make-1")
        .json(bolt())
        .send()
        .await;
    let view = first.created();
    let again = owner
        .post("/products")
        .key("make-1")
        .json(bolt())
        .send()
        .await;
    assert_eq!(
        (again.created(), again.header("idempotency-replayed")),
        (view.clone(), Some("true"))
    );
    assert_eq!(again.header("location"), first.header("location"));
    let patch = json!({ "name": "Bolt" });
    owner
        .patch(path(&view))
        .json(patch.clone())
        .send()
        .await
        .problem(428, "precondition_required");
    owner
        .patch(path(&view))
        .if_match(1)
        .json(patch)
        .send()
        .await
        .ok();
    let other = json!({ "name": "Screw" });
    let stale = owner
        .patch(path(&view))
        .if_match(1)
        .json(other)
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(
        (&stale["current_etag"], &stale["changed"]),
        (&json!("\"2\""), &json!(["/name"]))
    );
}

#[tokio::test]
async fn lists_page_filter_search_and_hide_cost() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    owner
        .post("/categories")
        .json(json!({ "code": "bolts", "name": "Bolts" }))
        .send()
        .await
        .created();
    for n in 1..=5 {
        let mut body = json!({ "sku": format!("P-{n}"), "name": format!("Part {n}"), "cost": "1" });
        if n < 3 {
            body["category"] = "bolts".into();
        }
        make(&owner, body).await;
    }
    let skus = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().unwrap();
        data.iter()
            .map(|row| row["sku"].as_str().unwrap().to_owned())
            .collect()
    };
    let answer = owner.get("/products?limit=2&count=exact").send().await;
    let page = answer.ok();
    assert_eq!(
        (skus(&page), &page["page"]["count"]["value"]),
        (vec!["P-1".to_owned(), "P-2".to_owned()], &json!(5))
    );
    assert_eq!(
        (&page["data"][0]["etag"], &page["data"][0]["cost"]),
        (&json!("\"1\""), &json!("1.00"))
    );
    let next = page["page"]["next"].as_str().unwrap();
    let page = owner
        .get(format!("/products?limit=2&cursor={next}"))
        .send()
        .await
        .ok();
    assert_eq!(skus(&page), ["P-3", "P-4"]);
    for (query, expected) in [
        ("category=bolts&sort=-sku", vec!["P-2", "P-1"]),
        ("q=part%204", vec!["P-4"]),
        ("status=archived", vec![]),
        ("fields=sku&filter=sku%20%3D%20%22P-5%22", vec!["P-5"]),
    ] {
        let page = owner.get(format!("/products?{query}")).send().await.ok();
        assert_eq!(skus(&page), expected, "{query}");
    }
    assert_eq!(owner.get("/products?cost=1").send().await.status, 400);
    assert_eq!(owner.get("/products?sort=-cost").send().await.status, 400);
    let viewer = app.sign_in(Role::Viewer).await;
    let page = viewer.get("/products?limit=1").send().await.ok();
    assert_eq!(page["data"][0]["cost"], Value::Null);
}

#[tokio::test]
async fn products_are_exported_and_resolved() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = make(&owner, bolt()).await;
    let file = owner
        .get("/products/export?columns=sku,name,cost")
        .send()
        .await;
    assert_eq!(
        file.text(),
        "sku,name,cost\r\nHX-1020,Hex bolt M10,0.021\r\n"
    );
    assert!(file.header("content-type").unwrap().starts_with("text/csv"));
    owner
        .get("/products/export?format=pdf")
        .send()
        .await
        .problem(400, "unknown_format");
    for text in ["HX-1020", "hx-1020", "4006381333931", "hx-1"] {
        let found = owner
            .get(format!("/products/resolve?text={text}"))
            .send()
            .await
            .ok();
        assert_eq!(found["match"]["id"], view["id"], "{text}");
    }
    owner
        .get("/products/resolve")
        .send()
        .await
        .problem(400, "missing_parameter");
    owner
        .get("/products/resolve?text=")
        .send()
        .await
        .problem(400, "invalid_value");
    owner
        .get("/products/resolve?txt=a")
        .send()
        .await
        .problem(400, "unknown_parameter");
    owner
        .get("/products/resolve?text=a&text=b")
        .send()
        .await
        .problem(400, "repeated_parameter");
}

#[tokio::test]
async fn another_system_puts_by_its_own_reference() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let at = "/products/by-ref/shop/98%2F123";
    let made = owner.put(at).json(bolt()).send().await.created();
    assert_eq!(made["external_refs"], json!({ "shop": "98/123" }));
    let same = owner.put(at).json(bolt()).send().await.ok();
    assert_eq!((&same["id"], &same["version"]), (&made["id"], &json!(1)));
    let mut other = bolt();
    other["name"] = "Bolt".into();
    let changed = owner.put(at).json(other).send().await.ok();
    assert_eq!(
        (&changed["name"], &changed["version"]),
        (&json!("Bolt"), &json!(2))
    );
    let viewer = app.sign_in(Role::Viewer).await;
    viewer
        .put(at)
        .json(bolt())
        .send()
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn categories_and_units_are_kept() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for (list, new, patch) in [
        (
            "/categories",
            json!({ "code": "bolts", "name": "Bolts" }),
            json!({ "name": "Nuts" }),
        ),
        (
            "/units",
            json!({ "code": "ell", "name": "Ell", "step": "0.5" }),
            json!({ "name": "Nuts" }),
        ),
    ] {
        let answer = owner.post(list).json(new.clone()).send().await;
        let view = answer.created();
        let location = answer.header("location").unwrap().to_owned();
        assert_eq!(owner.get(&location).send().await.ok(), view);
        owner
            .post(list)
            .json(new.clone())
            .send()
            .await
            .problem(409, "duplicate_code");
        owner
            .patch(&location)
            .json(patch.clone())
            .send()
            .await
            .problem(428, "precondition_required");
        owner
            .patch(&location)
            .if_match(9)
            .json(patch.clone())
            .send()
            .await
            .problem(412, "stale_version");
        let changed = owner
            .patch(&location)
            .if_match(1)
            .json(patch)
            .send()
            .await
            .ok();
        assert_eq!(
            (&changed["name"], &changed["etag"]),
            (&json!("Nuts"), &json!("\"2\""))
        );
        let found = owner
            .get(format!("{list}?code={}", new["code"].as_str().unwrap()))
            .send()
            .await
            .ok();
        assert_eq!(found["data"], json!([changed]));
        app.stranger()
            .await
            .get(&location)
            .send()
            .await
            .problem(404, "not_found");
    }
}
