//! The log of a real run: one JSON object a line, whatever is sent, and nothing in it that belongs to somebody.

use serde_json::{Value, json};
use som_server::permission::Role;

use crate::harness::process::Server;
use crate::harness::{PASSWORD, TestApp};

/// What a request must say about itself.
const FIELDS: [&str; 8] = [
    "timestamp",
    "level",
    "message",
    "method",
    "route",
    "status",
    "request_id",
    "peer",
];

/// What must not be found in a log.
const PERSONAL: [&str; 7] = [
    PASSWORD,
    "wrong horse battery staple",
    "@",
    "Erika",
    "Beethovenstra",
    "+49 30 1234567",
    "som_pat_",
];

async fn visit(server: &Server, key: &str) {
    let client = reqwest::Client::new();
    let at = |path: &str| format!("{}{path}", server.address);
    let wrong = json!({ "email": crate::harness::email(Role::Owner), "password": "wrong horse battery staple" });
    let calls = [
        client.post(at("/api/v1/auth/sign-in")).header("origin", "http://localhost:8080").json(&wrong),
        client.get(at("/api/v1/orders?q=Erika%0d%0a%1b[31mfaked%00")).bearer_auth(key),
        client.get(at("/api/v1/Erika%0a{\"level\":\"ERROR\"}")).bearer_auth(key),
        client.get(at("/%1b]0;Erika%07")).header("user-agent", "Erika \t {\"a\":1}"),
        client.get(at("/api/v1/customers")).bearer_auth(key).header("x-request-id", "Erika\u{a0}\u{202e}"),
        client
            .post(at("/api/v1/customers"))
            .bearer_auth(key)
            .json(&json!({ "name": "Erika", "email": "erika@example.com", "phone": "+49 30 1234567",
                "addresses": [{ "lines": ["Beethovenstraße 9\u{1b}[2J"], "city": "Bonn", "country": "DE" }] })),
        client.post(at("/api/v1/customers")).bearer_auth(key).body("{\"name\":\"Erika\"\n"),
    ];
    for call in calls {
        let _ = call.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_line_is_one_object_without_anybody_in_it() {
    let app = TestApp::new().await;
    app.clock.advance(chrono::Utc::now() - app.clock.now());
    let owner = app.sign_in(Role::Owner).await;
    let scopes = json!({ "scopes": ["orders.read", "customers.read", "customers.write"] });
    let (key, _) = crate::api_keys::key(&owner, scopes).await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let settings = [("SOM_LOG_FORMAT", "json"), ("SOM_LOG", "debug")];
    let mut server = Server::into_file(&app, folder.path(), &settings, &log).await;
    visit(&server, &key).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    server.kill();
    let text = std::fs::read_to_string(&log).unwrap();
    let mut requests = 0;
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let entry: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no object: {line}"));
        let at = entry["timestamp"].as_str().unwrap();
        assert!(
            at.ends_with('Z') && at.parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
            "{line}"
        );
        if entry["message"] == "request" {
            requests += 1;
            for field in FIELDS {
                assert!(!entry[field].is_null(), "{field}: {line}");
            }
        }
    }
    assert!(requests >= 7, "{text}");
    for one in PERSONAL {
        let found = text.lines().find(|line| line.contains(one));
        assert!(found.is_none(), "{one}: {found:?}");
    }
    assert!(
        !text.contains('\u{1b}'),
        "no control characters reach a terminal"
    );
}
