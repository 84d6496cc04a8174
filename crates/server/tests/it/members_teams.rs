//! Teams, and what another organization sees.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Client, TestApp, email};

fn mary() -> Value {
    json!({ "name": "Mary Fields", "email": "mary@test.example", "password": "violet harbour nine lamps", "role": "rep" })
}

async fn member(client: &Client, email: &str) -> Value {
    let list = client.get("/members").send().await.ok();
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["email"] == email)
        .cloned()
        .unwrap()
}

#[tokio::test]
async fn teams_have_names_of_their_own() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let team = admin
        .post("/teams")
        .json(json!({ "name": "North" }))
        .send()
        .await
        .created();
    admin
        .post("/teams")
        .json(json!({ "name": "North" }))
        .send()
        .await
        .problem(409, "duplicate_name");
    let mut body = mary();
    body["team_id"] = team["id"].clone();
    body["row_scope"] = "team".into();
    let view = admin.post("/members").json(body).send().await.created();
    assert_eq!(
        (view["team_id"].clone(), view["row_scope"].as_str()),
        (team["id"].clone(), Some("team"))
    );
    let path = format!("/members/{}", view["id"].as_str().unwrap());
    let view = admin
        .patch(path)
        .if_match(1)
        .json(json!({ "team_id": null, "row_scope": null }))
        .send()
        .await
        .ok();
    assert_eq!(
        (view["team_id"].clone(), view["row_scope"].as_str()),
        (Value::Null, Some("own"))
    );
    assert_eq!(
        admin.get("/teams").send().await.ok()["data"][0]["name"],
        "North"
    );
}

#[tokio::test]
async fn another_organization_sees_and_changes_nothing() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.sign_in(Role::Owner).await, app.stranger().await);
    let id = member(&owner, &email(Role::Rep)).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let team = owner
        .post("/teams")
        .json(json!({ "name": "North" }))
        .send()
        .await
        .created();
    let list = stranger.get("/members").send().await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(stranger.get("/teams").send().await.ok()["data"], json!([]));
    stranger
        .get(format!("/members/{id}"))
        .send()
        .await
        .problem(404, "not_found");
    stranger
        .patch(format!("/members/{id}"))
        .any_version()
        .json(json!({ "role": "owner" }))
        .send()
        .await
        .problem(404, "not_found");
    let mut body = mary();
    body["team_id"] = team["id"].clone();
    assert_eq!(
        stranger.post("/members").json(body).send().await.errors(),
        ["#/team_id unknown_team"]
    );
}

#[tokio::test]
async fn a_repeated_creation_is_answered_once() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let first = admin
        .post("/members")
        .key("k-1")
        .json(mary())
        .send()
        .await
        .created();
    let again = admin.post("/members").key("k-1").json(mary()).send().await;
    assert_eq!(again.created(), first);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}
