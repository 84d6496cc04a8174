//! The accept loop: time limits, caps, refusals, the drain.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::StatusCode;
use som_server::config::{Config, ServerConfig};
use som_server::http::command::read_body;
use som_server::http::serve::{PeerAddr, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server with small limits.
struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

fn routes() -> Router {
    Router::new()
        .route(
            "/",
            get(async |peer: axum::Extension<PeerAddr>| peer.0.0.ip().to_string()),
        )
        .route(
            "/slow",
            get(async || {
                tokio::time::sleep(Duration::from_millis(600)).await;
                "done"
            }),
        )
        .route("/never", get(std::future::pending::<&'static str>))
        .route(
            "/body",
            post(async |body: Body| match read_body(body, 64 * 1024).await {
                Ok(bytes) => (StatusCode::OK, bytes.len().to_string()),
                Err(problem) => (
                    StatusCode::from_u16(problem.status).unwrap(),
                    problem.code.to_string(),
                ),
            }),
        )
}

impl Server {
    async fn start(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::development(dir.path()).unwrap().server;
        config.header_timeout = Duration::from_millis(400);
        config.keep_alive_idle = Duration::from_millis(900);
        config.body_idle_timeout = Duration::from_millis(400);
        config.body_timeout = Duration::from_millis(1500);
        config.drain_timeout = Duration::from_secs(5);
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let cancelled = stop.clone();
        let task = tokio::spawn(async move { serve(listener, routes(), &config, cancelled).await });
        Self {
            address,
            stop,
            task,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn talk(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // the server may close before everything is sent
        let _ = stream.write_all(bytes).await;
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

/// One response without waiting for the end of the connection.
async fn response(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4096];
    let count = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn headers_must_arrive_in_time() {
    let server = Server::start(|_| {}).await;
    for start in [&b""[..], b"GET / HTTP/1.1\r\nHost:", b"PRI * HT"] {
        let begun = Instant::now();
        let answer = server.talk(start).await;
        assert_eq!(answer, "", "{start:?}");
        assert!(
            begun.elapsed() >= Duration::from_millis(350)
                && begun.elapsed() < Duration::from_secs(4),
            "{:?}",
            begun.elapsed()
        );
    }
    // byte by byte is not faster
    let mut stream = server.connect().await;
    let begun = Instant::now();
    for byte in b"GET / HTTP/1.1\r\nX-Slow: 0123456789012345678901234567890123456789"
        .iter()
        .cycle()
    {
        if stream.write_all(&[*byte]).await.is_err() || begun.elapsed() > Duration::from_secs(4) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn an_idle_connection_may_wait_longer_than_headers_and_is_closed_then() {
    let server = Server::start(|_| {}).await;
    let mut stream = server.connect().await;
    stream.write_all(GET).await.unwrap();
    assert!(response(&mut stream).await.ends_with("127.0.0.1"));
    tokio::time::sleep(Duration::from_millis(600)).await;
    stream.write_all(GET).await.unwrap();
    assert!(response(&mut stream).await.starts_with("HTTP/1.1 200"));
    let begun = Instant::now();
    assert_eq!(rest(&mut stream).await, "");
    assert!(
        begun.elapsed() >= Duration::from_millis(800) && begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn what_is_refused_before_routing_is_a_problem_too() {
    let server = Server::start(|_| {}).await;
    let many: String = (0..200).map(|i| format!("X-{i}: 1\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "a".repeat(64 * 1024));
    let cases = [
        (
            format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
            431,
            "headers_too_large",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: x\r\n{large}\r\n"),
            431,
            "headers_too_large",
        ),
        (
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000)),
            414,
            "uri_too_long",
        ),
        ("NONSENSE\r\n\r\n".to_owned(), 400, "malformed_request"),
        (
            "GET / HTTP/1.1\r\nBad Header: 1\r\n\r\n".to_owned(),
            400,
            "malformed_request",
        ),
    ];
    for (request, status, code) in cases {
        // the rest of a long request may meet a closed socket: then the answer can be lost, as TCP has it
        let mut stream = server.connect().await;
        let (mut reader, mut writer) = stream.split();
        let mut answer = Vec::new();
        let send = async {
            for chunk in request.as_bytes().chunks(16 * 1024 + 512) {
                if writer.write_all(chunk).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let receive = async {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                answer.extend_from_slice(&buffer[..count]);
            }
        };
        tokio::join!(send, receive);
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{code}: {answer}"
        );
        assert!(
            answer.contains("application/problem+json") && answer.contains(code),
            "{answer}"
        );
        assert!(
            answer
                .to_lowercase()
                .contains("x-content-type-options: nosniff"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn bodies_are_bounded_in_time_and_size() {
    let server = Server::start(|_| {}).await;
    let head = "POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let stalled = server
        .talk(format!("{head}Content-Length: 100\r\n\r\nhalf").as_bytes())
        .await;
    assert!(
        stalled.starts_with("HTTP/1.1 408") && stalled.ends_with("body_timeout"),
        "{stalled}"
    );

    // a drip without pauses ends at the limit for the whole
    let mut stream = server.connect().await;
    stream
        .write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let begun = Instant::now();
    while stream.write_all(b"1\r\na\r\n").await.is_ok() && begun.elapsed() < Duration::from_secs(6)
    {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );

    // an endless body is answered at the limit
    let mut stream = server.connect().await;
    stream
        .write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(4096));
    let (mut reader, mut writer) = stream.split();
    let endless = async {
        while writer.write_all(chunk.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut buffer = [0; 4096];
    let answer = tokio::select! {
        () = endless => 0,
        count = reader.read(&mut buffer) => count.unwrap_or(0),
    };
    assert!(String::from_utf8_lossy(&buffer[..answer]).starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn a_peer_has_so_many_connections_and_a_trusted_proxy_more() {
    let server = Server::start(|c| c.max_connections_per_ip = 2).await;
    let mut open = [server.connect().await, server.connect().await];
    for stream in &mut open {
        stream.write_all(GET).await.unwrap();
        assert!(response(stream).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(server.talk(GET).await, "");
    drop(open);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(
        server
            .talk(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 200")
    );

    let server = Server::start(|c| {
        c.max_connections_per_ip = 1;
        c.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let mut open = [
        server.connect().await,
        server.connect().await,
        server.connect().await,
    ];
    for stream in &mut open {
        stream.write_all(GET).await.unwrap();
        assert!(response(stream).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let server = Server::start(|c| {
        c.max_connections = 1;
        c.keep_alive_idle = Duration::from_secs(5);
    })
    .await;
    let mut first = server.connect().await;
    first.write_all(GET).await.unwrap();
    assert!(response(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = server.connect().await;
    second.write_all(GET).await.unwrap();
    let mut buffer = [0; 16];
    assert!(
        tokio::time::timeout(Duration::from_millis(300), second.read(&mut buffer))
            .await
            .is_err()
    );
    drop(first);
    assert!(response(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn http2_is_spoken() {
    let server = Server::start(|_| {}).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame");
    // without a request it is closed like any other idle connection
    rest(&mut stream).await;
}

#[tokio::test]
async fn shutdown_finishes_what_is_under_way() {
    let server = Server::start(|_| {}).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut idle = server.connect().await;
    idle.write_all(GET).await.unwrap();
    assert!(response(&mut idle).await.starts_with("HTTP/1.1 200"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    assert_eq!(rest(&mut idle).await, "", "idle connections close at once");
    assert!(rest(&mut busy).await.ends_with("done"));
    tokio::time::timeout(Duration::from_secs(2), server.task)
        .await
        .unwrap()
        .unwrap();
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let server = Server::start(|c| c.drain_timeout = Duration::from_millis(300)).await;
    let mut stuck = server.connect().await;
    stuck
        .write_all(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    tokio::time::timeout(Duration::from_secs(3), server.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(rest(&mut stuck).await, "");
}
