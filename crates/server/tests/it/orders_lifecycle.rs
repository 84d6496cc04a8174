//! The verbs of an order through the API: approval, authority, credit, and where each is refused.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::shop::{Shop, act, draft, placed, post_order};

#[tokio::test]
async fn a_breach_of_credit_holds_the_order_and_two_cannot_slip_under_it() {
    let shop = Shop::new().await;
    shop.run("update customers set credit_limit = 30 where organization_id = $1")
        .await;
    let (a, b) = (shop.rep().await, shop.owner().await);
    // Each of 23.80 fits alone; together they do not.
    let (x, y) = tokio::join!(
        post_order(&a, json!({ "place": true })),
        post_order(&b, json!({ "place": true }))
    );
    let orders = [x.created(), y.created()];
    let held = orders
        .iter()
        .filter(|order| order["hold_count"] == 1)
        .count();
    assert_eq!(held, 1);
    let held = orders
        .iter()
        .find(|order| order["hold_count"] == 1)
        .unwrap();
    assert_eq!(
        (
            &held["lifecycle"],
            &held["holds"][0]["type"],
            &held["holds"][0]["blocks"]
        ),
        (&json!("confirmed"), &json!("credit"), &json!("ship"))
    );
}

#[tokio::test]
async fn approval_by_policy_with_four_eyes() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    owner.post("/approval-policies").json(json!({ "name": "Large", "measure": "total", "threshold": "20.00", "approver_roles": ["owner"] })).send().await.created();
    let rep = shop.rep().await;
    let order = post_order(&rep, json!({ "place": true })).await.created();
    assert_eq!(
        (
            &order["lifecycle"],
            &order["approvals"][0]["state"],
            &order["approvals"][0]["measured"]
        ),
        (
            &json!("pending_approval"),
            &json!("pending"),
            &json!("23.8")
        )
    );
    // A policy may be changed meanwhile: what was exceeded stays what it was.
    let policy = order["approvals"][0]["policy_id"].as_str().unwrap();
    let changed = owner
        .patch(format!("/approval-policies/{policy}"))
        .any_version();
    changed
        .json(json!({ "threshold": "22.00" }))
        .send()
        .await
        .ok();
    let seen = owner
        .get(format!("/orders/{}", order["id"].as_str().unwrap()))
        .send()
        .await
        .ok();
    let asked = &seen["approvals"][0];
    assert_eq!(
        (&asked["measure"], &asked["threshold"], &asked["currency"]),
        (&json!("total"), &json!("20"), &json!("EUR"))
    );
    act(&rep, &order, "confirm", json!({}))
        .await
        .problem(409, "approval_pending");
    act(&rep, &order, "approve", json!({}))
        .await
        .problem(403, "missing_permission");
    let id = order["id"].as_str().unwrap();
    rep.patch(format!("/orders/{id}"))
        .if_match(1)
        .json(json!({ "notes": "x" }))
        .send()
        .await
        .problem(409, "locked_by_approval");
    let finance = shop.app.sign_in(Role::Finance).await;
    act(&finance, &order, "approve", json!({}))
        .await
        .problem(403, "approval_authority");
    let back = act(&owner, &order, "reject", json!({ "reason": "too cheap" }))
        .await
        .ok();
    assert_eq!(
        (&back["lifecycle"], &back["approvals"][0]["state"]),
        (&json!("draft"), &json!("rejected"))
    );
    let again = act(&rep, &back, "submit", json!({})).await.ok();
    // Whoever submitted may take it back, and a submitter never approves.
    let taken = act(&rep, &again, "reject", json!({ "reason": "typing error" }))
        .await
        .ok();
    let again = act(&owner, &taken, "submit", json!({})).await.ok();
    act(&owner, &again, "approve", json!({}))
        .await
        .problem(403, "four_eyes");
    let taken = act(&owner, &again, "reject", json!({ "reason": "x" }))
        .await
        .ok();
    act(&rep, &taken, "confirm", json!({}))
        .await
        .problem(409, "approval_required");
    let again = act(&rep, &taken, "submit", json!({})).await.ok();
    let approved = act(&owner, &again, "approve", json!({ "reason": "fine" }))
        .await
        .ok();
    assert_eq!(approved["lifecycle"], "confirmed");
    let states: Vec<&str> = approved["approvals"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|a| a["state"].as_str())
        .collect();
    assert_eq!(states, ["rejected", "superseded", "superseded", "approved"]);
}

