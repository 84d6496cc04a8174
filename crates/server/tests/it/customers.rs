//! Customers: who may see and change them, and what must hold of them.

use serde_json::{Value, json};
use som_domain::CustomerId;
use som_server::features::customers::service::buyer;
use som_server::permission::Role;

use crate::harness::{Client, TestApp};

async fn create(client: &Client, body: Value) -> Value {
    client.post("/customers").json(body).send().await.created()
}

fn path(view: &Value) -> String {
    format!("/customers/{}", view["id"].as_str().unwrap())
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(format!("/customers{query}")).send().await.ok();
    let rows = list["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_customer_is_created_read_and_changed() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "name": "Acme", "email": "buy@acme.example", "phone": "+49 30 1234567", "tax_number": "DE123", "credit_limit": "5000",
        "external_refs": { "shopify": "77" }, "contacts": [{ "name": "Zoe", "email": "zoe@acme.example" }, { "name": "Ann", "is_primary": true }],
        "addresses": [{ "lines": ["1 Example Street", "Floor 2"], "city": "Berlin", "postal_code": "10115", "country": "DE", "is_default": true }] });
    let answer = owner.post("/customers").json(body).send().await;
    let view = answer.created();
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(view["code"], "C-000001");
    assert_eq!(view["currency"], "EUR");
    assert_eq!(view["credit_limit"], "5000.00");
    assert_eq!(view["external_refs"], json!({ "shopify": "77" }));
    assert_eq!(view["contacts"][0]["name"], "Ann");
    assert_eq!(view["contacts"][1]["email"], "zoe@acme.example");
    assert_eq!(
        view["addresses"][0]["lines"],
        json!(["1 Example Street", "Floor 2"])
    );
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(owner.get(location).send().await.ok(), view);
    let unchanged = owner
        .get(path(&view))
        .header("if-none-match", "\"1\"")
        .send()
        .await;
    assert_eq!(unchanged.status.as_u16(), 304);
    let patch =
        json!({ "name": "Acme Ltd", "email": null, "credit_limit": null, "notes": "Rings twice" });
    let changed = owner
        .patch(path(&view))
        .if_match(1)
        .json(patch)
        .send()
        .await
        .ok();
    assert_eq!(
        (
            &changed["name"],
            &changed["email"],
            &changed["credit_limit"],
            &changed["version"]
        ),
        (&json!("Acme Ltd"), &Value::Null, &Value::Null, &json!(2))
    );
    assert_eq!(changed["phone"], "+49 30 1234567");
    let timeline = owner
        .get(format!("{}/timeline", path(&view)))
        .send()
        .await
        .ok();
    assert_eq!(timeline["data"][0]["action"], "updated");
    assert_eq!(
        timeline["data"][0]["diff"]["email"],
        json!({ "changed": true })
    );
    assert_eq!(timeline["data"][1]["action"], "created");
}

#[tokio::test]
async fn personal_data_is_sealed_in_the_database() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "name": "Acme", "email": "buy@acme.example",
        "addresses": [{ "recipient": "Ann", "lines": ["1 Example Street"], "country": "DE" }] });
    create(&owner, body).await;
    let stored: (String, String, String) = sqlx::query_as(
        "select c.email, a.recipient, a.lines from customers c join addresses a on a.customer_id = c.id",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert!(
        [&stored.0, &stored.1, &stored.2]
            .iter()
            .all(|text| text.starts_with("v1|1|"))
    );
}

#[tokio::test]
async fn codes_are_unique_and_generated_when_absent() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    create(&owner, json!({ "name": "A", "code": "C-000041" })).await;
    let next = create(&owner, json!({ "name": "B" })).await;
    assert_eq!(next["code"], "C-000042");
    let taken = owner
        .post("/customers")
        .json(json!({ "name": "C", "code": "C-000042" }))
        .send()
        .await;
    taken.problem(409, "duplicate_code");
    assert_eq!(taken.errors(), ["#/code duplicate_code"]);
    let one = owner.post("/customers").json(json!({ "name": "D" }));
    let two = owner.post("/customers").json(json!({ "name": "E" }));
    let (one, two) = tokio::join!(one.send(), two.send());
    let mut codes = [one.created(), two.created()].map(|view| view["code"].to_string());
    codes.sort();
    assert_eq!(codes, ["\"C-000043\"", "\"C-000044\""]);
}

