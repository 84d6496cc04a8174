//! What a connection is waiting for, shared between its socket and its requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Limits;

/// The moment since when a connection waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// For the first byte of a request.
    Idle(Instant),
    /// For the rest of the headers.
    Head(Instant),
    /// For our answer.
    Nothing,
}

/// Requests under way and the deadline while there are none.
#[derive(Debug)]
pub(super) struct Timing {
    limits: Arc<Limits>,
    /// HTTP/2 frames are not only headers: there, only idleness counts.
    multiplexed: bool,
    under_way: AtomicUsize,
    waiting: Mutex<Waiting>,
}

/// One request under way; ends when dropped with its answer's body.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Timing>);

impl Timing {
    /// A connection whose first request must arrive within the header limit.
    pub(super) fn new(limits: Arc<Limits>, multiplexed: bool) -> Arc<Self> {
        let waiting = Mutex::new(Waiting::Head(Instant::now()));
        Arc::new(Self {
            limits,
            multiplexed,
            under_way: AtomicUsize::new(0),
            waiting,
        })
    }

    /// A request has arrived.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        self.set(Waiting::Nothing);
        UnderWay(Arc::clone(self))
    }

    /// Bytes have arrived; true when they begin a request.
    pub(super) fn on_bytes(&self) -> bool {
        if self.multiplexed {
            return false;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = matches!(*waiting, Waiting::Idle(_));
        if begins {
            *waiting = Waiting::Head(Instant::now());
        }
        begins
    }

    /// When the connection has waited long enough; `None` while a request is under way.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) {
            Waiting::Idle(since) => Some(since + self.limits.keep_alive_idle),
            Waiting::Head(since) => Some(since + self.limits.header_timeout),
            Waiting::Nothing => None,
        }
    }

    /// Whether no request is under way: what is written then is hyper's own word on a broken request.
    pub(super) fn is_quiet(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) == 0
    }

    /// How long a peer may refuse to take our bytes.
    pub(super) fn write_patience(&self) -> Duration {
        self.limits.body_timeout
    }

    fn set(&self, waiting: Waiting) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.set(Waiting::Idle(Instant::now()));
        }
    }
}
