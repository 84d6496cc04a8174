//! What README.md and docs/API.md show is true: their `curl` lines are carried out and answered as printed, their `som` commands exist.

use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::{Answer, Client, PASSWORD, email};
use crate::shop::Shop;

const PAGES: [&str; 2] = ["README.md", "docs/API.md"];

fn read(page: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(page)).unwrap()
}

/// A `curl` line, its continuations joined, and what is printed below it.
fn shown_calls(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\\\n", " ");
    let pattern = Regex::new(r"(?m)^\$ (curl .*)\n([^$`]*)").unwrap();
    let found = pattern.captures_iter(&text);
    found
        .map(|call| (call[1].to_owned(), call[2].to_owned()))
        .collect()
}

/// The words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let pattern = Regex::new(r#"'([^']*)'|"([^"]*)"|(\S+)"#).unwrap();
    let found = pattern.captures_iter(command);
    found
        .map(|word| {
            (1..=3)
                .find_map(|at| word.get(at))
                .unwrap()
                .as_str()
                .to_owned()
        })
        .collect()
}

/// The address that is shown, in place of the server's own.
const SHOWN: &str = "http://localhost:8080";

/// Carries out a `curl` command with exactly its headers; only the cookies are the client's own.
async fn call(shop: &Shop, client: &Client, command: &str) -> Answer {
    let origin = shop.app.state.config().server.origin();
    let csrf = client.cookie("som_csrf").unwrap_or_default();
    let command = command
        .replace("$SOM", SHOWN)
        .replace(SHOWN, &origin)
        .replace("$CSRF", &csrf);
    let command = command.as_str();
    let mut words = words(command).into_iter().skip(1);
    let (mut address, mut headers, mut body, mut method) = (String::new(), Vec::new(), None, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" => {}
            "-b" | "-c" => drop(words.next()),
            "-H" => headers.push(words.next().unwrap()),
            "-d" => body = words.next(),
            "-X" => method = words.next(),
            other => other.clone_into(&mut address),
        }
    }
    let path = &address[address.find("/api").unwrap()..];
    let usual = if body.is_some() { "POST" } else { "GET" };
    let method = method.as_deref().unwrap_or(usual).parse().unwrap();
    let mut call = client.call(method, path).without_csrf();
    if let Some(body) = body {
        call = call.bytes(body);
    }
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        call = call.header(name, value);
    }
    call.send().await
}

/// Each `"name":value` that is printed is in the answer; `…` stands for the rest, digits of numbers and ids differ.
fn is_as_shown(shown: &str, answer: &Value) {
    let pattern = Regex::new(r#""([a-z_]+)":("[^"]*"|\d+)"#).unwrap();
    let mut compared = 0;
    for pair in pattern.captures_iter(shown) {
        let expected = pair[2].trim_matches('"');
        let found = values(answer, &pair[1]);
        let fits = |value: &String| match (&pair[1], expected.split_once('…')) {
            (_, Some((start, _))) => value.starts_with(&start[..start.len().min(4)]),
            ("number", None) => shape(value) == shape(expected),
            (_, None) => value == expected,
        };
        assert!(found.iter().any(fits), "{}: {found:?}", &pair[0]);
        compared += 1;
    }
    assert!(compared > 3, "{shown}");
}

fn shape(number: &str) -> String {
    number.replace(|c: char| c.is_ascii_digit(), "0")
}

/// Every value of a name, wherever it is.
fn values(value: &Value, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if key == name {
                    found.push(
                        value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned),
                    );
                }
                found.extend(values(value, name));
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(|item| values(item, name))),
        _ => {}
    }
    found
}

/// A shown sign-in with an address and password that exist.
fn as_member(command: &str, shown: &str, role: Role) -> String {
    command.replace(shown, &email(role)).replace('…', PASSWORD)
}

/// The shop that the examples speak of.
async fn shop() -> (Shop, Client) {
    let shop = Shop::new().await;
    shop.run("update customers set code = 'C-000012' where organization_id = $1 and code = 'ACME'")
        .await;
    shop.product("HX-1020", "goods", "12.40", None, None).await;
    let client = shop.app.sign_in(Role::Owner).await;
    (shop, client)
}

#[tokio::test]
async fn the_calls_shown_are_answered_as_shown() {
    let (shop, client) = shop().await;
    let mut tried = 0;
    for page in PAGES {
        for (command, shown) in shown_calls(&read(page)) {
            let command = if command.contains("/auth/sign-in") {
                as_member(&command, "rep@demo.example", Role::Owner)
            } else {
                command
            };
            let answer = call(&shop, &client, &command).await;
            assert!(answer.status.is_success(), "{command}: {}", answer.text());
            if !shown.trim().is_empty() {
                is_as_shown(&shown, &answer.json());
            }
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn the_sign_in_shown_on_the_first_page_signs_in() {
    let (shop, _) = shop().await;
    let client = shop.app.anonymous();
    let page = client.get("/api/docs").send().await.text();
    let page = page.replace("&quot;", "\"").replace("\\\n", " ");
    let command = page.lines().find(|line| line.starts_with("curl ")).unwrap();
    let command = as_member(command, "rep@example.com", Role::Rep);
    call(&shop, &client, &command).await.ok();
    client.get("/me").send().await.ok();
}

#[tokio::test]
async fn the_mistake_shown_is_answered_as_shown() {
    let (_shop, client) = shop().await;
    let lines = json!([{"sku": "HX-1O20", "quantity": {"value": "1"}}, {"sku": "BOX-12", "quantity": {"value": "5"}}]);
    let body = json!({"customer_code": "C-000012", "lines": lines});
    let answer = client.post("/orders").json(body).send().await;
    let readme = read("README.md");
    let shown = readme
        .split("```json")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    is_as_shown(shown, &answer.problem(422, "validation_failed"));
}

#[test]
fn the_commands_shown_exist() {
    let pattern = Regex::new(r"`som ([a-z]+)(?: ([a-z|\\]+))?[^`]*`").unwrap();
    let mut tried = 0;
    for page in PAGES {
        for found in pattern.captures_iter(&read(page)) {
            let second = found.get(2).map_or("", |words| words.as_str());
            for word in second
                .split(['|', '\\'])
                .filter(|word| !word.is_empty() || second.is_empty())
            {
                let mut command = Command::new(env!("CARGO_BIN_EXE_som"));
                command.arg(&found[1]);
                if !word.is_empty() {
                    command.arg(word);
                }
                let output = command.arg("--help").output().unwrap();
                assert!(output.status.success(), "{}", &found[0]);
                tried += 1;
            }
        }
    }
    assert!(tried > 5, "{tried}");
}
