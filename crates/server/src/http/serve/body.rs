//! Bodies with manners: requests that must keep coming, answers that tell when they are done.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Limits;
use super::timing::UnderWay;

/// A request body that came too slowly. Found in the source chain of the body error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request body timed out")]
pub struct BodyTimeout;

/// A request body with a limit on pauses and on the whole.
pub(super) struct TimedBody {
    inner: Incoming,
    limits: Arc<Limits>,
    end: Instant,
    /// Made at the first pause: most bodies arrive with their headers.
    timer: Option<Pin<Box<Sleep>>>,
    last: Instant,
}

impl TimedBody {
    pub(super) fn new(inner: Incoming, limits: Arc<Limits>) -> Self {
        let now = Instant::now();
        Self {
            inner,
            end: now + limits.body_timeout,
            limits,
            timer: None,
            last: now,
        }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            self.last = Instant::now();
            // A drip of bytes is no pause, so the whole is measured here too.
            if frame.is_some() && self.last > self.end {
                return Poll::Ready(Some(Err(BodyTimeout.into())));
            }
            return Poll::Ready(frame.map(|f| f.map_err(Into::into)));
        }
        let deadline = self.end.min(self.last + self.limits.body_idle_timeout);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().reset(deadline);
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Some(Err(BodyTimeout.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body; dropping it ends the request.
pub(super) struct AnswerBody {
    inner: Body,
    _under_way: UnderWay,
}

impl AnswerBody {
    pub(super) fn new(inner: Body, under_way: UnderWay) -> Self {
        Self {
            inner,
            _under_way: under_way,
        }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
