//! The organization's settings and its number series through the API.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp};
use crate::shop::Shop;

const AT: &str = "/organization";

async fn change(client: &Client, patch: Value) -> crate::harness::Answer {
    client.patch(AT).any_version().json(patch).send().await
}

#[tokio::test]
async fn the_organization_is_read_and_changed_for_the_next_request() {
    let app = TestApp::new().await;
    let (owner, rep) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Rep).await);
    let view = owner.get(AT).send().await.ok();
    assert_eq!(view["currency"], "EUR");
    assert_eq!(view["currency_fixed"], false);
    assert_eq!(
        view["discount_limits"],
        json!({ "manager": "25.00", "rep": "10.00" })
    );
    let patch = json!({
        "name": "Test Trading", "country": "CH", "currency": "CHF", "time_zone": "Europe/Zurich", "locale": "de-CH",
        "rounding_mode": "half_even", "tax_mode": "line", "cash_rounding": "0.05", "prices_include_tax": true,
        "customer_po_policy": "refuse", "four_eyes": false, "discount_limits": { "rep": "12.5", "manager": null, "viewer": "0" },
    });
    let send = || owner.patch(AT).if_match(1).key("k").json(patch.clone());
    let answer = send().send().await;
    let changed = answer.ok();
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let again = send().send().await;
    assert_eq!(
        (again.ok(), again.header("idempotency-replayed")),
        (changed.clone(), Some("true"))
    );
    assert_eq!(owner.get(AT).send().await.ok(), changed);
    for (field, value) in patch.as_object().unwrap() {
        if field != "discount_limits" {
            assert_eq!(&changed[field], value, "{field}");
        }
    }
    assert_eq!(
        changed["discount_limits"],
        json!({ "rep": "12.50", "viewer": "0.00" })
    );
    let me = rep.get("/me").send().await.ok()["organization"].clone();
    assert_eq!(
        (&me["name"], &me["currency"], &me["rounding_mode"]),
        (&json!("Test Trading"), &json!("CHF"), &json!("half_even"))
    );
    let diff: Value = sqlx::query_scalar(
        "select diff from audit_events where entity = 'organization' and action = 'updated'",
    )
    .fetch_one(&app.admin_pool().await)
    .await
    .unwrap();
    assert_eq!(
        diff["discount_limits.rep"],
        json!({ "from": "10.00", "to": "12.50" })
    );
    assert_eq!(diff["four_eyes"], json!({ "from": true, "to": false }));
    let lifted = change(
        &owner,
        json!({ "discount_limits": null, "cash_rounding": null }),
    )
    .await;
    assert_eq!(lifted.ok()["discount_limits"], json!({}));
    assert_eq!(lifted.ok()["cash_rounding"], Value::Null);
    let same = owner.get(AT).header("if-none-match", "\"3\"").send().await;
    same.expect(304);
}

#[tokio::test]
async fn only_who_may_sees_and_changes_it() {
    let app = TestApp::new().await;
    let (owner, finance, rep, stranger) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Finance).await,
        app.sign_in(Role::Rep).await,
        app.stranger().await,
    );
    let anonymous = app.anonymous().get(AT).send().await;
    anonymous.problem(401, "unauthenticated");
    let refused = rep.get(AT).send().await;
    refused.problem(403, "missing_permission");
    finance.get(AT).send().await.ok();
    let refused = change(&finance, json!({ "name": "Mine" })).await;
    refused.problem(403, "missing_permission");
    let others = change(&stranger, json!({ "name": "Other Trading" })).await;
    assert_eq!(others.ok()["name"], "Other Trading");
    let view = owner.get(AT).send().await.ok();
    assert_eq!(
        (&view["name"], &view["version"]),
        (&json!("Test Company"), &json!(1))
    );
    let patch = json!({ "name": "New" });
    let blind = owner.patch(AT).json(patch.clone()).send().await;
    blind.problem(428, "precondition_required");
    let stale = owner.patch(AT).if_match(7).json(patch).send().await;
    stale.problem(412, "stale_version");
}

#[tokio::test]
async fn wrong_settings_are_named_all_at_once() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let wrong = json!({
        "name": null, "time_zone": "Mars/Olympus", "locale": "en_GB", "cash_rounding": "0.005",
        "discount_limits": { "rep": "101" },
    });
    let wrong = change(&owner, wrong).await;
    wrong.problem(422, "validation_failed");
    assert_eq!(
        wrong.errors(),
        [
            "#/cash_rounding invalid_cash_rounding_step",
            "#/discount_limits/rep too_large",
            "#/locale invalid_locale",
            "#/name required",
            "#/time_zone unknown_time_zone"
        ]
    );
    let wrong = json!({
        "country": "ZZ", "currency": "XYZ", "rounding_mode": "up", "customer_po_policy": "perhaps",
        "discount_limits": { "chef": "1", "rep": 10 }, "logo": "x",
    });
    let wrong = change(&owner, wrong).await;
    assert_eq!(
        wrong.errors(),
        [
            "#/country unknown_country",
            "#/currency unknown_currency",
            "#/customer_po_policy unknown_value",
            "#/discount_limits/chef unknown_field",
            "#/discount_limits/rep wrong_type",
            "#/logo unknown_field",
            "#/rounding_mode unknown_value"
        ]
    );
    for step in ["0", "0.05"] {
        let wrong = change(&owner, json!({ "currency": "JPY", "cash_rounding": step })).await;
        assert_eq!(
            wrong.errors(),
            ["#/cash_rounding invalid_cash_rounding_step"],
            "{step}"
        );
    }
    assert_eq!(owner.get(AT).send().await.ok()["version"], 1);
}