#[tokio::test]
async fn strangers_and_roles_without_the_permission_are_refused() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(&owner, json!({ "name": "Acme" })).await;
    let nobody = app.anonymous();
    nobody
        .get("/customers")
        .send()
        .await
        .problem(401, "unauthenticated");
    let viewer = app.sign_in(Role::Viewer).await;
    assert_eq!(viewer.get(path(&view)).send().await.ok(), view);
    let refused = viewer
        .post("/customers")
        .json(json!({ "name": "B" }))
        .send()
        .await;
    assert_eq!(
        refused.problem(403, "missing_permission")["missing_permission"],
        "customers.write"
    );
    let export = viewer.get("/customers/export").send().await;
    export.problem(403, "missing_permission");
    let stranger = app.stranger().await;
    stranger
        .get(path(&view))
        .send()
        .await
        .problem(404, "not_found");
    let patch = stranger
        .patch(path(&view))
        .any_version()
        .json(json!({ "name": "Mine" }));
    patch.send().await.problem(404, "not_found");
    assert!(names(&stranger, "").await.is_empty());
}

#[tokio::test]
async fn a_rep_sees_and_keeps_own_customers_only() {
    let app = TestApp::new().await;
    let (owner, rep) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Rep).await);
    let theirs = create(&owner, json!({ "name": "Theirs" })).await;
    let mine = create(&rep, json!({ "name": "Mine" })).await;
    assert_eq!(
        mine["owner_id"],
        app.caller(Role::Rep).await.user_id.to_string()
    );
    assert_eq!(names(&rep, "").await, ["Mine"]);
    assert_eq!(names(&owner, "").await, ["Mine", "Theirs"]);
    for request in [
        rep.get(path(&theirs)),
        rep.get(format!("{}/timeline", path(&theirs))),
        rep.patch(path(&theirs))
            .any_version()
            .json(json!({ "name": "X" })),
        rep.post(format!("{}/block", path(&theirs))).any_version(),
        rep.post(format!("{}/contacts", path(&theirs)))
            .any_version()
            .json(json!({ "name": "X" })),
    ] {
        request.send().await.problem(404, "not_found");
    }
    let export = rep.get("/customers/export?columns=name").send().await;
    assert_eq!(
        export.text().trim_start_matches('\u{feff}').trim_end(),
        "name\r\nMine"
    );
    let away = json!({ "owner_id": theirs["owner_id"] });
    let refused = rep.patch(path(&mine)).if_match(1).json(away).send().await;
    refused.problem(422, "validation_failed");
    assert_eq!(refused.errors(), ["#/owner_id out_of_sight"]);
}

#[tokio::test]
async fn everything_wrong_with_a_body_is_named() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let body =
        json!({ "nmae": "x", "email": "no", "kind": "shop", "addresses": [{ "lines": ["a"] }] });
    let answer = owner.post("/customers").json(body).send().await;
    answer.problem(422, "validation_failed");
    assert_eq!(
        answer.errors(),
        [
            "#/addresses/0/country required",
            "#/email invalid_email",
            "#/kind unknown_value",
            "#/name required",
            "#/nmae unknown_field"
        ]
    );
    let id = |prefix: &str| format!("{prefix}_01K9ZC5T3GE8V9M4R2X7Q6P0AB");
    let body = json!({ "name": "x", "group_id": id("cgr"), "price_list_id": id("plist"), "payment_term_id": id("pyt"), "owner_id": id("usr"),
        "team_id": id("team"), "currency": "JPY", "credit_limit": "1.5", "addresses": [{ "country": "DE", "valid_from": "2026-02-01", "valid_to": "2026-01-01" }] });
    let answer = owner.post("/customers").json(body).send().await;
    assert_eq!(
        answer.errors(),
        [
            "#/addresses/0/valid_to invalid_period",
            "#/credit_limit too_many_decimals",
            "#/group_id unknown_customer_group",
            "#/owner_id unknown_member",
            "#/payment_term_id unknown_payment_term",
            "#/price_list_id unknown_price_list",
            "#/team_id unknown_team"
        ]
    );
}

#[tokio::test]
async fn a_change_needs_the_current_version() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(&owner, json!({ "name": "Acme" })).await;
    let patch = || owner.patch(path(&view)).json(json!({ "name": "B" }));
    patch().send().await.problem(428, "precondition_required");
    patch().if_match(1).send().await.ok();
    let stale = patch().if_match(1).send().await;
    assert_eq!(
        stale.problem(412, "stale_version")["changed"],
        json!(["/name"])
    );
    let same = patch().if_match(2).send().await.ok();
    assert_eq!(same["version"], 2);
}

