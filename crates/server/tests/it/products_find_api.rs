//! Lists, exports, look-ups and upserts of products, and their categories and units, through the API.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

fn bolt() -> Value {
    json!({ "sku": "HX-1020", "name": "Hex bolt M10", "barcode": "4006381333931", "list_price": "0.0375", "cost": "0.021" })
}

async fn make(client: &Client, body: Value) -> Value {
    client.post("/products").json(body).send().await.created()
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
