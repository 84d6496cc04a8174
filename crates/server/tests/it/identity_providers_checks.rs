//! Identity providers and domains are tried before they count.

use std::io::Write;
use std::sync::Arc;

use serde_json::json;
use som_server::outbound::{Outbound, Resolver};
use som_server::permission::Role;

use crate::harness::TestApp;
use crate::harness::web::{Authority, Then, Web, outbound_config};
use crate::identity_providers::{path, some};
use crate::sso::{usual, with_issuer};

#[tokio::test]
async fn a_provider_can_be_tried() {
    let (app, issuer) = with_issuer().await;
    let owner = app.sign_in(Role::Owner).await;
    let made = owner
        .post("/identity-providers")
        .json(usual(&issuer))
        .send()
        .await
        .created();
    let check = || {
        owner
            .post(format!("{}/check", path(&made)))
            .json(json!({}))
            .send()
    };
    let found = check().await.ok();
    assert_eq!((&found["ok"], &found["keys"]), (&json!(true), &json!(1)));
    assert_eq!(
        found["authorization_endpoint"],
        format!("{}/authorize", issuer.url)
    );
    issuer.discovery(json!({ "issuer": "https://other.example" }));
    let found = check().await.ok();
    assert_eq!(found["ok"], false);
    assert!(
        found["problem"]
            .as_str()
            .unwrap()
            .contains("https://other.example"),
        "{found}"
    );
}

#[tokio::test]
async fn a_domain_is_proved_by_a_file_on_it() {
    let authority = Authority::of("acme.example");
    let answer = |text: &str| {
        Then::Answer(
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            )
            .into_bytes(),
        )
    };
    let web = Web::start(Some(authority.acceptor), answer("som-domain=another\n")).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(authority.pem.as_bytes()).unwrap();
    let config = outbound_config(&["https://acme.example".to_owned()], Some(file.path()));
    let port = web.port;
    let lookup = move |_: &str, _: u16| Ok(vec![([127, 0, 0, 1], port).into()]);
    let outbound = Outbound::with_resolver(&config, Resolver::Given(Arc::new(lookup))).unwrap();
    let app = TestApp::reaching(outbound).await;
    let owner = app.sign_in(Role::Owner).await;
    let made = owner
        .post("/identity-providers")
        .json(some())
        .send()
        .await
        .created();
    let verify = |domain: &str| {
        let call = owner.post(format!("{}/verify-domain", path(&made)));
        call.json(json!({ "domain": domain })).send()
    };
    let problem = verify("acme.example")
        .await
        .problem(409, "domain_not_proved");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .ends_with("another text is there."),
        "{problem}"
    );
    let request = web.requests().remove(0);
    assert!(
        request.starts_with("GET /.well-known/som-domain.txt HTTP/1.1\r\nhost: acme.example\r\n"),
        "{request}"
    );
    assert_eq!(
        verify("other.example").await.errors(),
        ["#/domain unknown_domain"]
    );

    let proof = made["email_domains"][0]["proof"].as_str().unwrap();
    web.then(answer(&format!("# ours\r\n{proof}\r\n")));
    let view = verify("ACME.example").await.ok();
    assert_eq!(
        view["email_domains"][0]["verified_at"],
        "2026-11-24T12:00:00.000000Z"
    );
    assert_eq!(view["version"], 2);
    // it belongs to one provider of this server, whoever asks
    let stranger = app.stranger().await;
    let theirs = stranger
        .post("/identity-providers")
        .json(some())
        .send()
        .await
        .created();
    web.then(answer(
        theirs["email_domains"][0]["proof"].as_str().unwrap(),
    ));
    let call = stranger.post(format!("{}/verify-domain", path(&theirs)));
    let answer = call.json(json!({ "domain": "acme.example" })).send().await;
    answer.problem(409, "domain_taken");
}
