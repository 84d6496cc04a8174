//! Identity providers as they are set up: what is kept and shown, who may, and what is refused.

use chrono::Duration;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::issuer::SECRET;
use crate::harness::{Client, TestApp};

pub fn some() -> Value {
    json!({
        "name": "Company sign-in", "issuer": "https://idp.example.com", "client_id": "som", "client_secret": SECRET,
        "groups": [{ "group": "sales", "role": "rep" }], "email_domains": ["Acme.example", "acme.example"],
    })
}

pub fn path(view: &Value) -> String {
    format!("/identity-providers/{}", view["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_provider_is_set_up_changed_and_removed() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let answer = owner.post("/identity-providers").json(some()).send().await;
    let made = answer.created();
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1{}", path(&made)).as_str())
    );
    assert!(!answer.text().contains(SECRET));
    assert_eq!(
        (
            &made["has_client_secret"],
            &made["scopes"],
            &made["enabled"],
            &made["version"]
        ),
        (
            &json!(true),
            &json!(["openid", "email", "profile"]),
            &json!(false),
            &json!(1)
        )
    );
    let domain = &made["email_domains"][0];
    assert_eq!(made["email_domains"].as_array().unwrap().len(), 1);
    assert_eq!(
        domain["proof_url"],
        "https://acme.example/.well-known/som-domain.txt"
    );
    assert_eq!(domain["verified_at"], Value::Null);
    let pool = app.admin_pool().await;
    let kept: String = sqlx::query_scalar("select client_secret from identity_providers")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(kept.starts_with("v1|") && !kept.contains(SECRET), "sealed");

    owner
        .patch(path(&made))
        .json(json!({}))
        .send()
        .await
        .problem(428, "precondition_required");
    let patch = json!({ "scopes": ["email", "email", "groups"], "client_secret": null, "group_claim": "groups",
                        "groups": [{ "group": "*", "role": "viewer" }], "email_domains": ["acme.example", "acme.org"], "enabled": true });
    let tried = owner
        .patch(format!("{}?dry_run=true", path(&made)))
        .json(patch.clone())
        .if_match(1)
        .send()
        .await;
    assert_eq!(tried.ok()["enabled"], true);
    let changed = owner
        .patch(path(&made))
        .json(patch)
        .if_match(1)
        .send()
        .await
        .ok();
    assert_eq!(
        (&changed["version"], &changed["has_client_secret"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(changed["scopes"], json!(["openid", "email", "groups"]));
    assert_eq!(
        changed["email_domains"][0]["proof"], domain["proof"],
        "what stays, stays as it is"
    );
    assert_eq!(owner.get(path(&made)).send().await.ok(), changed);
    assert_eq!(
        owner.get("/identity-providers").send().await.ok(),
        json!({ "data": [changed] })
    );
    owner
        .patch(path(&made))
        .json(json!({ "name": "X" }))
        .if_match(1)
        .send()
        .await
        .problem(412, "stale_version");
    owner
        .delete(path(&made))
        .if_match(1)
        .send()
        .await
        .problem(412, "stale_version");
    owner
        .delete(path(&made))
        .if_match(2)
        .send()
        .await
        .expect(204);
    owner
        .get(path(&made))
        .send()
        .await
        .problem(404, "not_found");

    let audited: Vec<(String, Value)> = sqlx::query_as(
        "select action, diff from audit_events where entity = 'identity_provider' order by seq",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let actions: Vec<&str> = audited.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["created", "updated", "deleted"]);
    assert_eq!(audited[0].1["client_secret"], json!({ "changed": true }));
    assert_eq!(
        audited[1].1["groups"]["to"],
        json!([{ "group": "*", "role": "viewer" }])
    );
    assert!(!format!("{audited:?}").contains(SECRET));
}

#[tokio::test]
async fn a_name_is_taken_once_and_there_is_an_end() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    owner
        .post("/identity-providers")
        .json(some())
        .send()
        .await
        .created();
    let again = owner.post("/identity-providers").json(some()).send().await;
    again.problem(409, "duplicate_name");
    for n in 2..=20 {
        let mut more = some();
        more["name"] = json!(format!("Provider {n}"));
        owner
            .post("/identity-providers")
            .json(more)
            .send()
            .await
            .created();
    }
    let mut more = some();
    more["name"] = json!("One too many");
    owner
        .post("/identity-providers")
        .json(more)
        .send()
        .await
        .problem(409, "too_many_identity_providers");
}

#[tokio::test]
async fn only_who_proved_it_and_may_do_all_of_it() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    app.sign_in(Role::Rep)
        .await
        .post("/identity-providers")
        .json(some())
        .send()
        .await
        .problem(403, "missing_permission");
    let mut lifting = some();
    lifting["name"] = json!("Everything");
    lifting["groups"] = json!([{ "group": "*", "role": "admin" }]);
    let made = owner
        .post("/identity-providers")
        .json(lifting.clone())
        .send()
        .await
        .created();

    // looks after members, and may do nothing else
    let role = json!({ "name": "Hiring", "base": "admin", "permissions": ["members.read", "members.write", "orders.read"] });
    let role = owner.post("/roles").json(role).send().await.created();
    let member = json!({ "name": "Mary Fields", "email": "mary@test.example", "password": "violet harbour nine lamps", "role_id": role["id"] });
    owner.post("/members").json(member).send().await.created();
    let mary = app.anonymous();
    let body = json!({ "email": "mary@test.example", "password": "violet harbour nine lamps" });
    mary.post("/auth/sign-in").json(body).send().await.ok();
    lifting["name"] = json!("Mine");
    mary.post("/identity-providers")
        .json(lifting)
        .send()
        .await
        .problem(403, "role_beyond_yours");
    for patch in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "groups": [] }),
        json!({ "enabled": true }),
    ] {
        mary.patch(path(&made))
            .json(patch)
            .any_version()
            .send()
            .await
            .problem(403, "role_beyond_yours");
    }
    mary.delete(path(&made))
        .any_version()
        .send()
        .await
        .problem(403, "role_beyond_yours");
    let mut hers = some();
    hers["groups"] = json!([{ "group": "hr", "role_id": role["id"] }]);
    let hers = mary
        .post("/identity-providers")
        .json(hers)
        .send()
        .await
        .created();
    assert_eq!(
        hers["groups"],
        json!([{ "group": "hr", "role": null, "role_id": role["id"] }])
    );
    // a role that a provider gives is in use
    let empty = json!({ "name": "Reception", "base": "viewer", "permissions": ["orders.read"] });
    let empty = owner.post("/roles").json(empty).send().await.created();
    let more = json!({ "groups": [{ "group": "desk", "role_id": empty["id"] }] });
    mary.patch(path(&hers))
        .json(more)
        .any_version()
        .send()
        .await
        .ok();
    let role_path = format!("/roles/{}", empty["id"].as_str().unwrap());
    owner
        .delete(&role_path)
        .any_version()
        .send()
        .await
        .problem(409, "role_in_use");

    app.clock.advance(Duration::minutes(11));
    let again = |client: &Client| {
        client
            .patch(path(&made))
            .json(json!({ "enabled": true }))
            .any_version()
            .send()
    };
    again(&owner).await.problem(403, "reauth_required");
    owner
        .delete(path(&made))
        .any_version()
        .send()
        .await
        .problem(403, "reauth_required");
}

