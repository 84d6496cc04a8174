//! Who may not: nobody signed in, a role without the permission, another organization. Refused alike everywhere, and nothing changes.

use serde_json::{Value, json};
use som_server::permission::{Permission, Role};

use super::{Operation, Target, World};
use crate::harness::Client;

/// Every operation but those that anyone may call, aimed at something.
async fn aimed(world: &World) -> Vec<(Operation, Target)> {
    let mut all = Vec::new();
    for operation in world.operations() {
        if !operation.is_public() {
            let target = world.target(&operation).await;
            all.push((operation, target));
        }
    }
    all
}

#[tokio::test]
async fn nobody_gets_anything_without_signing_in() {
    let world = World::new().await;
    let all = aimed(&world).await;
    let before = world.everything().await;
    for (operation, target) in &all {
        let answer = world
            .call(&world.app().anonymous(), operation, target)
            .send()
            .await;
        answer.problem(401, "unauthenticated");
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn a_role_without_the_permission_is_told_which_one() {
    let world = World::new().await;
    let all = aimed(&world).await;
    let mut clients = Vec::new();
    for role in Role::ALL {
        clients.push((*role, world.app().sign_in(*role).await));
    }
    let before = world.everything().await;
    let mut refused = 0;
    for (role, client) in &clients {
        for (operation, target) in &all {
            if operation.permission == "member" {
                continue;
            }
            let named = Permission::ALL
                .iter()
                .find(|one| one.as_str() == operation.permission);
            let permission = *named.unwrap_or_else(|| {
                panic!("{}: no permission {}", operation.id, operation.permission)
            });
            if role.permissions().has(permission) {
                continue;
            }
            let answer = world.call(client, operation, target).send().await;
            let problem = answer.problem(403, "missing_permission");
            assert_eq!(
                problem["missing_permission"], operation.permission,
                "{}",
                operation.id
            );
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused}");
    world.unchanged(&before, "a refusal").await;
}

/// The other half of the page of permissions: who has one is not told that it is missing, and no request of anybody ends in a fault of ours.
#[tokio::test]
async fn a_role_with_the_permission_is_let_through() {
    let world = World::new().await;
    let all = aimed(&world).await;
    let mut asked = 0;
    for role in Role::ALL {
        let client = world.app().sign_in(*role).await;
        for (operation, target) in &all {
            let needed = Permission::parse(&operation.permission);
            let is_over = operation.path.contains("/auth/") || operation.path.contains("/sessions");
            let also = operation.value["x-permission-also"].as_str();
            let mut needed = needed.into_iter().chain(also.and_then(Permission::parse));
            if is_over || needed.any(|one| !role.permissions().has(one)) {
                continue;
            }
            let answer = world.call(&client, operation, target).send().await;
            let status = answer.status.as_u16();
            assert!(
                status < 500,
                "{} {}: {}",
                role.as_str(),
                operation.id,
                answer.text()
            );
            if status == 403 {
                let code = answer.json()["code"].clone();
                assert_ne!(
                    code,
                    "missing_permission",
                    "{} {}",
                    role.as_str(),
                    operation.id
                );
            }
            asked += 1;
        }
    }
    assert!(asked > 400, "{asked}");
}

#[tokio::test]
async fn another_organization_finds_nothing_and_learns_nothing() {
    let world = World::new().await;
    let all = aimed(&world).await;
    let stranger = world.app().stranger().await;
    let before = world.everything().await;
    for (operation, target) in &all {
        if !operation.path.contains("id}") {
            continue;
        }
        let there = world
            .call(&stranger, operation, target)
            .send()
            .await
            .problem(404, "not_found");
        let nowhere = Target {
            path: elsewhere(&target.path),
            ..target.clone()
        };
        let missing = world
            .call(&stranger, operation, &nowhere)
            .send()
            .await
            .problem(404, "not_found");
        assert_eq!(
            plain(there),
            plain(missing),
            "{}: tells what exists",
            operation.id
        );
    }
    world.unchanged(&before, "a refusal").await;
}

/// The same path with ids nobody has.
fn elsewhere(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.split_once('_') {
        Some((prefix, id)) if id.len() == 26 => format!("{prefix}_{}{}", &id[..16], "0123456789"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn plain(mut problem: Value) -> Value {
    problem["instance"] = Value::Null;
    problem["request_id"] = Value::Null;
    problem
}

#[tokio::test]
async fn a_reference_to_another_organizations_object_is_unknown() {
    let world = World::new().await;
    let stranger = world.app().stranger().await;
    let theirs = objects(&world, &stranger).await;
    let mut all = Vec::new();
    for (operation, target) in aimed(&world).await {
        let Some(schema) = world.document.body_schema(&operation) else {
            continue;
        };
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(prefix) = id_prefix(&world, property)
                && let Some(id) = theirs.iter().find(|id| id.starts_with(&prefix))
            {
                let mut target = target.clone();
                let body = target.body.as_mut().unwrap();
                for other in ["code", ""] {
                    body.as_object_mut()
                        .unwrap()
                        .remove(&name.replace("_id", &format!("_{other}")));
                }
                body[name] = json!(id);
                all.push((operation.clone(), name.clone(), target));
            }
        }
    }
    assert!(all.len() > 10, "{}", all.len());
    let before = world.everything().await;
    for (operation, name, target) in &all {
        let answer = world.call(&world.owner, operation, target).send().await;
        let status = answer.status.as_u16();
        assert!(
            matches!(status, 404 | 422),
            "{} {name}: {status} {}",
            operation.id,
            answer.text()
        );
        assert!(
            !answer.text().contains("Example Trading"),
            "{}",
            operation.id
        );
    }
    world.unchanged(&before, "a refusal").await;
}

/// Objects of the other organization: one of each kind that can be made from its example.
async fn objects(world: &World, stranger: &Client) -> Vec<String> {
    let me = stranger.get("/me").send().await.ok();
    let mut ids = vec![me["user"]["id"].as_str().unwrap_or_default().to_owned()];
    for operation in world.operations() {
        let plain =
            operation.method == "POST" && !operation.path.contains('{') && !operation.is_public();
        if !plain || operation.id == "create_order" || !operation.takes_json() {
            continue;
        }
        let target = world.target(&operation).await;
        let answer = world.call(stranger, &operation, &target).send().await;
        if answer.status == 201 {
            let made = answer.json();
            let parts = [
                &made["id"],
                &made["addresses"][0]["id"],
                &made["contacts"][0]["id"],
            ];
            ids.extend(
                parts
                    .into_iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned),
            );
        }
    }
    assert!(ids.len() > 10, "{ids:?}");
    ids
}

/// The prefix of the ids that a property takes.
fn id_prefix(world: &World, property: &Value) -> Option<String> {
    let direct = world.document.resolve(property);
    let choices = direct["oneOf"].as_array().into_iter().flatten();
    choices.chain([direct]).find_map(|one| {
        let pattern = world.document.resolve(one)["pattern"].as_str()?;
        let (prefix, rest) = pattern.trim_start_matches('^').split_once('_')?;
        rest.starts_with("[0-7]").then(|| format!("{prefix}_"))
    })
}
