//! Queries, methods and media types: refused alike on every path, always as a problem with the protective headers.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;

use super::{Target, World};
use crate::harness::Answer;
use crate::headers::protected;

/// The methods of an `Allow` header.
fn allow(answer: &Answer) -> BTreeSet<String> {
    let text = answer.header("allow").unwrap_or_default();
    text.split(',')
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect()
}

#[tokio::test]
async fn a_path_takes_its_methods_and_names_them() {
    let world = World::new().await;
    let mut paths: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for operation in world.operations() {
        let target = world.target(&operation).await;
        let entry = paths
            .entry(operation.path.clone())
            .or_insert((target.path, BTreeSet::new()));
        entry.1.insert(operation.method.to_string());
        if operation.method == Method::GET {
            entry.1.insert("HEAD".to_owned());
        }
    }
    let anonymous = world.app().anonymous();
    for (template, (path, methods)) in &paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            if methods.contains(method) {
                continue;
            }
            let answer = anonymous
                .call(method.parse().unwrap(), path.clone())
                .send()
                .await;
            answer.problem(405, "method_not_allowed");
            assert_eq!(&allow(&answer), methods, "{method} {template}");
            protected(&answer);
        }
        let answer = anonymous.call(Method::OPTIONS, path.clone()).send().await;
        assert_eq!(answer.status, 204, "{template}");
        assert!(answer.bytes.is_empty());
        assert_eq!(&allow(&answer), methods, "{template}");
        protected(&answer);
    }
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
    let world = World::new().await;
    for operation in world.operations() {
        if operation.method != Method::GET {
            continue;
        }
        let target = world.target(&operation).await;
        let path = format!("{}{}", target.path, target.query);
        let get = world.owner.get(&path).send().await;
        let head = world.owner.call(Method::HEAD, &path).send().await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty(), "{path}");
        for name in ["content-type", "etag", "link", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        protected(&get);
        protected(&head);
    }
}

#[tokio::test]
async fn unknown_query_parameters_are_never_ignored() {
    let world = World::new().await;
    let mut all = Vec::new();
    for operation in world.operations() {
        let target = world.target(&operation).await;
        all.push((operation, target));
    }
    let before = world.everything().await;
    for (operation, mut target) in all {
        let sign = if target.query.is_empty() { '?' } else { '&' };
        target.query = format!("{}{sign}nonsense=1", target.query);
        let answer = world.call(&world.owner, &operation, &target).send().await;
        let status = answer.status.as_u16();
        assert_eq!(status, 400, "{}: {}", operation.id, answer.text());
        let problem = answer.json();
        let places: Vec<&str> = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["parameter"].as_str())
            .collect();
        assert_eq!(places, ["nonsense"], "{}: {problem}", operation.id);
        protected(&answer);
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn media_types_are_what_the_document_says() {
    let world = World::new().await;
    let mut all = Vec::new();
    for operation in world.operations() {
        let target = world.target(&operation).await;
        all.push((operation, target));
    }
    let before = world.everything().await;
    for (operation, target) in &all {
        let bare = Target {
            body: None,
            ..target.clone()
        };
        if operation.takes_json() {
            let text = target.body.clone().unwrap_or_default().to_string();
            for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
                let call = world
                    .call(&world.owner, operation, &bare)
                    .body(kind, text.clone());
                call.send().await.problem(415, "unsupported_media_type");
            }
            let packed = world
                .call(&world.owner, operation, &bare)
                .raw(text.clone())
                .header("content-encoding", "gzip");
            packed.send().await.problem(415, "encoded_body");
        }
        let answers = operation.value["responses"].as_object().unwrap();
        let has_body = answers
            .iter()
            .any(|(status, answer)| status.starts_with('2') && answer["content"].is_object());
        if has_body {
            let answer = world
                .call(&world.owner, operation, target)
                .header("accept", "image/png")
                .send()
                .await;
            let problem = answer.problem(406, "not_acceptable");
            assert!(problem["offered"].is_array());
            protected(&answer);
        }
    }
    world.unchanged(&before, "a refusal").await;
}

#[tokio::test]
async fn reading_changes_nothing() {
    let world = World::new().await;
    let mut all = Vec::new();
    for operation in world.operations() {
        if operation.method == Method::GET {
            let target = world.target(&operation).await;
            all.push(format!("{}{}", target.path, target.query));
        }
    }
    let without_reads = |mut everything: super::digest::Everything| {
        // that somebody read personal data is an entry of its own
        everything.retain(|(table, ..)| !table.starts_with("audit_"));
        everything
    };
    let before = without_reads(world.everything().await);
    for path in &all {
        world.owner.get(path).send().await;
        world.owner.call(Method::HEAD, path).send().await;
    }
    assert_eq!(without_reads(world.everything().await), before);
}