#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let bad = json!({
        "name": "X", "issuer": "http://idp.example.com", "client_id": "som", "scopes": ["open id", "a\"b"], "second_factor_acr": ["ä"],
        "groups": [{ "group": "a" }, { "group": "b", "role": "rep", "role_id": "role_01K9ZC5T3GE8V9M4R2X7Q6P0AB" }, { "group": "c", "role_id": "role_01K9ZC5T3GE8V9M4R2X7Q6P0AB" }],
        "email_domains": ["acme.example", "localhost", "a b.example", "@x.example", "münchen.example"],
    });
    let answer = owner.post("/identity-providers").json(bad).send().await;
    answer.expect(422);
    assert_eq!(
        answer.errors(),
        [
            "#/email_domains/1 invalid_domain",
            "#/email_domains/2 invalid_domain",
            "#/email_domains/3 invalid_domain",
            "#/email_domains/4 invalid_domain",
            "#/groups/0/role required",
            "#/groups/1/role_id not_applicable",
            "#/groups/2/role_id unknown_role",
            "#/issuer invalid_issuer",
            "#/scopes/0 invalid_word",
            "#/scopes/1 invalid_word",
            "#/second_factor_acr/0 invalid_word",
        ]
    );
    for issuer in [
        "nonsense",
        "https://127.0.0.1",
        "https://[::1]",
        "https://169.254.169.254",
        "https://user@idp.example.com",
        "https://idp.example.com?x=1",
        "https://idp.example.com#x",
        "ftp://idp.example.com",
    ] {
        let mut body = some();
        body["issuer"] = json!(issuer);
        let answer = owner.post("/identity-providers").json(body).send().await;
        assert_eq!(answer.errors(), ["#/issuer invalid_issuer"], "{issuer}");
    }
    let mut owners = some();
    owners["groups"] = json!([{ "group": "x", "role": "owner" }]);
    owner
        .post("/identity-providers")
        .json(owners)
        .send()
        .await
        .expect(422);
    let mut many = some();
    many["groups"] = json!(vec![json!({ "group": "x", "role": "rep" }); 201]);
    many["email_domains"] = json!((0..51).map(|n| format!("d{n}.example")).collect::<Vec<_>>());
    let answer = owner.post("/identity-providers").json(many).send().await;
    assert_eq!(
        answer.errors(),
        ["#/email_domains too_many", "#/groups too_many"]
    );
}
