//! Imports over HTTP: small files at once, large ones as jobs, mistakes as problems.

use som_server::permission::Role;

use crate::harness::TestApp;
use crate::imports::{MAPPING, SALES, count, sample};

fn form(parts: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = String::new();
    for (name, text) in parts {
        body.push_str(&format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.txt\"\r\n\r\n{text}\r\n"));
    }
    body.push_str("--frontier--\r\n");
    (
        "multipart/form-data; boundary=frontier".to_owned(),
        body.into_bytes(),
    )
}

#[tokio::test]
async fn over_http_small_files_are_answered_at_once() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let (kind, body) = form(&[("file", SALES), ("mapping", MAPPING)]);
    let tried = owner
        .post("/imports?entity=orders")
        .body(&kind, body.clone())
        .send()
        .await
        .ok();
    assert_eq!(
        (
            tried["committed"].as_bool(),
            tried["results"][2]["created"].as_u64()
        ),
        (Some(false), Some(2)),
        "{tried}"
    );
    let done = owner
        .post("/imports?entity=orders&commit=true&mode=valid")
        .body(&kind, body)
        .send()
        .await
        .ok();
    assert_eq!(done["committed"], true, "{done}");
    assert_eq!(count(&app, "orders").await, 2);
}

#[tokio::test]
async fn over_http_large_files_become_jobs() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let (kind, body) = form(&[("file", &sample()), ("mapping", "superstore")]);
    let answer = owner
        .post("/imports?entity=orders&commit=true")
        .body(&kind, body)
        .send()
        .await;
    let job = answer.expect(202)["job_id"].as_str().unwrap().to_owned();
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1/jobs/{job}").as_str())
    );
    som_server::jobs::run_due(&app.state, &som_server::workers::registry())
        .await
        .unwrap();
    assert_eq!(count(&app, "orders").await, 300);
}

#[tokio::test]
async fn a_key_imports_once_whatever_the_boundary_of_the_form() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let send = async |key: &str, path: &str, parts: &[(&str, &str)], boundary: &str| {
        let (kind, body) = form(parts);
        let (kind, body) = (
            kind.replace("frontier", boundary),
            String::from_utf8(body)
                .unwrap()
                .replace("--frontier", &format!("--{boundary}")),
        );
        owner.post(path).key(key).body(&kind, body).send().await
    };
    let path = "/imports?entity=orders&commit=true&mode=valid";
    let parts = [("file", SALES), ("mapping", MAPPING)];
    // What was only tried is not kept.
    send("small", "/imports?entity=orders", &parts, "a")
        .await
        .ok();
    assert!(
        send("small", "/imports?entity=orders", &parts, "b")
            .await
            .header("idempotency-replayed")
            .is_none()
    );
    let first = send("small", path, &parts, "one").await;
    let again = send("small", path, &parts, "two").await;
    assert_eq!(
        (again.ok(), again.header("idempotency-replayed")),
        (first.ok(), Some("true"))
    );
    assert_eq!(count(&app, "orders").await, 2);
    let other = [("file", "a,b\n1,2\n"), ("mapping", MAPPING)];
    send("small", path, &other, "one")
        .await
        .problem(422, "idempotency_mismatch");
    let large = sample();
    let (path, parts) = (
        "/imports?entity=orders&commit=true",
        [("file", large.as_str()), ("mapping", "superstore")],
    );
    let (first, again) = (
        send("large", path, &parts, "one").await,
        send("large", path, &parts, "two").await,
    );
    assert_eq!(first.expect(202), again.expect(202));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(count(&app, "jobs").await, 1);
}

#[tokio::test]
async fn over_http_mistakes_are_problems() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let post = async |path: &str, parts: &[(&str, &str)]| {
        let (kind, body) = form(parts);
        owner.post(path).body(&kind, body).send().await
    };
    post("/imports", &[("file", SALES)])
        .await
        .problem(400, "required");
    post("/imports?entity=order", &[("file", SALES)])
        .await
        .problem(400, "unknown_value");
    post("/imports?entity=orders&comit=true", &[("file", SALES)])
        .await
        .problem(400, "unknown_parameter");
    post("/imports?entity=orders", &[])
        .await
        .problem(422, "validation_failed");
    post("/imports?entity=orders", &[("file", "\0\0")])
        .await
        .problem(422, "validation_failed");
    post(
        "/imports?entity=orders",
        &[("file", SALES), ("mapping", "[orders")],
    )
    .await
    .problem(422, "validation_failed");
    owner
        .post("/imports?entity=orders")
        .json(serde_json::json!({}))
        .send()
        .await
        .problem(415, "unsupported_media_type");
    let viewer = app.sign_in(Role::Viewer).await;
    let (kind, body) = form(&[("file", SALES)]);
    viewer
        .post("/imports?entity=orders")
        .body(&kind, body)
        .send()
        .await
        .problem(403, "missing_permission");
}

#[tokio::test]
async fn the_configured_size_rules() {
    let (kind, body) = form(&[("file", SALES), ("mapping", MAPPING)]);
    let exact = body.len();
    for (limit, fits) in [(exact, true), (exact - 1, false)] {
        let app = TestApp::configured(|c| c.server.max_import_bytes = limit).await;
        let owner = app.sign_in(Role::Owner).await;
        let request = owner.post("/imports?entity=orders");
        let answer = request.body(&kind, body.clone()).send().await;
        if fits {
            answer.ok();
        } else {
            let problem = answer.problem(413, "body_too_large");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(&format!("{limit} bytes")), "{detail}");
        }
    }
}

#[tokio::test]
async fn by_default_a_file_may_be_larger_than_twenty_megabytes() {
    let app = TestApp::new().await;
    let owner = app.sign_in(Role::Owner).await;
    let padding = format!("{}\n", "#".repeat(999)).repeat(21 * 1024);
    let (kind, body) = form(&[("file", &padding), ("mapping", MAPPING)]);
    let request = owner.post("/imports?entity=orders");
    request.body(&kind, body).send().await.expect(202);
}
