//! A socket between the server and PostgreSQL that counts what is said, so that a request that begins to talk more is seen.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

/// A question for encryption comes before the start of a connection; neither has a kind.
const ASKS_FOR_TLS: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// What was said so far.
#[derive(Debug, Default)]
pub struct Wire {
    round_trips: AtomicUsize,
    statements: AtomicUsize,
    prepared: AtomicUsize,
}

impl Wire {
    /// Listens in `folder` and passes everything on to the socket in `to`.
    pub fn listen(folder: &Path, to: PathBuf) -> Arc<Self> {
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let wire = Arc::new(Self::default());
        let counted = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(to.join(".s.PGSQL.5432")).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(Arc::clone(&counted).pass(from_client, to_server));
                tokio::spawn(copy(from_server, to_client));
            }
        });
        wire
    }

    /// Round trips and statements since the last look; `None` when statements were prepared, which happens once a connection.
    pub fn take(&self) -> Option<(usize, usize)> {
        let round_trips = self.round_trips.swap(0, Ordering::SeqCst);
        let statements = self.statements.swap(0, Ordering::SeqCst);
        (self.prepared.swap(0, Ordering::SeqCst) == 0).then_some((round_trips, statements))
    }

    async fn pass(self: Arc<Self>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let (mut piece, mut waiting, mut started) = (vec![0; 65536], Vec::new(), false);
        while let Ok(count @ 1..) = from.read(&mut piece).await {
            if started {
                waiting.extend(&piece[..count]);
                while let Some(length) = message(&waiting) {
                    self.count(waiting[0], &waiting[5..length]);
                    waiting.drain(..length);
                }
            } else {
                started = piece[4..8] != ASKS_FOR_TLS;
            }
            if to.write_all(&piece[..count]).await.is_err() {
                break;
            }
        }
    }

    /// The client waits once for every execution and every simple query, and to prepare what is planned anew each time (it has no name). A `ROLLBACK` gives the connection back, after the answer.
    fn count(&self, kind: u8, body: &[u8]) {
        let add = |counter: &AtomicUsize, count| counter.fetch_add(count, Ordering::SeqCst);
        match kind {
            b'P' if body.first() == Some(&0) => add(&self.round_trips, 1),
            b'P' => add(&self.prepared, 1),
            b'E' => add(&self.round_trips, 1) + add(&self.statements, 1),
            b'Q' if body != b"ROLLBACK\0" => {
                let text = String::from_utf8_lossy(body);
                let statements = text.trim_end_matches('\0').split(';');
                add(&self.round_trips, 1) + add(&self.statements, statements.count())
            }
            _ => 0,
        };
    }
}

/// The length of the first message, when it is whole.
fn message(bytes: &[u8]) -> Option<usize> {
    let length = bytes.get(1..5)?.try_into().ok()?;
    let whole = 1 + u32::from_be_bytes(length) as usize;
    (bytes.len() >= whole).then_some(whole)
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}