#[tokio::test]
async fn discounts_beyond_the_limit_need_someone_else() {
    let shop = Shop::new().await;
    let rep = shop.rep().await;
    let lines = json!([{ "sku": "HX-10", "quantity": { "value": "1" }, "discounts": [{ "percent": "8" }] }]);
    let order = post_order(
        &rep,
        json!({ "lines": lines, "discount": { "percent": "8" } }),
    )
    .await
    .created();
    assert_eq!(order["warnings"][0]["code"], "discount_over_limit");
    let refused = act(&rep, &order, "submit", json!({})).await;
    let problem = refused.problem(422, "discount_over_limit");
    assert_eq!(
        (
            &problem["errors"][0]["pointer"],
            &problem["errors"][0]["params"]["limit"]
        ),
        (&json!("#/lines/0/discounts"), &json!("10.00"))
    );
    // A policy on discounts takes over: it goes to approval instead.
    shop.run("insert into approval_policies (organization_id, id, name, measure, threshold, created_at, updated_at) values ($1, gen_random_uuid(), 'Discounts', 'discount_percent', 10, now(), now())").await;
    assert_eq!(
        act(&rep, &order, "submit", json!({})).await.ok()["lifecycle"],
        "pending_approval"
    );
    // The owner has no limit.
    let order = post_order(
        &shop.owner().await,
        json!({ "place": true, "discount": { "percent": "9" } }),
    )
    .await
    .created();
    assert_eq!(order["lifecycle"], "confirmed");
}

#[tokio::test]
async fn every_verb_is_refused_where_it_does_not_belong() {
    let shop = Shop::new().await;
    let client = shop.owner().await;
    let with_reason = json!({ "reason": "x" });
    let verbs: [(&str, &Value); 7] = [
        ("submit", &json!({})),
        ("approve", &json!({})),
        ("reject", &with_reason),
        ("confirm", &json!({})),
        ("cancel", &with_reason),
        ("short-close", &with_reason),
        ("reopen", &json!({})),
    ];
    let cancelled = act(
        &client,
        &draft(&client).await,
        "cancel",
        with_reason.clone(),
    )
    .await
    .ok();
    for (verb, body) in verbs {
        let problem = act(&client, &cancelled, verb, body.clone())
            .await
            .problem(409, "invalid_transition");
        assert_eq!(problem["allowed"], json!(["duplicate"]), "{verb}");
    }
    let order = draft(&client).await;
    for (verb, body) in [
        ("approve", json!({})),
        ("reject", with_reason.clone()),
        ("short-close", with_reason.clone()),
        ("reopen", json!({})),
        ("deliveries", json!({})),
    ] {
        act(&client, &order, verb, body)
            .await
            .problem(409, "invalid_transition");
    }
    let actions = order["actions"].as_array().unwrap();
    let allowed: Vec<&str> = actions
        .iter()
        .filter(|a| a["allowed"] == true)
        .filter_map(|a| a["action"].as_str())
        .collect();
    assert_eq!(
        allowed,
        [
            "edit",
            "submit",
            "confirm",
            "hold",
            "cancel",
            "discard",
            "duplicate"
        ]
    );
    let path = format!("/orders/{}/confirm", order["id"].as_str().unwrap());
    client
        .post(&path)
        .json(json!({}))
        .send()
        .await
        .problem(428, "precondition_required");
    client
        .post(&path)
        .header("if-match", "W/\"1\"")
        .json(json!({}))
        .send()
        .await
        .problem(400, "invalid_header");
    client
        .post(&path)
        .if_match(1)
        .json(json!({ "force": true }))
        .send()
        .await
        .problem(422, "validation_failed");
}

#[tokio::test]
async fn roles_do_what_is_theirs_and_nothing_else() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    let order = placed(&owner).await;
    let reason = json!({ "reason": "x" });
    for (role, verb, body, needs) in [
        (Role::Rep, "deliveries", json!({}), "orders.deliver"),
        (Role::Rep, "short-close", reason.clone(), "orders.close"),
        (Role::Warehouse, "cancel", reason.clone(), "orders.cancel"),
        (Role::Warehouse, "confirm", json!({}), "orders.confirm"),
        (Role::Finance, "deliveries", json!({}), "orders.deliver"),
        (
            Role::Viewer,
            "comments",
            json!({ "body": "x" }),
            "orders.comment",
        ),
        (
            Role::Viewer,
            "holds",
            json!({ "type": "manual", "reason": "x" }),
            "orders.hold",
        ),
        (Role::Viewer, "submit", json!({}), "orders.write"),
    ] {
        let client = shop.app.sign_in(role).await;
        assert_eq!(
            act(&client, &order, verb, body)
                .await
                .problem(403, "missing_permission")["missing_permission"],
            needs
        );
    }
    let warehouse = shop.app.sign_in(Role::Warehouse).await;
    assert_eq!(
        act(&warehouse, &order, "deliveries", json!({})).await.ok()["fulfilment_status"],
        "delivered"
    );
}
