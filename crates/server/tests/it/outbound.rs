//! Requests of the server itself: where they may go, and that no answer can hold it up or fill it.

use std::io::Write;
use std::net::IpAddr;
use std::time::Instant;

use axum::http::Request;
use bytes::Bytes;
use som_server::outbound::{Outbound, OutboundError, Refusal};
use url::Url;

use crate::harness::web::{Authority, Then, Web, outbound, outbound_config};

const LOOPBACK: &str = "127.0.0.1";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A plain server that does this, a client that may ask it, and its address.
async fn plain(then: Then) -> (Web, Outbound, Url) {
    let web = Web::start(None, then).await;
    let origin = format!("http://idp.test:{}", web.port);
    let config = outbound_config(std::slice::from_ref(&origin), None);
    let (client, _) = outbound(&config, &[ip(LOOPBACK)]);
    (web, client, format!("{origin}/x?y=1").parse().unwrap())
}

/// How a request to a server that does this fails.
async fn failure(then: Then) -> OutboundError {
    let (_web, client, url) = plain(then).await;
    client.get(&url).await.unwrap_err()
}

fn answer(head: &str, body: &str) -> Then {
    Then::Answer(format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes())
}

#[tokio::test]
async fn https_with_an_authority_of_the_operators() {
    let authority = Authority::of("idp.test");
    let hello = answer("200 OK\r\ncontent-length: 5", "hello");
    let web = Web::start(Some(authority.acceptor), hello).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(authority.pem.as_bytes()).unwrap();
    let internal = [
        format!("https://idp.test:{}", web.port),
        format!("https://other.test:{}", web.port),
    ];
    let trusting = outbound_config(&internal, Some(file.path()));
    let (client, asked) = outbound(&trusting, &[ip(LOOPBACK)]);
    let url: Url = format!("{}/.well-known/x?a=b", internal[0])
        .parse()
        .unwrap();
    let good = client.get(&url).await.unwrap();
    assert_eq!(
        (good.status().as_u16(), good.body().as_ref()),
        (200, b"hello".as_slice())
    );
    // the name was looked up once, and the connection went to what was judged
    assert_eq!(*asked.lock().unwrap(), 1);
    let request = web.requests().remove(0);
    assert!(
        request.starts_with("GET /.well-known/x?a=b HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("host: idp.test:{}\r\n", web.port)),
        "{request}"
    );

    // another name than the certificate's
    let other: Url = internal[1].parse().unwrap();
    assert!(matches!(
        client.get(&other).await,
        Err(OutboundError::Tls(_))
    ));
    // an authority that nobody trusts
    let (client, _) = outbound(&outbound_config(&internal, None), &[ip(LOOPBACK)]);
    assert!(matches!(client.get(&url).await, Err(OutboundError::Tls(_))));
    assert_eq!(web.requests().len(), 1);
}

#[tokio::test]
async fn a_file_of_authorities_must_hold_some() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let fails = |path: &std::path::Path| {
        Outbound::new(&outbound_config(&[], Some(path)))
            .unwrap_err()
            .to_string()
    };
    assert!(fails(file.path()).contains("holds no certificates"));
    file.write_all(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .unwrap();
    assert!(fails(file.path()).contains("holds no certificates"));
    assert!(fails("/nowhere.pem".as_ref()).contains("outbound.authorities: /nowhere.pem"));
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_before_anybody_connects() {
    let web = Web::start(None, answer("200 OK\r\ncontent-length: 0", "")).await;
    let url: Url = format!("https://idp.example.com:{}/", web.port)
        .parse()
        .unwrap();
    let public = outbound_config(&[], None);
    for addresses in [
        &[LOOPBACK][..],
        &["10.0.0.7"],
        &["::ffff:127.0.0.1"],
        &["::1"],
        &["fd00::1"],
        &["100.64.1.1"],
        &["169.254.169.254"],
        // one good address does not excuse the other
        &["8.8.8.8", LOOPBACK],
    ] {
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| ip(text)).collect();
        let (client, _) = outbound(&public, &addresses);
        let error = client.get(&url).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Refused(Refusal::Internal)),
            "{addresses:?}: {error}"
        );
    }
    // named by the operator: still no metadata, still nothing without an address
    let named = outbound_config(&[format!("https://idp.example.com:{}", web.port)], None);
    let (client, _) = outbound(&named, &[ip("169.254.169.254")]);
    assert!(matches!(
        client.get(&url).await,
        Err(OutboundError::Refused(Refusal::Internal))
    ));
    let (client, _) = outbound(&named, &[]);
    assert!(matches!(
        client.get(&url).await,
        Err(OutboundError::Unresolved)
    ));
    assert_eq!(web.requests().len(), 0);
}