#[tokio::test]
async fn a_repeated_request_is_answered_once() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let post = |name: &str| {
        owner
            .post("/customers")
            .key("first")
            .json(json!({ "name": name }))
    };
    let first = post("Acme").send().await.created();
    assert_eq!(post("Acme").send().await.created(), first);
    assert_eq!(names(&owner, "").await, ["Acme"]);
    assert_eq!(post("Other").send().await.status.as_u16(), 422);
}

#[tokio::test]
async fn lists_filter_sort_and_search() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for (code, name, currency) in [
        ("B1", "Bolt & Nut", "EUR"),
        ("A1", "Nutmeg", "USD"),
        ("C1", "Acorn", "EUR"),
    ] {
        create(
            &owner,
            json!({ "code": code, "name": name, "currency": currency }),
        )
        .await;
    }
    assert_eq!(names(&owner, "").await, ["Acorn", "Bolt & Nut", "Nutmeg"]);
    assert_eq!(
        names(&owner, "?sort=-code").await,
        ["Acorn", "Bolt & Nut", "Nutmeg"]
    );
    assert_eq!(names(&owner, "?q=nut").await, ["Bolt & Nut", "Nutmeg"]);
    assert_eq!(names(&owner, "?currency=USD").await, ["Nutmeg"]);
    assert_eq!(names(&owner, "?code=B1").await, ["Bolt & Nut"]);
    let page = owner.get("/customers?limit=2").send().await.ok();
    let next = page["page"]["next"].as_str().unwrap();
    assert_eq!(
        names(&owner, &format!("?limit=2&cursor={next}")).await,
        ["Nutmeg"]
    );
}

#[tokio::test]
async fn a_customer_is_blocked_archived_and_activated() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(&owner, json!({ "name": "Acme" })).await;
    let act = |verb: &str| owner.post(format!("{}/{verb}", path(&view)));
    act("block")
        .send()
        .await
        .problem(428, "precondition_required");
    for (version, verb, status) in [
        (1, "block", "blocked"),
        (2, "archive", "archived"),
        (3, "activate", "active"),
    ] {
        let after = act(verb).if_match(version).send().await.ok();
        assert_eq!(
            (&after["status"], &after["version"]),
            (&json!(status), &json!(version + 1))
        );
    }
    act("block")
        .if_match(1)
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(act("activate").if_match(4).send().await.ok()["version"], 4);
    assert!(names(&owner, "?status=blocked").await.is_empty());
}

#[tokio::test]
async fn another_system_creates_and_changes_by_its_own_reference() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let put = |body: Value| owner.put("/customers/by-ref/shopify/77").json(body).send();
    let new = put(json!({ "name": "Acme", "email": "a@acme.example" })).await;
    let view = new.created();
    assert_eq!(view["external_refs"], json!({ "shopify": "77" }));
    let again = put(json!({ "name": "Acme Ltd" })).await.ok();
    assert_eq!(
        (
            &again["id"],
            &again["name"],
            &again["email"],
            &again["version"]
        ),
        (
            &view["id"],
            &json!("Acme Ltd"),
            &json!("a@acme.example"),
            &json!(2)
        )
    );
    let stranger = app.stranger().await;
    let own = stranger
        .put("/customers/by-ref/shopify/77")
        .json(json!({ "name": "Own" }))
        .send()
        .await
        .created();
    assert_ne!(own["id"], view["id"]);
}

#[tokio::test]
async fn a_buyer_out_of_sight_is_not_found() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let view = create(&owner, json!({ "name": "Acme", "currency": "USD" })).await;
    let id: CustomerId = view["id"].as_str().unwrap().parse().unwrap();
    let (owner, rep) = (app.caller(Role::Owner).await, app.caller(Role::Rep).await);
    let organization = owner.organization.id;
    let mut tx = app.state.db().tenant_read(organization).await.unwrap();
    let found = buyer(&mut tx, &owner, id).await.unwrap();
    assert_eq!(found.currency.code(), "USD");
    let hidden = buyer(&mut tx, &rep, id).await;
    assert_eq!(hidden.unwrap_err().problem().unwrap().code, "not_found");
}
