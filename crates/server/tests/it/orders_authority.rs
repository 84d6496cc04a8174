//! Up to which total somebody may approve.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::Client;
use crate::shop::{Shop, act, line, post_order};

/// Orders from 20 on need an approval, managers approve up to 100.
async fn shop() -> (Shop, Client) {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    for currency in ["EUR", "USD"] {
        let policy = json!({ "name": currency, "measure": "total", "threshold": "20.00", "currency": currency });
        owner
            .post("/approval-policies")
            .json(policy)
            .send()
            .await
            .created();
    }
    shop.run("update memberships set row_scope = 'organization' where organization_id = $1 and role = 'manager'").await;
    let limits = json!({ "approval_limits": { "manager": "119.00" } });
    let changed = owner
        .patch("/organization")
        .any_version()
        .json(limits)
        .send()
        .await
        .ok();
    assert_eq!(changed["approval_limits"], json!({ "manager": "119.00" }));
    (shop, owner)
}

async fn submitted(client: &Client, quantity: &str, more: Value) -> Value {
    let mut body = json!({ "lines": [line("HX-10", quantity)] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let draft = post_order(client, body).await.created();
    let order = act(client, &draft, "submit", json!({})).await.ok();
    assert_eq!(order["lifecycle"], "pending_approval");
    order
}

#[tokio::test]
async fn a_limit_ends_at_its_amount() {
    let (shop, owner) = shop().await;
    let (rep, manager) = (shop.rep().await, shop.app.sign_in(Role::Manager).await);
    // 10 at 10.00 and 19 % tax
    let exact = submitted(&rep, "10", json!({})).await;
    assert_eq!(exact["totals"]["total"]["amount"], "119.00");
    assert_eq!(
        act(&manager, &exact, "approve", json!({})).await.ok()["lifecycle"],
        "confirmed"
    );
    let above = submitted(&rep, "11", json!({})).await;
    let refused = act(&manager, &above, "approve", json!({})).await;
    refused.problem(403, "approval_authority");
    act(&manager, &above, "reject", json!({ "reason": "too much" }))
        .await
        .problem(403, "approval_authority");
    let seen = manager
        .get(format!("/orders/{}", above["id"].as_str().unwrap()))
        .send()
        .await
        .ok();
    let approve = seen["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["action"] == "approve")
        .unwrap();
    assert_eq!(
        (&approve["allowed"], &approve["reason"]),
        (&json!(false), &json!("approval_authority"))
    );
    assert_eq!(seen["approvals"][0]["state"], "pending");
    assert_eq!(
        act(&owner, &above, "approve", json!({})).await.ok()["lifecycle"],
        "confirmed"
    );
}

#[tokio::test]
async fn an_order_in_another_currency_is_beyond_every_limit() {
    let (shop, owner) = shop().await;
    let (submitter, manager) = (
        shop.app.sign_in(Role::Admin).await,
        shop.app.sign_in(Role::Manager).await,
    );
    let dollars = json!({ "currency": "USD", "lines": [{ "sku": "HX-10", "quantity": { "value": "3" }, "unit_price": { "amount": "10.00" } }] });
    let order = submitted(&submitter, "3", dollars).await;
    act(&manager, &order, "approve", json!({}))
        .await
        .problem(403, "approval_authority");
    // Whoever submitted an order does not approve it, with or without a limit.
    act(&submitter, &order, "approve", json!({}))
        .await
        .problem(403, "four_eyes");
    assert_eq!(
        act(&owner, &order, "approve", json!({})).await.ok()["lifecycle"],
        "confirmed"
    );
}

#[tokio::test]
async fn limits_that_make_no_sense_are_refused() {
    let (shop, owner) = shop().await;
    for (limits, error) in [
        (
            json!({ "manager": "-1" }),
            "#/approval_limits/manager out_of_range",
        ),
        (
            json!({ "manager": "much" }),
            "#/approval_limits/manager invalid_decimal",
        ),
        (json!({ "rep": "1" }), "#/approval_limits/rep unknown_field"),
    ] {
        let answer = owner
            .patch("/organization")
            .any_version()
            .json(json!({ "approval_limits": limits }))
            .send()
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.errors()),
            (422, vec![error.to_owned()])
        );
    }
    let lifted = owner
        .patch("/organization")
        .any_version()
        .json(json!({ "approval_limits": null }))
        .send()
        .await
        .ok();
    assert_eq!(lifted["approval_limits"], json!({}));
    let manager = shop.app.sign_in(Role::Manager).await;
    manager
        .patch("/organization")
        .any_version()
        .json(json!({ "approval_limits": null }))
        .send()
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn an_amount_that_no_policy_can_judge_is_looked_at() {
    let shop = Shop::new().await;
    let owner = shop.owner().await;
    let policy = async |name: &str, currency: &str, threshold: &str| {
        let policy = json!({ "name": name, "measure": "total", "threshold": threshold, "currency": currency });
        let made = owner.post("/approval-policies").json(policy).send().await;
        made.created();
    };
    policy("Large in euros", "EUR", "5000.00").await;
    let dollars = |price: &str| json!({ "currency": "USD", "lines": [{ "sku": "HX-10", "quantity": { "value": "3" }, "unit_price": { "amount": price } }] });
    let needed = async |price: &str| {
        let mut order = dollars(price);
        order["customer_code"] = json!("ACME");
        let preview = owner.post("/orders/preview").json(order).send().await;
        preview.ok()["approvals_needed"].clone()
    };

    let rep = shop.rep().await;
    submitted(&rep, "3", dollars("10.00")).await;
    assert_eq!(
        needed("10.00").await,
        json!([{ "policy": "Large in euros", "measure": "total", "measured": "35.7", "threshold": "5000", "currency": "EUR" }])
    );
    assert_eq!(
        needed("0.00").await,
        json!([]),
        "nothing is nothing in every currency"
    );

    policy("Large in dollars", "USD", "100.00").await;
    assert_eq!(
        needed("10.00").await,
        json!([]),
        "now dollars are judged by dollars"
    );
    assert_eq!(needed("40.00").await[0]["policy"], "Large in dollars");
}
