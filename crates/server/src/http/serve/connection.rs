//! One connection: which protocol it speaks, its requests, its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::body::{AnswerBody, TimedBody};
use super::canned::{HEAD_BYTES_MAX, HEADERS_MAX};
use super::io::Io;
use super::timing::Timing;
use super::{Limits, PeerAddr, tune};
use crate::http::Problem;

/// How an HTTP/2 connection begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const STREAMS_MAX: u32 = 100;
const RESETS_MAX: usize = 20;
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Serves a connection until it ends, breaks a limit, or `stop` is cancelled and the request under way is answered.
pub(super) async fn run(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Arc<Limits>,
    stop: CancellationToken,
) {
    tune(&stream);
    let begins = tokio::time::timeout(limits.header_timeout, speaks_http2(&stream));
    let multiplexed = tokio::select! {
        begun = begins => match begun {
            Ok(Some(multiplexed)) => multiplexed,
            _ => return,
        },
        () = stop.cancelled() => return,
    };
    let timing = Timing::new(Arc::clone(&limits), multiplexed);
    let io = TokioIo::new(Io::new(stream, Arc::clone(&timing), !multiplexed));
    let service = service_fn(move |request| {
        answer(
            request,
            peer,
            router.clone(),
            Arc::clone(&limits),
            Arc::clone(&timing),
        )
    });
    if multiplexed {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_pending_accept_reset_streams(RESETS_MAX)
            .max_local_error_reset_streams(RESETS_MAX)
            .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            _ = connection.as_mut() => {}
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            // our own deadlines tell idleness from slow headers
            .header_read_timeout(None)
            .max_headers(HEADERS_MAX)
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(BUFFER_BYTES_MAX);
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            _ = connection.as_mut() => {}
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }
}

/// Looks at the first bytes without taking them; `None` when the peer went away.
async fn speaks_http2(stream: &TcpStream) -> Option<bool> {
    let mut seen = [0u8; PREFACE.len()];
    loop {
        let count = stream.peek(&mut seen).await.ok().filter(|n| *n > 0)?;
        if !PREFACE.starts_with(&seen[..count]) {
            return Some(false);
        }
        if count == PREFACE.len() {
            return Some(true);
        }
        // `peek` answers at once while a part is there
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    router: Router,
    limits: Arc<Limits>,
    timing: Arc<Timing>,
) -> Result<Response<AnswerBody>, Infallible> {
    let under_way = timing.begin();
    let too_large = head_too_large(&request);
    let mut request = request.map(|body| Body::new(TimedBody::new(body, limits)));
    request.extensions_mut().insert(PeerAddr(peer));
    let response = if too_large {
        refused_head()
    } else {
        let Ok(response) = router.oneshot(request).await;
        response
    };
    Ok(response.map(|body| AnswerBody::new(body, under_way)))
}

/// The limits that hyper keeps for HTTP/1, for HTTP/2 as well.
fn head_too_large(request: &Request<Incoming>) -> bool {
    let headers = request.headers();
    let fields: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    headers.len() > HEADERS_MAX || fields > HEAD_BYTES_MAX
}

fn refused_head() -> Response<Body> {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let problem = Problem::new(
        status,
        "headers_too_large",
        "At most 100 header fields and 16 kB are accepted.",
    );
    axum::response::IntoResponse::into_response(problem)
}
