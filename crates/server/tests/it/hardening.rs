//! What goes in comes out as it was and does nothing on its way; what is not there is not there.

use serde_json::json;
use som_server::permission::Role;

use crate::harness::TestApp;
use crate::harness::raw::Listening;
use crate::shop::{Shop, line};

/// Texts that templates, shells, browsers, databases and logs are known to take for something else.
const TEXTS: [&str; 10] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>&amp;&lt;",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% include 'x' %}",
    "'; drop table orders; --",
    "%252e%252e%2f %2527 ../../etc/passwd",
    "${jndi:ldap://localhost/a}",
    "$(id) `id` | id ; id",
    "=1+1 @SUM(1) +cmd -2",
    "{0} {} %s %n %08x",
    "Zoë \u{202a}x\u{202c} 漢字 🧾 e\u{301}",
];

#[tokio::test]
async fn texts_are_kept_as_they_are() {
    let shop = Shop::new().await;
    let client = shop.app.sign_in(Role::Owner).await;
    for text in TEXTS {
        let body = json!({ "customer_code": "ACME", "notes": text, "lines": [line("HX-10", "1")] });
        let answer = client.post("/orders").json(body).send().await;
        if answer.status == 422 {
            // direction marks are refused where they could turn a name around
            assert!(text.contains('\u{202a}'), "{}", answer.text());
            continue;
        }
        let order = answer.created();
        let path = format!("/orders/{}", order["id"].as_str().unwrap());
        let kept = client.get(&path).send().await;
        assert_eq!(kept.ok()["notes"], text);
        assert_eq!(kept.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn one_reader_reads_json_and_it_is_strict() {
    let app = TestApp::new().await;
    let client = app.sign_in(Role::Owner).await;
    let before = client.get("/customers").send().await.ok();
    let bodies: [&[u8]; 8] = [
        br#"{"name":"A","name":"B"}"#,
        br#"{"name":"A","notes":NaN}"#,
        br#"{"name":"A",}"#,
        br#"{'name':'A'}"#,
        br#"{"name":"A"} {"name":"B"}"#,
        br#"// A
{"name":"A"}"#,
        b"{\"name\":\"\xff\xfe\"}",
        b"\xef\xbb\xbf{\"name\":\"A\"}",
    ];
    for body in bodies {
        let answer = client.post("/customers").raw(body).send().await;
        let status = answer.status.as_u16();
        assert!(
            status == 400 || status == 422,
            "{}: {}",
            String::from_utf8_lossy(body),
            answer.text()
        );
    }
    for name in ["__proto__", "constructor", "prototype"] {
        let body = format!(r#"{{"name":"A","{name}":{{"admin":true}}}}"#);
        client.post("/customers").raw(body).send().await.expect(422);
    }
    assert_eq!(client.get("/customers").send().await.ok(), before);
}

#[tokio::test]
async fn files_of_the_machine_and_of_the_sources_are_not_there() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    for path in [
        "/.git/HEAD",
        "/.env",
        "/Cargo.toml",
        "/index.html.bak",
        "/assets/",
        "/assets/app.js.map",
        "/assets/../Cargo.toml",
        "/..%2f..%2fetc/passwd",
        "/graphql",
        "/metrics",
        "/debug/pprof",
        "/server-status",
        "/api/v1/orders/x.css",
        "/api/v1/../../etc/passwd",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let (text, _) = server.talk(request.as_bytes()).await;
        let refused = ["400", "401", "404"]
            .iter()
            .any(|status| text.starts_with(&format!("HTTP/1.1 {status} ")));
        assert!(refused && !text.contains("root:"), "{path}: {text}");
    }
}

#[tokio::test]
async fn cookies_are_small() {
    let app = TestApp::new().await;
    let body = json!({ "email": crate::harness::email(Role::Owner), "password": crate::harness::PASSWORD });
    let answer = app
        .anonymous()
        .post("/auth/sign-in")
        .json(body)
        .send()
        .await;
    answer.expect(200);
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(cookies.len() >= 3);
    for cookie in cookies {
        assert!(cookie.len() < 4096, "{cookie:?}");
    }
}

#[tokio::test]
async fn nothing_asks_for_a_secret_question_a_telephone_or_the_time() {
    let document = crate::contract::Document::new().0;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (schema, value) in schemas {
        let fields = value["properties"].as_object().into_iter().flatten();
        for (field, _) in fields {
            for word in ["question", "sms", "pin", "clock"] {
                assert!(
                    !field.split('_').any(|part| part == word),
                    "{schema}.{field}"
                );
            }
        }
    }
}
