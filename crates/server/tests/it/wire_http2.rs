//! HTTP/2 as attackers write it: headers that would change meaning behind a proxy, streams without an end, floods of small frames.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::TestApp;
use crate::harness::raw::{Listening, rest};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Literal fields without indexing (RFC 7541 6.2.2); names and values below 127 bytes.
fn fields(list: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in list {
        bytes.push(0);
        for text in [name, value] {
            bytes.push(u8::try_from(text.len()).unwrap());
            bytes.extend(text.as_bytes());
        }
    }
    bytes
}

fn request<'a>(method: &'a str, more: &[(&'a str, &'a str)]) -> Vec<u8> {
    let mut list = vec![
        (":method", method),
        (":scheme", "http"),
        (":path", "/health"),
        (":authority", "x"),
    ];
    list.extend(more);
    fields(&list)
}

/// A connection after its preface and settings.
async fn open(server: &Listening) -> TcpStream {
    let mut stream = server.connect().await;
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    stream
}

/// The frames that came: kind, stream, payload.
fn frames(bytes: &[u8]) -> Vec<(u8, u32, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = bytes;
    while left.len() >= 9 {
        let length = usize::from(left[0]) << 16 | usize::from(left[1]) << 8 | usize::from(left[2]);
        let stream = u32::from_be_bytes([left[5], left[6], left[7], left[8]]) & 0x7fff_ffff;
        let end = (9 + length).min(left.len());
        found.push((left[3], stream, left[9..end].to_vec()));
        left = &left[end..];
    }
    found
}

/// `:status: 200` is one byte, the eighth entry of the static table.
fn is_200(frames: &[(u8, u32, Vec<u8>)], stream: u32) -> bool {
    frames.iter().any(|(kind, of, payload)| {
        *kind == HEADERS && *of == stream && payload.first() == Some(&0x88)
    })
}

async fn still_answers(server: &Listening) {
    let mut stream = open(server).await;
    stream
        .write_all(&frame(
            HEADERS,
            END_STREAM | END_HEADERS,
            1,
            &request("GET", &[]),
        ))
        .await
        .unwrap();
    let (bytes, _) = rest(&mut stream).await;
    assert!(is_200(&frames(&bytes), 1), "the next visitor is served");
}

#[tokio::test]
async fn headers_of_the_connection_and_broken_values_end_the_stream() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    still_answers(&server).await;
    let bad: [(&str, &str); 7] = [
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("upgrade", "h2c"),
        ("x-split", "a\r\nx-evil: 1"),
        ("x-zero", "a\0b"),
        ("X-Upper", "1"),
        (":path", "/twice"),
    ];
    for field in bad {
        let mut stream = open(&server).await;
        let head = frame(
            HEADERS,
            END_STREAM | END_HEADERS,
            1,
            &request("GET", &[field]),
        );
        stream.write_all(&head).await.unwrap();
        let (bytes, _) = rest(&mut stream).await;
        let seen = frames(&bytes);
        assert!(!is_200(&seen, 1), "{field:?} is served");
        let refused = seen
            .iter()
            .any(|(kind, of, _)| *kind == GO_AWAY || (*of == 1 && [RESET, HEADERS].contains(kind)));
        assert!(refused, "{field:?}: {seen:?}");
    }
}

#[tokio::test]
async fn streams_that_are_opened_and_dropped_end_the_connection() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let mut stream = open(&server).await;
    let head = request("GET", &[]);
    for number in 0..5_000u32 {
        let id = number * 2 + 1;
        let mut both = frame(HEADERS, END_STREAM | END_HEADERS, id, &head);
        both.extend(frame(RESET, 0, id, &8u32.to_be_bytes()));
        if stream.write_all(&both).await.is_err() {
            break;
        }
    }
    let (_, closed) = rest(&mut stream).await;
    assert!(closed, "rapid resets are not served for ever");
    still_answers(&server).await;
}

#[tokio::test]
async fn a_head_without_an_end_ends_the_connection() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let mut stream = open(&server).await;
    stream
        .write_all(&frame(HEADERS, END_STREAM, 1, &request("GET", &[])))
        .await
        .unwrap();
    let part = fields(&[("x-more", &"a".repeat(120))]).repeat(100);
    for _ in 0..1_000 {
        if stream
            .write_all(&frame(CONTINUATION, 0, 1, &part))
            .await
            .is_err()
        {
            break;
        }
    }
    let (_, closed) = rest(&mut stream).await;
    assert!(closed, "a head has its bounds");
    still_answers(&server).await;
}

#[tokio::test]
async fn so_many_streams_at_once_and_no_more() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let mut stream = open(&server).await;
    let open_ended = fields(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/api/v1/auth/sign-in"),
        (":authority", "localhost:8080"),
        ("origin", "http://localhost:8080"),
        ("content-type", "application/json"),
    ]);
    for number in 0..200u32 {
        stream
            .write_all(&frame(HEADERS, END_HEADERS, number * 2 + 1, &open_ended))
            .await
            .unwrap();
        stream
            .write_all(&frame(DATA, 0, number * 2 + 1, b"{"))
            .await
            .unwrap();
    }
    let (bytes, _) = rest(&mut stream).await;
    let seen = frames(&bytes);
    let refused = seen
        .iter()
        .filter(|(kind, _, reason)| *kind == RESET && reason.ends_with(&[7]))
        .count();
    // one after the other is refused, and who goes on is sent away
    let away = seen.iter().any(|(kind, ..)| *kind == GO_AWAY);
    assert!(
        refused >= 90 || (refused > 0 && away),
        "{refused} of 200 streams were refused"
    );
    still_answers(&server).await;
}

#[tokio::test]
async fn floods_of_pings_settings_and_empty_data_harm_nobody_else() {
    let app = TestApp::new().await;
    let server = Listening::start(&app).await;
    let floods = [
        frame(PING, 0, 0, &[0; 8]),
        frame(SETTINGS, 0, 0, &[]),
        frame(DATA, 0, 1, &[]),
    ];
    for flood in floods {
        let mut stream = open(&server).await;
        let many = flood.repeat(1_000);
        for _ in 0..20 {
            let sent = stream.write_all(&many);
            let slow = tokio::time::timeout(std::time::Duration::from_secs(2), sent).await;
            if !matches!(slow, Ok(Ok(()))) {
                break; // closed, or no longer read: both keep the server's memory
            }
        }
        still_answers(&server).await;
        drop(stream);
    }
}
