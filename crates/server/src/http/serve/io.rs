//! The socket with deadlines: reading ends when a connection waits too long, writing when the peer does not take our bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::canned;
use super::timing::Timing;

/// A socket that watches the clock.
pub(super) struct Io {
    stream: TcpStream,
    timing: Arc<Timing>,
    http1: bool,
    reading: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
    write_blocked: bool,
    /// Whether the request line now arriving has not ended.
    line_open: bool,
    /// Our own words in place of hyper's, and how much of them was sent.
    instead: Option<(Vec<u8>, usize)>,
}

impl Io {
    pub(super) fn new(stream: TcpStream, timing: Arc<Timing>, http1: bool) -> Self {
        Self {
            stream,
            timing,
            http1,
            reading: None,
            writing: None,
            write_blocked: false,
            line_open: true,
            instead: None,
        }
    }

    /// Fires when the connection has waited too long. The deadline moves with what it waits for.
    fn poll_waited(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.timing.deadline() else {
            self.reading = None;
            return Poll::Pending;
        };
        let timer = self
            .reading
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }

    /// Fires when the peer has not taken a byte for too long.
    fn poll_stalled(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = Instant::now() + self.timing.write_patience();
        let timer = self
            .writing
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if !self.write_blocked {
            self.write_blocked = true;
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }

    /// Sends our words instead of hyper's, then claims to have sent hyper's.
    fn poll_instead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((text, sent)) = &mut self.instead {
            if *sent >= text.len() {
                break;
            }
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &text[*sent..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *sent += written;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(result) => {
                let bytes = &buf.filled()[before..];
                if !bytes.is_empty() {
                    let begins = self.timing.on_bytes();
                    self.line_open = (self.line_open || begins) && !bytes.contains(&b'\n');
                    // hyper may go on reading without ever pausing: a drip of header bytes must still end
                    if self.poll_waited(cx).is_ready() {
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                }
                Poll::Ready(result)
            }
            Poll::Pending if self.poll_waited(cx).is_ready() => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.http1 && self.instead.is_none() && self.timing.is_quiet() {
            let line_open = self.line_open;
            self.instead = canned::replacement(buf, line_open).map(|text| (text, 0));
        }
        let outcome = if self.instead.is_some() {
            self.poll_instead(cx).map_ok(|()| buf.len())
        } else {
            Pin::new(&mut self.stream).poll_write(cx, buf)
        };
        match outcome {
            Poll::Ready(result) => {
                self.write_blocked = false;
                Poll::Ready(result)
            }
            Poll::Pending if self.poll_stalled(cx).is_ready() => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
