//! A pause after a failure: nobody waits for a store that did not answer a moment ago, and one at a time asks whether it is back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After a failure nobody asks for this long.
const PAUSE: Duration = Duration::from_secs(1);

/// Guards one store.
#[derive(Debug)]
pub(super) struct Breaker {
    born: Instant,
    /// Zero while all is well; else milliseconds since `born` until which nobody asks.
    silent_until: AtomicU64,
}

impl Breaker {
    /// All is well.
    pub(super) fn new() -> Self {
        Self {
            born: Instant::now(),
            silent_until: AtomicU64::new(0),
        }
    }

    /// Asks, with so much patience.
    ///
    /// # Errors
    /// What the question says, no answer in time, or at once: a failure a moment ago.
    pub(super) async fn ask<T>(
        &self,
        patience: Duration,
        question: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        anyhow::ensure!(self.is_my_turn(patience), "it failed a moment ago");
        let answer = tokio::time::timeout(patience, question).await;
        let answer =
            answer.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer within {patience:?}")));
        let silent_until = if answer.is_ok() { 0 } else { self.after(PAUSE) };
        self.silent_until.store(silent_until, Ordering::Relaxed);
        answer
    }

    /// While the store fails, whoever comes first after a pause asks, and the others go on without an answer meanwhile.
    fn is_my_turn(&self, patience: Duration) -> bool {
        let until = self.silent_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let next = self.after(patience + PAUSE);
        self.after(Duration::ZERO) >= until
            && self
                .silent_until
                .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn after(&self, pause: Duration) -> u64 {
        u64::try_from((self.born.elapsed() + pause).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn one_waits_for_what_hangs_and_the_others_do_not() {
        let mut breaker = Breaker::new();
        let hangs = || breaker.ask(PATIENCE, pending::<anyhow::Result<()>>());
        assert!(hangs().await.unwrap_err().to_string().contains("within"));
        for _ in 0..100 {
            let refused = hangs().await.unwrap_err();
            assert_eq!(refused.to_string(), "it failed a moment ago");
        }
        // the pause is over: of many at once, one asks
        breaker.silent_until = AtomicU64::new(1);
        breaker.born -= PAUSE;
        let hangs = || breaker.ask(PATIENCE, pending::<anyhow::Result<()>>());
        let all = futures_util::future::join_all((0..100).map(|_| hangs())).await;
        let waited = all
            .iter()
            .filter(|answer| format!("{answer:?}").contains("within"));
        assert_eq!(waited.count(), 1);
    }

    #[tokio::test]
    async fn an_answer_ends_the_pauses() {
        let mut breaker = Breaker::new();
        let failed = breaker.ask(PATIENCE, ready(Err::<(), _>(anyhow::anyhow!("gone"))));
        failed.await.unwrap_err();
        breaker.born -= PAUSE * 2;
        breaker.ask(PATIENCE, ready(Ok(()))).await.unwrap();
        for _ in 0..10 {
            breaker.ask(PATIENCE, ready(Ok(()))).await.unwrap();
        }
    }
}