#[tokio::test]
async fn the_systems_resolver_is_judged_as_well() {
    let client = Outbound::new(&outbound_config(&[], None)).unwrap();
    for url in ["https://localhost/", "https://127.0.0.1/", "https://[::1]/"] {
        let error = client.get(&url.parse().unwrap()).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Refused(Refusal::Internal)),
            "{url}: {error}"
        );
    }
    let nowhere = client
        .get(&"https://nowhere.invalid/".parse().unwrap())
        .await;
    assert!(matches!(
        nowhere,
        Err(OutboundError::Unresolved | OutboundError::Timeout)
    ));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inside = Web::start(None, answer("200 OK\r\ncontent-length: 0", "")).await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let head = format!(
            "{status}\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0",
            inside.port
        );
        let error = failure(answer(&head, "")).await;
        assert!(
            matches!(error, OutboundError::Redirect(_)),
            "{status}: {error}"
        );
    }
    assert_eq!(inside.requests().len(), 0);
}

#[tokio::test]
async fn slowness_has_an_end() {
    let (head, more) = (b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".to_vec());
    let body = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n".to_vec();
    for then in [
        Then::Silence,
        Then::Slowly(head, more),
        Then::Slowly(body, b".".to_vec()),
        Then::Slowly(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
    ] {
        let what = format!("{then:?}");
        let before = Instant::now();
        let error = failure(then).await;
        assert!(matches!(error, OutboundError::Timeout), "{what}: {error}");
        assert!(before.elapsed().as_secs() < 5, "{what}");
    }
    // a server that never shakes hands
    let silent = Web::start(None, Then::Silence).await;
    let origin = format!("https://idp.test:{}", silent.port);
    let (client, _) = outbound(
        &outbound_config(std::slice::from_ref(&origin), None),
        &[ip(LOOPBACK)],
    );
    let error = client.get(&origin.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, OutboundError::Timeout), "{error}");
}

#[tokio::test]
async fn size_has_an_end() {
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000)).into_bytes();
    let many: String = (0..100).map(|n| format!("x-{n}: y\r\n")).collect();
    for then in [
        answer("200 OK\r\ncontent-length: 10000000000", ""),
        Then::Forever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'.'; 4096]),
        Then::Forever(chunked, chunk),
        Then::Forever(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 4096]),
        answer(&format!("200 OK\r\n{many}content-length: 0"), ""),
    ] {
        let error = failure(then).await;
        assert!(matches!(error, OutboundError::TooLarge), "{error}");
    }
    // exactly as many bytes as allowed
    let (_web, client, url) = plain(answer("200 OK", &"x".repeat(100))).await;
    let request = || Request::get(url.as_str()).body(Bytes::new()).unwrap();
    assert_eq!(client.send(request(), 100).await.unwrap().body().len(), 100);
    let error = client.send(request(), 99).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge), "{error}");
}

#[tokio::test]
async fn what_is_not_plain_http_is_an_error() {
    for then in [
        Then::Answer(b"SSH-2.0-OpenSSH\r\n".to_vec()),
        Then::Answer(Vec::new()),
        answer("200 OK\r\ncontent-length: 10", "short"),
        answer(
            "200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3",
            "...",
        ),
    ] {
        let error = failure(then).await;
        assert!(matches!(error, OutboundError::Protocol(_)), "{error}");
    }
    let closed = Web::start(None, Then::Silence).await.port;
    let free = std::net::TcpListener::bind((LOOPBACK, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert_ne!(closed, free);
    let origin = format!("http://idp.test:{free}");
    let (client, _) = outbound(
        &outbound_config(std::slice::from_ref(&origin), None),
        &[ip(LOOPBACK)],
    );
    let error = client.get(&origin.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, OutboundError::Connect(_)), "{error}");
}

#[tokio::test]
async fn a_form_arrives_as_it_was_given() {
    let (web, client, url) = plain(answer("400 Bad Request\r\ncontent-length: 2", "{}")).await;
    let fields = [("secret", "a&b=c"), ("response", "ü")];
    let refused = client.post_form(&url, &fields).await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), refused.body().as_ref()),
        (400, b"{}".as_slice())
    );
    let request = web.requests().remove(0);
    assert!(request.starts_with("POST /x?y=1 HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains("content-type: application/x-www-form-urlencoded\r\n"),
        "{request}"
    );
    assert!(
        request.ends_with("\r\n\r\nsecret=a%26b%3Dc&response=%C3%BC"),
        "{request}"
    );
}

#[tokio::test]
async fn headers_of_the_caller_do_not_decide_where_it_goes() {
    let (web, client, url) = plain(answer("200 OK\r\ncontent-length: 0", "")).await;
    let request = Request::get(url.as_str())
        .header("host", "evil.example")
        .header("connection", "keep-alive")
        .header("accept-encoding", "gzip")
        .header("authorization", "Bearer x")
        .body(Bytes::new())
        .unwrap();
    client.send(request, 10).await.unwrap();
    let request = web.requests().remove(0);
    assert!(
        request.contains(&format!("host: idp.test:{}\r\n", web.port)),
        "{request}"
    );
    assert!(request.contains("connection: close\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer x\r\n"), "{request}");
    assert!(
        !request.contains("evil.example") && !request.contains("gzip"),
        "{request}"
    );
}
