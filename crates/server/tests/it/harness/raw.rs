//! The real router behind the real accept loop, spoken to byte by byte: what a well-behaved client never sends.

use std::net::SocketAddr;
use std::time::Duration;

use som_server::http::serve::serve;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::TestApp;

/// A listening server; it stops when dropped.
pub struct Listening {
    address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Listening {
    /// Listens on a free port of loopback.
    pub async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (router, stopped) = (app.router.clone(), stop.clone());
        let limits = app.state.config().server.clone();
        tokio::spawn(async move { serve(listener, router, &limits, stopped).await });
        Self { address, stop }
    }

    /// A new connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads all answers until the server closes, or is silent for a second and a half.
    pub async fn talk(&self, bytes: &[u8]) -> (String, bool) {
        let mut stream = self.connect().await;
        // the server may refuse and close before everything is sent
        let _ = stream.write_all(bytes).await;
        let (answer, closed) = rest(&mut stream).await;
        (String::from_utf8_lossy(&answer).into_owned(), closed)
    }
}

/// What still comes, and whether the server closed.
pub async fn rest(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut answer = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let reading = stream.read(&mut part);
        match tokio::time::timeout(Duration::from_millis(1500), reading).await {
            Ok(Ok(0) | Err(_)) => return (answer, true),
            Ok(Ok(count)) => answer.extend_from_slice(&part[..count]),
            Err(_) => return (answer, false),
        }
    }
}
