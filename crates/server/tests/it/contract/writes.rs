//! Writing safely: versions, keys and trial runs work alike on every write.

use super::{Operation, Target, World};
use crate::harness::client::Call;

/// A form with another file.
const OTHER_FORM: &str = "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"units.csv\"\r\n\r\ncode,name\r\nC-2,Two\r\n--frontier--\r\n";

async fn with_header(world: &World, name: &str) -> Vec<(Operation, Target)> {
    let mut all = Vec::new();
    for operation in world.operations() {
        if operation.has_parameter("header", name) {
            let target = world.target(&operation).await;
            all.push((operation, target));
        }
    }
    assert!(all.len() > 20, "{name}: {}", all.len());
    all
}

#[tokio::test]
async fn a_change_names_the_version_it_is_made_from() {
    let world = World::new().await;
    let all = with_header(&world, "If-Match").await;
    let before = world.everything().await;
    for (operation, target) in &all {
        let call = |etag: Option<&str>| {
            let target = Target {
                etag: etag.map(str::to_owned),
                ..target.clone()
            };
            world.call(&world.owner, operation, &target)
        };
        call(None)
            .send()
            .await
            .problem(428, "precondition_required");
        let stale = call(Some("\"999999\""))
            .send()
            .await
            .problem(412, "stale_version");
        assert_eq!(
            stale["current_etag"].as_str(),
            target.etag.as_deref(),
            "{}",
            operation.id
        );
        let bare = call(Some("3")).send().await;
        assert_eq!(
            bare.problem(400, "invalid_header")["errors"][0]["header"],
            "If-Match"
        );
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn a_key_is_carried_out_once() {
    let world = World::new().await;
    for (operation, target) in with_header(&world, "Idempotency-Key").await {
        let call = || {
            world
                .call(&world.owner, &operation, &target)
                .key("one intention")
        };
        let first = call().send().await;
        assert!(
            first.status.is_success(),
            "{}: {} {}",
            operation.id,
            first.status,
            first.text()
        );
        let before = world.everything().await;
        let again = call().send().await;
        assert_eq!(again.status, first.status, "{}", operation.id);
        assert_eq!(again.text(), first.text(), "{}", operation.id);
        assert_eq!(
            again.header("etag"),
            first.header("etag"),
            "{}",
            operation.id
        );
        assert_eq!(
            again.header("location"),
            first.header("location"),
            "{}",
            operation.id
        );
        assert_eq!(
            again.header("idempotency-replayed"),
            Some("true"),
            "{}",
            operation.id
        );
        other_body(&world, &operation, &target)
            .key("one intention")
            .send()
            .await
            .problem(422, "idempotency_mismatch");
        world.unchanged(&before, &operation.id).await;
    }
}

#[tokio::test]
async fn no_key_is_taken_that_is_not_described() {
    let world = World::new().await;
    let (mut asked, mut taken) = (0, Vec::new());
    let mut operations = world.operations();
    // what ends sessions comes after what needs one, and a new password last
    operations.sort_by_key(|operation| {
        let path = &operation.path;
        let ends = ["/auth/", "/passkeys", "/second-factors"]
            .iter()
            .any(|part| path.contains(part))
            || path.ends_with("/sessions");
        (path.ends_with("/auth/password"), ends)
    });
    for operation in operations {
        let is_write = operation.method != "GET";
        if !is_write || operation.has_parameter("header", "Idempotency-Key") {
            continue;
        }
        let target = world.target(&operation).await;
        let client = world.shop.owner().await;
        let call = || world.call(&client, &operation, &target).key("undescribed");
        call().send().await;
        if call().send().await.header("idempotency-replayed").is_some() {
            taken.push(operation.id);
        }
        asked += 1;
    }
    assert!(asked > 5, "{asked}");
    assert!(taken.is_empty(), "taken and not described: {taken:?}");
    let kept: Vec<String> = sqlx::query_scalar(
        "select method || ' ' || path from idempotency_keys where key = 'undescribed'",
    )
    .fetch_all(&world.shop.pool)
    .await
    .unwrap();
    assert!(kept.is_empty(), "kept and not described: {kept:?}");
}

/// The same request with another body.
fn other_body(world: &World, operation: &Operation, target: &Target) -> Call {
    if operation.id == "create_import" {
        return world
            .call(&world.owner, operation, target)
            .body("multipart/form-data; boundary=frontier", OTHER_FORM);
    }
    let bare = Target {
        body: None,
        ..target.clone()
    };
    let body = target
        .body
        .as_ref()
        .map_or("{}".to_owned(), |body| format!("{body} "));
    world.call(&world.owner, operation, &bare).raw(body)
}

#[tokio::test]
async fn a_trial_run_keeps_nothing() {
    let world = World::new().await;
    let mut all = Vec::new();
    for operation in world.operations() {
        if operation.has_parameter("query", "dry_run") {
            let target = world.target(&operation).await;
            all.push((operation, target));
        }
    }
    assert!(all.len() > 60, "{}", all.len());
    let before = world.everything().await;
    for (operation, target) in &all {
        let target = tried(target);
        let answer = world.call(&world.owner, operation, &target).send().await;
        assert!(
            answer.status.is_success(),
            "{}: {} {}",
            operation.id,
            answer.status,
            answer.text()
        );
        assert!(answer.header("dry-run") == Some("true"), "{}", operation.id);
    }
    world.unchanged(&before, "a trial run").await;
}

/// What is not described as tried does nothing when somebody tries it: a new endpoint answers in one of the two ways, or fails here or above.
#[tokio::test]
async fn what_cannot_be_tried_says_so_and_does_nothing() {
    let world = World::new().await;
    let mut all = Vec::new();
    for operation in world.operations() {
        let is_write = operation.method != "GET";
        if is_write && !operation.has_parameter("query", "dry_run") {
            let target = world.target(&operation).await;
            all.push((operation, target));
        }
    }
    assert!(all.len() > 20, "{}", all.len());
    let before = world.everything().await;
    let sessions = living_sessions(&world).await;
    for (operation, target) in &all {
        let answer = world
            .call(&world.owner, operation, &tried(target))
            .send()
            .await;
        assert_eq!(answer.status, 400, "{}: {}", operation.id, answer.text());
        let error = &answer.json()["errors"][0];
        assert_eq!(error["parameter"], "dry_run", "{}", operation.id);
    }
    world.unchanged(&before, "a trial that was refused").await;
    assert_eq!(living_sessions(&world).await, sessions);
}

fn tried(target: &Target) -> Target {
    let joint = if target.query.is_empty() { "?" } else { "&" };
    Target {
        query: format!("{}{joint}dry_run=true", target.query),
        ..target.clone()
    }
}

async fn living_sessions(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from sessions where ended_at is null")
        .fetch_one(&world.shop.pool)
        .await
        .unwrap()
}
