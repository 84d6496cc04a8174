//! Approval policies through the API.

use serde_json::json;
use som_server::permission::Role;

use crate::harness::TestApp;

#[tokio::test]
async fn policies_are_made_changed_and_listed() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let made = owner
        .post("/approval-policies")
        .json(json!({ "name": "Large", "measure": "total", "threshold": "5000.00" }))
        .send()
        .await;
    let policy = made.created();
    assert_eq!(
        (
            &policy["currency"],
            &policy["threshold"],
            &policy["approver_roles"]
        ),
        (
            &json!("EUR"),
            &json!("5000"),
            &json!(["owner", "admin", "manager"])
        )
    );
    let path = format!("/approval-policies/{}", policy["id"].as_str().unwrap());
    owner
        .patch(&path)
        .json(json!({ "active": false }))
        .send()
        .await
        .problem(428, "precondition_required");
    let off = owner
        .patch(&path)
        .if_match(1)
        .json(json!({ "active": false, "threshold": "6000" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&off["active"], &off["version"]),
        (&json!(false), &json!(2))
    );
    owner
        .patch(&path)
        .if_match(1)
        .json(json!({ "active": true }))
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(owner.get(&path).send().await.ok(), off);
    assert_eq!(
        owner
            .get("/approval-policies?active=false")
            .send()
            .await
            .ok()["data"][0]["id"],
        policy["id"]
    );
    app.stranger()
        .await
        .get(&path)
        .send()
        .await
        .problem(404, "not_found");
    app.sign_in(Role::Manager)
        .await
        .post("/approval-policies")
        .json(json!({ "name": "x", "measure": "total", "threshold": "1" }))
        .send()
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn policies_that_make_no_sense_are_refused() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    for (body, error) in [
        (
            json!({ "name": "x", "measure": "total", "threshold": "-1" }),
            "#/threshold out_of_range",
        ),
        (
            json!({ "name": "x", "measure": "discount_percent", "threshold": "101" }),
            "#/threshold out_of_range",
        ),
        (
            json!({ "name": "x", "measure": "margin_percent", "threshold": "10", "currency": "EUR" }),
            "#/currency not_applicable",
        ),
        (
            json!({ "name": "x", "measure": "weight", "threshold": "1" }),
            "#/measure unknown_value",
        ),
        (
            json!({ "name": "x", "measure": "total", "threshold": "1", "approver_roles": [] }),
            "#/approver_roles required",
        ),
        (
            json!({ "name": "x", "measure": "total", "threshold": "1", "approver_roles": ["rep"] }),
            "#/approver_roles/0 role_cannot_approve",
        ),
        (
            json!({ "name": "x", "measure": "total", "threshold": "1", "approver_roles": ["king"] }),
            "#/approver_roles/0 unknown_value",
        ),
    ] {
        let answer = owner.post("/approval-policies").json(body).send().await;
        answer.problem(422, "validation_failed");
        assert_eq!(answer.errors(), [error]);
    }
}
