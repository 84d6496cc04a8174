//! Every operation of the API's description, asked wrongly: an answer of 4xx that is a problem, never a fault of ours.

use axum::http::Method;
use serde_json::Value;
use som_server::permission::Role;

use crate::harness::{Answer, Client, TestApp};

/// These end the session that the sweep goes on with.
const ENDS_THE_SESSION: [&str; 3] = ["/auth/", "/sessions", "/setup"];

/// An operation of the description: method, path with ids of the right form, and what it says of itself.
struct Operation {
    method: Method,
    path: String,
    about: Value,
}

async fn operations(client: &Client) -> Vec<Operation> {
    let document = client.get("/api/openapi.json").send().await.ok();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if ENDS_THE_SESSION.iter().any(|part| path.contains(part)) {
            continue;
        }
        for (method, about) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            let known = ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str());
            if known {
                found.push(Operation {
                    method,
                    path: filled(path, about, &document),
                    about: about.clone(),
                });
            }
        }
    }
    assert!(found.len() > 80, "only {} operations", found.len());
    found
}

/// The path with the examples of its parameters.
fn filled(path: &str, about: &Value, document: &Value) -> String {
    let mut path = path.to_owned();
    for parameter in about["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] != "path" {
            continue;
        }
        let schema = match parameter["schema"]["$ref"].as_str() {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => &parameter["schema"],
        };
        let example = schema["example"]
            .as_str()
            .or(schema["examples"][0].as_str())
            .unwrap_or("1");
        path = path.replace(
            &format!("{{{}}}", parameter["name"].as_str().unwrap()),
            example,
        );
    }
    assert!(!path.contains('{'), "{path}");
    path
}

fn refused(answer: &Answer, what: &str) {
    assert!(
        answer.status.is_client_error(),
        "{what}: {} {}",
        answer.status,
        answer.text()
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{what}"
    );
    assert!(
        answer.json()["code"]
            .as_str()
            .is_some_and(|code| !code.is_empty()),
        "{what}"
    );
}

#[tokio::test]
async fn no_operation_breaks_on_a_bad_body() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Owner).await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: [&[u8]; 11] = [
        b"{",
        b"[]",
        b"\"x\"",
        b"null",
        b"1e400",
        deep.as_bytes(),
        b"{\"\\u0000\":1}",
        b"{\"\\ud800\":1}",
        b"{\"no_such_field_anywhere\":1}",
        b"\xff\xfe",
        b"{\"id\":9223372036854775808}",
    ];
    for Operation {
        method,
        path,
        about,
    } in operations(&client).await
    {
        if about["requestBody"]["content"]["application/json"].is_null() {
            continue;
        }
        for body in bodies {
            let answer = client
                .call(method.clone(), &path)
                .any_version()
                .raw(body)
                .send()
                .await;
            refused(
                &answer,
                &format!(
                    "{method} {path} {}",
                    String::from_utf8_lossy(&body[..body.len().min(40)])
                ),
            );
        }
        let text = client
            .call(method.clone(), &path)
            .any_version()
            .body("text/plain", "{}")
            .send()
            .await;
        refused(&text, &format!("{method} {path} as text"));
        let mismatch = client
            .call(method.clone(), &path)
            .header("if-match", "nonsense")
            .json(serde_json::json!({}))
            .send()
            .await;
        refused(
            &mismatch,
            &format!("{method} {path} with a broken If-Match"),
        );
    }
}

#[tokio::test]
async fn no_list_breaks_on_a_bad_question() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Owner).await;
    let long = format!("q={}", "x".repeat(10_000));
    let brackets = format!("filter={}", "(".repeat(2_000));
    let questions = [
        "limit=-1",
        "limit=1e400",
        "limit=9223372036854775808",
        "cursor=c_x",
        "cursor=%00",
        "sort=no_such",
        "sort=;",
        "sort=-",
        "no_such=1",
        "q=%25_%5C",
        "q=%00",
        "q=%ff",
        "q=%ed%a0%80",
        &long,
        &brackets,
        "filter=%27",
        "fields=no_such",
        "expand=no_such",
        "count=all",
        "created_at.gte=2026-02-30",
        "&&&=&=",
        "a=1&a=2",
    ];
    for Operation { method, path, .. } in operations(&client).await {
        if method != Method::GET {
            continue;
        }
        for question in &questions {
            let answer = client.get(format!("{path}?{question}")).send().await;
            let what = format!("{path}?{}", &question[..question.len().min(40)]);
            if !answer.status.is_success() {
                refused(&answer, &what);
            }
        }
    }
}

#[tokio::test]
async fn every_path_says_what_it_takes() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Owner).await;
    for Operation { method, path, .. } in operations(&client).await {
        let options = client.call(Method::OPTIONS, &path).send().await;
        assert_eq!(options.status, 204, "OPTIONS {path}");
        let allow = options.header("allow").unwrap_or_default().to_owned();
        assert!(allow.contains(method.as_str()), "{method} {path}: {allow}");
        let wrong = client.call("PURGE".parse().unwrap(), &path).send().await;
        wrong.problem(405, "method_not_allowed");
        assert!(
            wrong
                .header("allow")
                .is_some_and(|allow| allow.contains(method.as_str())),
            "{path}"
        );
        if method == Method::GET {
            let (get, head) = (
                client.get(&path).send().await,
                client.call(Method::HEAD, &path).send().await,
            );
            assert_eq!(
                (head.status, head.bytes.len()),
                (get.status, 0),
                "HEAD {path}"
            );
        }
    }
}
