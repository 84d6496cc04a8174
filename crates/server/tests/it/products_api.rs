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
