//! The API's own pages: complete, linked without a gap, and allowed by the strictest policy.

use std::collections::BTreeSet;

use axum::http::Method;
use regex::Regex;
use som_server::http::codes;

use crate::contract::Document;
use crate::harness::{Client, TestApp};

async fn page(client: &Client, address: &str) -> String {
    let answer = client.get(address).send().await;
    assert_eq!(answer.status, 200, "{address}");
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("text/html; charset=utf-8"), "{address}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    answer.text()
}

fn all<'a>(pattern: &str, text: &'a str) -> BTreeSet<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    let found = pattern.captures_iter(text);
    found.map(|found| found.get(1).unwrap().as_str()).collect()
}

#[tokio::test]
async fn every_operation_is_on_the_page_of_its_group() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let index = page(&client, "/api/docs").await;
    for operation in Document::new().operations() {
        let tag = operation.value["tags"][0].as_str().unwrap();
        let link = format!("/api/docs/{tag}#{}", operation.id);
        assert!(index.contains(&format!("href=\"{link}\"")), "{link}");
        let group = page(&client, &format!("/api/docs/{tag}")).await;
        let start = group.find(&format!("<h2 id=\"{}\"", operation.id)).unwrap();
        let section = group[start..].split("</section>").next().unwrap();
        assert!(section.contains(&operation.path), "{}", operation.id);
        assert!(section.contains("curl -s"), "{}", operation.id);
        for parameter in operation.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().unwrap();
            assert!(
                section.contains(&format!("<code>{name}</code>")),
                "{} {name}",
                operation.id
            );
        }
        if !matches!(operation.permission.as_str(), "public" | "member") {
            assert!(section.contains(&format!(
                "Permission: <code>{}</code>",
                operation.permission
            )));
        }
    }
}

#[tokio::test]
async fn every_link_leads_somewhere_and_nothing_is_inline_or_from_elsewhere() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let mut open = vec!["/api/docs".to_owned()];
    let mut seen = BTreeSet::from(["/api/docs".to_owned()]);
    let mut anchors = Vec::new();
    let mut pages = std::collections::BTreeMap::new();
    while let Some(address) = open.pop() {
        let text = page(&client, &address).await;
        let lower = text.to_lowercase();
        for banned in [
            "<script",
            "<style",
            " style=",
            " onclick",
            "javascript:",
            "src=\"http",
            "href=\"http",
        ] {
            assert!(!lower.contains(banned), "{address}: {banned}");
        }
        for link in all(r#" href="([^"]+)""#, &text) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { &address } else { target };
            if !target.starts_with("/api/docs") || target.ends_with(".css") {
                continue;
            }
            anchors.push((target.to_owned(), anchor.to_owned()));
            if seen.insert(target.to_owned()) {
                open.push(target.to_owned());
            }
        }
        pages.insert(address, text);
    }
    for (target, anchor) in anchors.iter().filter(|(_, anchor)| !anchor.is_empty()) {
        assert!(
            pages[target].contains(&format!("id=\"{anchor}\"")),
            "{target}#{anchor}"
        );
    }
    let known = codes::GROUPS.iter().flat_map(|group| group.codes);
    for code in known {
        let text = &pages[&format!("/api/docs/problems/{}", code.code)];
        assert!(text.contains(&format!("<code>{}</code>", code.code)));
    }
    let schemas = Document::new().0["components"]["schemas"]
        .as_object()
        .unwrap()
        .len();
    assert!(pages.len() > schemas / 2, "{} pages", pages.len());
}

#[tokio::test]
async fn the_type_of_a_refusal_leads_to_its_explanation() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let refused = client.get("/orders").send().await;
    let problem = refused.problem(401, "unauthenticated");
    let text = page(&client, problem["type"].as_str().unwrap()).await;
    assert!(text.contains(codes::find("unauthenticated").unwrap().title));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_and_head_has_no_body() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    for address in [
        "/api/docs/problems/no_such_code",
        "/api/docs/nothing",
        "/api/docs/schemas/Nothing",
    ] {
        client.get(address).send().await.problem(404, "not_found");
    }
    let head = client.call(Method::HEAD, "/api/docs").send().await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    let style = client.get("/api/docs/style.css").send().await;
    assert_eq!(
        style.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert!(style.text().contains("prefers-color-scheme: dark"));
    let posted = client.call(Method::POST, "/api/docs").send().await;
    posted.problem(405, "method_not_allowed");
}