#[tokio::test]
async fn the_currency_is_fixed_with_the_first_order() {
    let shop = Shop::new().await;
    let owner = shop.app.sign_in(Role::Owner).await;
    let order = json!({ "customer_code": "ACME", "lines": [] });
    owner.post("/orders").json(order).send().await.created();
    assert_eq!(owner.get(AT).send().await.ok()["currency_fixed"], true);
    let refused = change(&owner, json!({ "currency": "USD" })).await;
    refused.problem(409, "currency_in_use");
    assert_eq!(refused.errors(), ["#/currency currency_in_use"]);
    let other = change(&owner, json!({ "currency": "EUR", "name": "Acme Trading" })).await;
    assert_eq!(other.ok()["name"], "Acme Trading");
}

async fn series(client: &Client) -> (String, Value) {
    let list = client.get("/number-series").send().await.ok();
    let row = list["data"][0].clone();
    let at = format!("/number-series/{}", row["id"].as_str().unwrap());
    (at, row)
}

async fn order(client: &Client) -> Value {
    let order = json!({ "customer_code": "ACME", "lines": [] });
    client.post("/orders").json(order).send().await.created()["number"].clone()
}

#[tokio::test]
async fn a_template_is_changed_and_the_count_goes_on() {
    let shop = Shop::new().await;
    let owner = shop.app.sign_in(Role::Owner).await;
    let (at, row) = series(&owner).await;
    assert_eq!(row["template"], "SO-{YYYY}-{NNNNNN}");
    assert_eq!(row["next_number"], "SO-2026-000001");
    assert_eq!(order(&owner).await, "SO-2026-000001");
    let next = owner.get(&at).send().await.ok()["next_number"].clone();
    assert_eq!(next, "SO-2026-000002");
    assert_eq!(order(&owner).await, next);
    for (version, template, starts) in [
        (1, "SO-2026-{NNNNNN}", "SO-2026-0000"),
        (2, "A{YY}{MM}-{NNN}", "A2611-"),
        (3, "SO-{YYYY}-{NNNNNN}", "SO-2026-0000"),
    ] {
        let patch = json!({ "template": template });
        let changed = owner.patch(&at).if_match(version).json(patch).send().await;
        let next = changed.ok()["next_number"].clone();
        assert!(next.as_str().unwrap().starts_with(starts), "{next}");
        assert_eq!(owner.get(&at).send().await.ok(), changed.ok());
        assert_eq!(order(&owner).await, next, "{template}");
    }
    let patch = json!({ "template": "X{N}" });
    let tried = owner.patch(format!("{at}?dry_run=true"));
    let tried = tried.any_version().json(patch).send().await.ok();
    assert!(tried["next_number"].as_str().unwrap().starts_with('X'));
    assert_eq!(series(&owner).await.1["version"], 4, "only tried");
}

#[tokio::test]
async fn series_are_guarded_and_checked() {
    let shop = Shop::new().await;
    let app = &shop.app;
    let (owner, finance, rep, stranger) = (
        app.sign_in(Role::Owner).await,
        app.sign_in(Role::Finance).await,
        app.sign_in(Role::Rep).await,
        app.stranger().await,
    );
    let (at, row) = series(&owner).await;
    assert_eq!(series(&finance).await.1, row);
    assert_ne!(series(&stranger).await.1["id"], row["id"]);
    let anonymous = app.anonymous().get(&at).send().await;
    anonymous.problem(401, "unauthenticated");
    let refused = rep.get("/number-series").send().await;
    refused.problem(403, "missing_permission");
    let patch = |client: &Client, template: Value| {
        let body = json!({ "template": template });
        client.patch(&at).json(body)
    };
    let refused = patch(&finance, "A{N}".into()).any_version().send().await;
    refused.problem(403, "missing_permission");
    stranger.get(&at).send().await.problem(404, "not_found");
    let refused = patch(&stranger, "A{N}".into()).any_version().send().await;
    refused.problem(404, "not_found");
    let blind = patch(&owner, "A{N}".into()).send().await;
    blind.problem(428, "precondition_required");
    let stale = patch(&owner, "A{N}".into()).if_match(9).send().await;
    stale.problem(412, "stale_version");
    for (template, code) in [
        (json!("SO-{YYYY}"), "counter_missing"),
        (json!("{MM}-{N}"), "ambiguous_period"),
        (json!("a b{N}"), "invalid_template"),
        (json!(7), "wrong_type"),
        (Value::Null, "required"),
    ] {
        let wrong = patch(&owner, template).any_version().send().await;
        wrong.problem(422, "validation_failed");
        assert_eq!(wrong.errors(), [format!("#/template {code}")]);
    }
    order(&owner).await;
    shop.run("update orders set number = 'A21' where organization_id = $1")
        .await;
    let taken = patch(&owner, "A{N}".into()).any_version().send().await;
    assert_eq!(taken.errors(), ["#/template number_taken"]);
}
